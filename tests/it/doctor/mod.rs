//! `doctor` through the real binary: a test for each finding, the calls that reached the zone
//! counted, and no token in anything that it says.

mod agents;
mod approvals;
mod clients;
mod home;
mod operators;
mod secrets;
mod tokens;

use std::path::{Path, PathBuf};

use make_credentials_mcp::agents::{Registered, Registry};
use make_credentials_mcp::config::Variables;
use make_credentials_mcp::network::Network;
use make_credentials_mcp::sandbox::{CANARY, Options, Sandbox};
use make_credentials_mcp::secrets::Stores;
use make_credentials_mcp::state::State;
use serde_json::{Value, json};

use crate::binary::{self, Left};

/// Seconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// A zone, and a user's folder with the usual home folder below it.
struct Scene {
    zone: Sandbox,
    user: PathBuf,
}

/// What `doctor` said.
struct Said {
    code: i32,
    shown: Value,
    /// What reached the zone.
    sent: Vec<String>,
}

impl Scene {
    async fn new(name: &str) -> Self {
        let zone = Sandbox::start(Options::default()).await.unwrap();
        let user = binary::home(&format!("doctor-{name}"));
        Self { zone, user }
    }

    fn home(&self) -> PathBuf {
        self.user.join(".make-credentials-mcp")
    }

    fn state(&self) -> State {
        State::at(Some(self.home()))
    }

    fn registry(&self) -> Registry {
        Registry::of(self.state())
    }

    fn stores(&self) -> Stores {
        let nothing = Variables::from(|_| None);
        Stores::at(Some(self.home()), &nothing, &Network::default())
    }

    async fn run(&self, words: &[&str], stdin: &str) -> Left {
        self.run_in(&[], words, stdin).await
    }

    /// Runs a command. Nothing that it writes holds a token.
    async fn run_in(&self, environment: &[(&str, &str)], words: &[&str], stdin: &str) -> Left {
        // An empty variable counts as unset, so the home folder is the usual one.
        let usual = [("MAKE_CREDENTIALS_HOME", "")];
        let environment: Vec<_> = usual.iter().chain(environment).copied().collect();
        let left = binary::run_with(&self.user, &environment, words, stdin).await;
        assert!(
            !left.all().to_lowercase().contains(CANARY),
            "{}",
            left.all()
        );
        left
    }

    /// A command with the operator's token that has to succeed.
    async fn operate(&self, words: &[&str]) -> Left {
        let mut words = words.to_vec();
        words.push("--operator-token-stdin");
        let left = self.run(&words, self.zone.operator_token()).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
        left
    }

    /// An agent with a token that was issued, for this access.
    async fn issue(&self, name: &str) {
        let zone = self.zone.zone();
        self.operate(&["agent", "add", name, "--teams=22", "--zone", &zone])
            .await;
    }

    /// An agent with a token that somebody made by hand, with these scopes.
    async fn adopt(&self, name: &str, scopes: &[&str]) -> String {
        let (zone, token) = (self.zone.zone(), self.zone.issue_token("by hand", scopes));
        let words = [
            "agent",
            "add",
            name,
            "--all-teams",
            "--token-stdin",
            "--zone",
            &zone,
        ];
        let left = self.run(&words, &token).await;
        assert_eq!(left.code, Some(0), "{}", left.all());
        token
    }

    async fn login(&self) {
        let zone = self.zone.zone();
        self.operate(&["operator", "login", "--zone", &zone]).await;
    }

    /// Changes what state.db says of an agent.
    async fn change(&self, name: &str, change: impl FnOnce(&mut Registered)) {
        let registry = self.registry();
        let mut agent = registry.get(&name.parse().unwrap()).await.unwrap();
        change(&mut agent);
        registry.write(&mut agent).await.unwrap();
    }

    async fn doctor(&self, words: &[&str]) -> Said {
        self.doctor_in(&[], words, "").await
    }

    /// The same with the operator's token given.
    async fn doctor_of_operator(&self) -> Said {
        let zone = self.zone.zone();
        let words = ["--operator-token-stdin", "--zone", &zone];
        let token = self.zone.operator_token().to_owned();
        self.doctor_in(&[], &words, &token).await
    }

