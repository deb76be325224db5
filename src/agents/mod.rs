//! The life of an agent: its own Make API token, issued or adopted, rotated and revoked, and the
//! processes that serve it.

pub mod entry;
mod process;
mod registry;
pub mod scopes;
mod serving;

pub use entry::Entry;
pub use process::clock_ms;
pub use registry::{Registered, Registry, TokenFacts};
pub use serving::{Applying, Drained, LEASE, Overdue, Seen, Serving, wait_until_seen};

use crate::ids::AgentName;

/// Why something about an agent cannot be done. Never holds a token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such agent.
    #[error("there is no agent {0}")]
    Unknown(AgentName),
    /// There is one already.
    #[error("there is an agent {0} already")]
    NameTaken(AgentName),
    /// The name belongs to the agent that the environment sets up.
    #[error("the name `env` is reserved for the agent that MAKE_API_KEY sets up")]
    Reserved,
    /// Somebody else changed the agent at the same time.
    #[error("the agent {0} was changed by another command meanwhile")]
    Changed(AgentName),
    /// What is kept of an agent cannot be read.
    #[error("what state.db says of the agent {0} cannot be read")]
    Corrupt(String),
    /// What is kept in its store cannot be read.
    #[error("what is kept for the agent {0} is no token and no entry of ours")]
    NoEntry(AgentName),
    /// state.db failed.
    #[error(transparent)]
    State(#[from] crate::state::Error),
}
