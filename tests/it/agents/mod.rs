//! Agents with tokens of their own, through the real binary and the embedded zone.

mod adopting;
mod creation;
mod issuing;
mod killed;
mod operators;
mod put_back;
mod revoking;
mod rotating;
mod rotating_all;
mod scopes;
mod stamps;
mod terminal;

use std::path::PathBuf;

use make_credentials_mcp::sandbox::{CANARY, Options, Sandbox};
use serde_json::Value;

use crate::binary::{self, Left};

/// The scopes that a reader with the usual toolsets needs.
const READER: [&str; 6] = [
    "apps:read",
    "connections:read",
    "credential-requests:read",
    "keys:read",
    "organizations:read",
    "teams:read",
];

/// What the labels of our tokens begin with.
const OURS: &str = "make-credentials-mcp/";

/// A zone and a machine.
struct Scene {
    zone: Sandbox,
    home: PathBuf,
}

impl Scene {
    async fn new(name: &str) -> Self {
        Self::of(name, Options::default()).await
    }

    async fn of(name: &str, options: Options) -> Self {
        let zone = Sandbox::start(options).await.unwrap();
        let home = binary::home(&format!("agents-{name}"));
        Self { zone, home }
    }

    /// Runs a command with this on stdin. Nothing of what it writes or leaves holds a token.
    async fn run(&self, words: &[&str], stdin: &str) -> Left {
        self.run_in(&[], words, stdin).await
    }

    async fn run_in(&self, environment: &[(&str, &str)], words: &[&str], stdin: &str) -> Left {
        let left = binary::run_with(&self.home, environment, words, stdin).await;
        assert!(
            !left.all().to_lowercase().contains(CANARY),
            "{}",
            left.all()
        );
        for (path, bytes) in binary::files(&self.home) {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!text.contains(CANARY), "{}", path.display());
        }
        left
    }

    /// The same with the operator's token on stdin.
    async fn operate(&self, words: &[&str]) -> Left {
        let zone = self.zone.zone();
        let mut words = words.to_vec();
        words.push("--operator-token-stdin");
        if words.starts_with(&["agent", "add"]) || words.starts_with(&["operator"]) {
            words.extend(["--zone", &zone]);
        }
        self.run(&words, self.zone.operator_token()).await
    }

    /// The same, dying at this place.
    async fn operate_and_die(&self, words: &[&str], place: &str) -> Left {
        let zone = self.zone.zone();
        let mut words = words.to_vec();
        words.push("--operator-token-stdin");
        if words.starts_with(&["agent", "add"]) {
            words.extend(["--zone", &zone]);
        }
        let environment = [("MAKE_CREDENTIALS_TEST_DIES_AT", place)];
        self.run_in(&environment, &words, self.zone.operator_token())
            .await
    }

    /// A reader of team 22 with a token that was issued.
    async fn issue(&self, name: &str) -> Value {
        let left = self
            .operate(&["agent", "add", name, "--teams=22", "--json"])
            .await;
        assert_eq!(left.code, Some(0), "{}", left.all());
        json(&left)
    }

    /// Lets a later command do what is left.
    async fn recover(&self) -> Left {
        self.operate(&["agent", "rotate", "--all", "--older-than=36500d"])
            .await
    }

    async fn list(&self) -> Value {
        json(&self.run(&["agent", "list", "--json"], "").await)
    }

    /// The labels of our tokens that work.
    fn ours(&self) -> Vec<String> {
        let mut labels = self.zone.live_labels();
        labels.retain(|label| label.starts_with(OURS));
        labels
    }

    /// Whether the agent's token works, asked through the server.
    async fn works(&self, name: &str) -> bool {
        let left = self.run(&["call", "users_me", "--agent", name], "").await;
        left.code == Some(0)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

fn json(left: &Left) -> Value {
    serde_json::from_str(&left.stdout).unwrap_or_else(|_| panic!("no JSON: {}", left.all()))
}