    /// Runs `doctor`, as JSON and as text, which have to say the same.
    async fn doctor_in(&self, environment: &[(&str, &str)], words: &[&str], stdin: &str) -> Said {
        let words = |more: Option<&'static str>| {
            let words = ["doctor"].into_iter().chain(words.iter().copied());
            words.chain(more).collect::<Vec<&str>>()
        };
        let text = self.run_in(environment, &words(None), stdin).await;
        self.zone.clear_requests();
        let left = self
            .run_in(environment, &words(Some("--json")), stdin)
            .await;
        assert_eq!(left.code, text.code, "{}", left.all());
        assert_eq!(left.stderr, "");
        let shown: Value = serde_json::from_str(&left.stdout).expect(&left.stdout);
        for finding in shown["findings"].as_array().unwrap() {
            let part = format!("{}: ", finding["subject"].as_str().unwrap());
            assert!(
                text.stdout.contains(&part),
                "{part} is not in {}",
                text.stdout
            );
            let next = finding["next"].as_str().unwrap_or_default();
            assert_eq!(next.is_empty(), finding["level"] == "ok", "{finding}");
            assert!(
                text.stdout.contains(next),
                "{next} is not in {}",
                text.stdout
            );
        }
        let sent = self.zone.requests();
        let sent: Vec<String> = sent
            .iter()
            .map(|one| format!("{} {}", one.method, one.path))
            .collect();
        assert_eq!(shown["calls"], json!(sent.len()), "{sent:?}");
        Said {
            code: left.code.unwrap(),
            shown,
            sent,
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.user);
    }
}

impl Said {
    fn findings(&self) -> Vec<&Value> {
        self.shown["findings"].as_array().unwrap().iter().collect()
    }

    /// The findings of a check, as `level subject`.
    fn of(&self, check: &str) -> Vec<String> {
        let findings = self.findings();
        let findings = findings.iter().filter(|one| one["check"] == check);
        let line = |one: &&Value| {
            let text = |field: &str| one[field].as_str().unwrap().to_owned();
            format!("{} {}", text("level"), text("subject"))
        };
        findings.map(line).collect()
    }

    /// What stands in the one finding of a check that is not ok.
    fn told(&self, check: &str) -> (String, String) {
        let findings = self.findings();
        let mut findings = findings
            .iter()
            .filter(|one| one["check"] == check && one["level"] != "ok");
        let one = findings
            .next()
            .unwrap_or_else(|| panic!("{check}: {:#}", self.shown));
        let text = |field: &str| one[field].as_str().unwrap().to_owned();
        (text("finding"), text("next"))
    }

    /// Nothing is to be mended.
    fn assert_well(&self) {
        let bad: Vec<_> = self
            .findings()
            .into_iter()
            .filter(|one| one["level"] != "ok")
            .collect();
        assert!(bad.is_empty(), "{bad:#?}");
        assert_eq!((self.code, &self.shown["level"]), (0, &json!("ok")));
    }
}

/// Writes a file for its owner alone, and the folders above it.
#[expect(clippy::disallowed_methods, reason = "a test spoils files of ours")]
fn write(path: &Path, text: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    mode(path, 0o600);
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn without_any_set_up_it_names_the_next_command_and_makes_nothing() {
    let scene = Scene::new("nothing").await;
    let said = scene.doctor(&[]).await;
    assert_eq!((said.code, said.sent.len()), (0, 0));
    assert_eq!(said.of("set_up"), ["yellow agents"]);
    assert!(
        said.told("set_up")
            .1
            .contains("agent add NAME --token-stdin --zone ZONE")
    );
    assert_eq!(binary::files(&scene.user), []);
}

#[tokio::test]
async fn one_call_an_agent_and_two_for_the_operator() {
    let scene = Scene::new("well").await;
    for name in ["a", "b", "c", "d", "e", "f", "g"] {
        scene.issue(name).await;
    }
    let said = scene.doctor(&[]).await;
    said.assert_well();
    assert_eq!(
        said.sent,
        vec!["GET /api/v2/users/me/current-authorization"; 7]
    );
    let said = scene.doctor_of_operator().await;
    assert_eq!(said.sent.len(), 9);
    said.assert_well();
    let said = scene.doctor(&["--offline"]).await;
    said.assert_well();
    assert_eq!((said.sent.len(), &said.shown["offline"]), (0, &json!(true)));
}

#[tokio::test]
async fn it_writes_nothing_into_the_home_folder() {
    let scene = Scene::new("reads").await;
    scene.issue("bot").await;
    let kept = || {
        let mut files = binary::files(&scene.home());
        // SQLite itself moves what was written before from one of its files to the other.
        files.retain(|(path, _)| !path.to_string_lossy().contains("state.db"));
        files.sort();
        files
    };
    let (before, rows) = (kept(), scene.state().agents().await.unwrap());
    scene.doctor_of_operator().await.assert_well();
    assert!(kept() == before, "doctor has written");
    assert_eq!(scene.state().agents().await.unwrap(), rows);
}
