//! An agent and its grants.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Toolset;
use crate::ids::{AgentName, TeamId};

/// A caller that we know, with what the operator has given it.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Its name; `env` for the one that the environment sets up.
    pub name: AgentName,
    /// Whether it may work at all.
    pub standing: Standing,
    /// What it may do.
    pub grants: Grants,
}

/// Whether an agent may work at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its token is being made or has not been seen to work yet.
    Pending,
    /// It works.
    Active,
    /// The operator took its token away.
    Revoked,
}

/// What an agent may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grants {
    /// The teams it may touch.
    pub teams: Teams,
    /// How far it may go.
    pub access: Access,
    /// The groups of tools it has.
    pub toolsets: BTreeSet<Toolset>,
    /// Single tools it has beyond its toolsets and its access.
    pub allowed_tools: BTreeSet<String>,
    /// Single tools it does not have, whatever else is said.
    pub denied_tools: BTreeSet<String>,
    /// Who says yes before something is destroyed.
    pub confirmation: Confirmation,
    /// Whether a secret may stand in a tool's arguments as it is.
    pub allow_plaintext: bool,
    /// When it stops working, in seconds since 1970.
    pub expires_at: Option<i64>,
}

impl Grants {
    /// No team and no tool.
    pub fn none() -> Self {
        Self {
            teams: Teams::Only(BTreeSet::new()),
            access: Access::Read,
            toolsets: BTreeSet::new(),
            allowed_tools: BTreeSet::new(),
            denied_tools: BTreeSet::new(),
            confirmation: Confirmation::Ask,
            allow_plaintext: false,
            expires_at: None,
        }
    }
}

/// The teams an agent may touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Teams {
    /// Every team that the token reaches.
    All,
    /// These alone.
    Only(BTreeSet<TeamId>),
}

impl Teams {
    /// Whether this team is among them.
    pub fn contain(&self, team: TeamId) -> bool {
        match self {
            Self::All => true,
            Self::Only(teams) => teams.contains(&team),
        }
    }
}

/// How far an agent may go.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Calls that only read.
    Read,
    /// Also creating, extending and awaiting credential requests: a person signs in at Make.
    Request,
    /// All.
    Write,
}

/// Who says yes before something is destroyed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// A person, through the client where it can ask, else at the operator's terminal.
    Ask,
    /// A person at the operator's terminal alone.
    Operator,
    /// Nobody: tools that destroy are not there.
    Refuse,
    /// Nobody is asked: the operator's standing yes.
    Never,
}
