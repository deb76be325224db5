//! A person's yes: what is shown, how it is said, and that nothing leaves without it.

mod agreed;
mod answers;
mod between;
mod bound;
mod client;
mod clocks;
mod forged;
mod inside;
mod learned;
mod links;
mod no_ops;
mod no_yes;
mod once;
mod person;
mod plans;
mod published;
mod queue;
mod racing;
mod sent;
mod spellings;
mod terminal;

use std::path::PathBuf;

use make_credentials_mcp::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::binary::{self, Binary, Left};

/// A zone, a home, and the real binary as agent `env`.
pub(crate) struct Place {
    pub(crate) zone: Sandbox,
    pub(crate) home: PathBuf,
}

impl Place {
    /// On a zone that tells which scenarios use a connection.
    pub(crate) async fn new(name: &str) -> Self {
        let options = Options {
            scenario_usages: true,
            ..Options::default()
        };
        Self::of(name, options).await
    }

    /// On a zone that does not tell.
    pub(crate) async fn silent(name: &str) -> Self {
        Self::of(name, Options::default()).await
    }

    async fn of(name: &str, options: Options) -> Self {
        Self {
            zone: Sandbox::start(options).await.unwrap(),
            home: binary::home(&format!("confirm-{name}")),
        }
    }

    /// A server of agent `env`, nothing said yet.
    pub(crate) fn start(&self, flags: &[&str]) -> Binary {
        let zone = self.zone.zone();
        let environment = [
            ("MAKE_API_KEY", self.zone.operator_token()),
            ("MAKE_ZONE", zone.as_str()),
        ];
        Binary::start(&self.home, &environment, flags)
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

/// A call of the newest revision by a client that can ask in these ways, with what it brings back.
pub(crate) fn modern(id: u32, tool: &str, arguments: &Value, can: &Value, back: &Value) -> String {
    let mut params = json!({"name": tool, "arguments": arguments, "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": can},
        "io.modelcontextprotocol/clientInfo": {"name": "tester", "version": "7"}}});
    for (name, value) in back.as_object().unwrap() {
        params[name] = value.clone();
    }
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).to_string()
}

/// What a client brings back after the form.
pub(crate) fn back(asked: &Value, answer: &Value) -> Value {
    let state = &asked["result"]["requestState"];
    json!({"requestState": state, "inputResponses": {"confirm": answer}})
}

pub(crate) fn yes() -> Value {
    json!({"action": "accept", "content": {"confirm": true}})
}

/// A connection of the seed that nothing uses.
pub(crate) fn unused() -> Value {
    json!({"connectionId": 203})
}
