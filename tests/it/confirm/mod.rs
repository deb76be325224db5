//! A person's yes: what is shown, how it is said, and that nothing leaves without it.

mod terminal;

use std::path::PathBuf;

use make_credentials_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::binary::{self, Left};

/// A zone, a home, and the real binary as agent `env`.
pub(crate) struct Place {
    pub(crate) zone: Sandbox,
    pub(crate) home: PathBuf,
}

impl Place {
    pub(crate) async fn new(name: &str) -> Self {
        let options = Options {
            scenario_usages: true,
            ..Options::default()
        };
        Self {
            zone: Sandbox::start(options).await.unwrap(),
            home: binary::home(&format!("confirm-{name}")),
        }
    }

    pub(crate) async fn run(&self, words: &[&str]) -> Left {
        let zone = self.zone.zone();
        let environment = [
            ("MAKE_API_KEY", self.zone.operator_token()),
            ("MAKE_ZONE", zone.as_str()),
        ];
        binary::run(&self.home, &environment, words).await
    }

    /// `call`, with its exit code and what it says.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> (Option<i32>, Value) {
        let left = self
            .run(&["call", tool, "--args", &arguments.to_string()])
            .await;
        let said = serde_json::from_str(&left.stdout);
        (left.code, said.unwrap_or_else(|_| panic!("{}", left.all())))
    }

    pub(crate) fn changes(&self) -> Vec<String> {
        let sent = self.zone.requests();
        sent.iter()
            .filter(|request| request.method != "GET")
            .map(|request| format!("{} {}", request.method, request.path))
            .collect()
    }

    pub(crate) async fn waiting(&self) -> Value {
        let left = self.run(&["approve", "--json"]).await;
        serde_json::from_str(&left.stdout).unwrap_or_else(|_| panic!("{}", left.all()))
    }

    pub(crate) fn trail(&self) -> Vec<Value> {
        crate::trail::lines(&self.home.join("audit.jsonl"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

/// A connection of the seed that nothing uses.
pub(crate) fn unused() -> Value {
    json!({"connectionId": 203})
}
