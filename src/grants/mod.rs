//! What an agent is and what it may be given: types only, no decisions (those are `policy`'s)
//! and no I/O.

mod agent;
mod asks;
mod effect;
mod scope;
mod target;

pub use agent::{Access, Agent, Confirmation, Grants, Standing, Teams};
pub use asks::Asks;
pub use effect::Effect;
pub use scope::Scope;
pub use target::{Object, Target};

/// A group of tools that is granted as one.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Toolset {
    /// Connections of a team.
    Connections,
    /// Keys of a team.
    Keys,
    /// Credential requests: a person signs in at Make.
    CredentialRequests,
    /// Templates of a team and public ones.
    Templates,
    /// Make Bridge flows from a template.
    TemplateFlows,
    /// The agent itself, its user, organizations and teams.
    Account,
    /// API tokens of the Make user, masked. Off unless named.
    Tokens,
    /// Tools that Make has replaced. Off unless named.
    Deprecated,
}

impl Toolset {
    /// All toolsets, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Connections,
        Self::Keys,
        Self::CredentialRequests,
        Self::Templates,
        Self::TemplateFlows,
        Self::Account,
        Self::Tokens,
        Self::Deprecated,
    ];

    /// Whether an agent has it without anybody naming it.
    pub fn is_default(self) -> bool {
        !matches!(self, Self::Tokens | Self::Deprecated)
    }

    /// The name in flags and in the README.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Keys => "keys",
            Self::CredentialRequests => "credential_requests",
            Self::Templates => "templates",
            Self::TemplateFlows => "template_flows",
            Self::Account => "account",
            Self::Tokens => "tokens",
            Self::Deprecated => "deprecated",
        }
    }
}

impl std::str::FromStr for Toolset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|toolset| toolset.name() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL.iter().map(|toolset| toolset.name()).collect();
                format!("no such toolset; there are: {}", names.join(", "))
            })
    }
}

/// What policy has to know about a tool.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The name of the tool.
    pub tool: &'static str,
    /// The group it belongs to.
    pub toolset: Toolset,
    /// The scopes that Make wants for it, all of them.
    pub scopes: &'static [Scope],
    /// What it does to the account.
    pub effect: Effect,
    /// Whether a person has to say yes.
    pub asks: Asks,
}
