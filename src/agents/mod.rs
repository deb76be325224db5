//! The life of an agent: its own Make API token, issued or adopted, rotated and revoked, and the
//! processes that serve it.

pub mod checks;
mod desk;
pub mod entry;
pub mod isolation;
mod kept_operator;
mod notes;
pub mod operator;
mod patience;
mod process;
mod put_back;
mod registry;
pub mod retire;
pub mod revoke;
pub mod rotate;
pub mod scopes;
mod serving;

pub use desk::Desk;
pub use entry::Entry;
pub use kept_operator::KeptOperator;
pub use notes::Note;
pub use operator::{Operator, organizations};
pub use process::clock_ms;
pub use put_back::is_put_back;
pub use registry::{Registered, Registry, TokenFacts};
pub use serving::{Applying, Drained, LEASE, Overdue, Seen, Serving, wait_until_seen};

use crate::ids::{AgentName, UserId};

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
    /// It has no token any more, and gets none.
    #[error("the agent {0} is revoked")]
    Revoked(AgentName),
    /// Somebody else changed the agent at the same time.
    #[error("the agent {0} was changed by another command meanwhile")]
    Changed(AgentName),
    /// What is kept of an agent cannot be read.
    #[error("what state.db says of the agent {0} cannot be read")]
    Corrupt(String),
    /// What is kept in its store cannot be read.
    #[error("what is kept for the agent {0} is no token and no entry of ours")]
    NoEntry(AgentName),
    /// What is at the place of a token that is to be adopted is none.
    #[error("what is at {0} is no Make API token")]
    NoToken(String),
    /// Something else is at the place where its token would go.
    #[error("there is a secret at {0} already; name another place with --store")]
    Occupied(String),
    /// Its token would go where nothing can be put.
    #[error("the store {0} is read-only; a token can only be adopted from there")]
    ReadOnly(String),
    /// A token of ours can be given to it, and it has one of somebody else's.
    #[error("the token of the agent {0} was adopted; give it the next one with --token-stdin")]
    Adopted(AgentName),
    /// It has a token of ours, which only the operator's token can replace.
    #[error(
        "the token of the agent {0} was issued here; rotate it with the operator's token, without --token-stdin"
    )]
    Issued(AgentName),
    /// The token that was given is the one it has.
    #[error("that is the token the agent {0} has already")]
    SameToken(AgentName),
    /// A reference that this version does not know.
    #[error("state.db names a store that this version does not know")]
    BadStore,
    /// Make does not know a token.
    #[error("Make does not know the token {prefix}… in the zone {zone}")]
    TokenRefused {
        /// Its first characters.
        prefix: String,
        /// Where it was tried.
        zone: String,
    },
    /// The operator's token may not do what is needed.
    #[error("the operator's token lacks the scope {0}")]
    OperatorLacks(String),
    /// What is kept of the operator cannot be read.
    #[error(
        "what is kept of the operator is no entry of ours; run `operator logout` and `operator login`"
    )]
    BadOperator,
    /// The operator is another Make user than the one whose tokens these are.
    #[error(
        "the token of the agent {agent} belongs to the Make user {user} in {zone}, and the operator's token does not"
    )]
    OtherUser {
        /// The agent.
        agent: AgentName,
        /// Whose its token is.
        user: UserId,
        /// Where.
        zone: String,
    },
    /// Another command works on tokens of the same Make user.
    #[error("another command works on the tokens of this Make user; one goes after the other")]
    Busy,
    /// Something has to be finished first.
    #[error("a change of tokens of this Make user is unfinished; `agent list` shows it")]
    Unfinished,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// Make failed.
    #[error(transparent)]
    Make(#[from] crate::make::Error),
    /// A store of secrets failed.
    #[error(transparent)]
    Store(#[from] crate::secrets::Error),
    /// state.db failed.
    #[error(transparent)]
    State(#[from] crate::state::Error),
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

/// An id as a row keeps it: ids are below 2^53.
fn row_number(id: UserId) -> i64 {
    i64::try_from(id.number()).unwrap_or(i64::MAX)
}
