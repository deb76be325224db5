//! A connection: what answers show of it, and how its test ends.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::State;
use super::connection_type::ConnectionType;
use crate::sandbox::clock::stamp;

pub(crate) struct Connection {
    pub(crate) id: u64,
    pub(crate) team: u64,
    pub(crate) name: String,
    pub(crate) kind: &'static ConnectionType,
    pub(crate) expire: Option<Timestamp>,
    /// Who signed in, as the web pages show it.
    pub(crate) metadata: Value,
    pub(crate) uid: Value,
    pub(crate) scopes: Vec<String>,
    /// The stored parameters, secrets among them; no answer holds them.
    pub(crate) data: Map<String, Value>,
    pub(crate) verdict: Verdict,
}

/// What the provider says when the connection is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Verified,
    NotVerified,
    /// The test fails with the provider's own message.
    Refused(String),
}

impl Connection {
    pub(crate) fn new(id: u64, team: u64, name: &str, kind: &'static ConnectionType) -> Self {
        Self {
            id,
            team,
            name: name.to_owned(),
            kind,
            expire: None,
            metadata: Value::Null,
            uid: Value::Null,
            scopes: Vec::new(),
            data: Map::new(),
            verdict: Verdict::Verified,
        }
    }

    pub(crate) fn editable(&self) -> bool {
        !self.kind.parameters.is_empty()
    }

    pub(crate) fn has_scopes<'a>(&self, mut asked: impl Iterator<Item = &'a str>) -> bool {
        asked.all(|scope| self.scopes.iter().any(|held| held == scope))
    }

    /// A parameter that was left out of `set-data` is empty and fails here, as with Make.
    pub(crate) fn test(&self, now: Timestamp) -> Verdict {
        if self.expire.is_some_and(|end| end < now) {
            return Verdict::Refused("Token has been expired or revoked.".to_owned());
        }
        let unusable = |name: &&&str| {
            let text = self
                .data
                .get(**name)
                .and_then(Value::as_str)
                .unwrap_or_default();
            text.is_empty() || text.contains("wrong")
        };
        if self.kind.parameters.iter().any(|name| unusable(&name)) {
            return Verdict::Refused("Access denied: Invalid token header.".to_owned());
        }
        self.verdict.clone()
    }

    /// The object with every column, and `scopes` for the answer to a single read.
    pub(crate) fn json(&self, organization: Option<u64>, scoped: bool) -> Value {
        let held: Vec<Value> = self
            .scopes
            .iter()
            .map(
                |id| json!({"id": id, "name": format!("Access to {id}."), "account": self.kind.id}),
            )
            .collect();
        json!({
            "id": self.id,
            "name": self.name,
            "accountName": self.kind.id,
            "accountLabel": self.kind.label,
            "packageName": self.kind.id.starts_with("app#").then_some(self.kind.id),
            "expire": self.expire.map(stamp),
            "metadata": self.metadata,
            "teamId": self.team,
            "theme": self.kind.theme,
            "upgradeable": self.kind.id == "notion2",
            "scopesCnt": self.scopes.len(),
            "scoped": scoped,
            "accountType": if self.kind.oauth { "oauth" } else { "basic" },
            "editable": self.editable(),
            "uid": self.uid,
            "connectedSystemId": null,
            "organizationId": organization,
            "scopes": held,
        })
    }
}

impl State {
    /// A connection a person just signed in to or typed the parameters of.
    pub(crate) fn add_connection(
        &mut self,
        team: u64,
        name: &str,
        kind: &'static ConnectionType,
    ) -> u64 {
        let id = self.next_id("connection");
        self.connections
            .insert(id, Connection::new(id, team, name, kind));
        id
    }

    /// Hooks on it stay behind as gone, scenarios as invalid. Hooks do so only where it goes with its
    /// credential: no order between the two is documented there.
    pub(crate) fn remove_connection(&mut self, id: u64) {
        self.connections.remove(&id);
        self.access.remove(&id);
        for hook in self.hooks.values_mut().filter(|hook| hook.is_bound_to(id)) {
            hook.gone = true;
        }
    }
}
