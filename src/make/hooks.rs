//! Hooks, for finding what depends on a connection. Their addresses are not read: whoever has one
//! can start the scenario. Facts from Make's `OpenAPI` document.

use serde::Deserialize;

use super::{Opaque, Request, lenient};
use crate::ids::{ConnectionId, TeamId};

#[derive(Debug, Deserialize)]
pub struct Hooks {
    pub hooks: Vec<Hook>,
}

/// A hook.
#[derive(Debug, Deserialize)]
pub struct Hook {
    pub id: Opaque,
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(default)]
    data: Option<serde_json::Value>,
}

impl Hook {
    /// Whether it belongs to this connection.
    pub fn is_of(&self, connection: ConnectionId) -> bool {
        let of = self.data.as_ref().and_then(|data| data.get("__IMTCONN__"));
        of.and_then(|of| serde_json::from_value(of.clone()).ok()) == Some(connection)
    }
}

/// The hooks of a team, all at once: Make does not page this list.
pub fn list(team: TeamId) -> Request<Hooks> {
    Request::get("hooks").query("teamId", team)
}
