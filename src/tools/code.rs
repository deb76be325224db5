//! The codes of failures. Adding one is harmless, renaming one breaks whoever relies on it.

use serde::Serialize;

/// The stable codes of failures. Scripts and prompts rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The arguments cannot be used.
    InvalidArguments,
    /// The agent was not given this tool or this team.
    NotGranted,
    /// The agent's token was taken away.
    AgentRevoked,
    /// The agent's time is over.
    AgentExpired,
    /// A person has to say yes first.
    ConfirmationRequired,
    /// Others depend on the object.
    WouldBreak,
    /// A secret stood in the arguments as it is.
    PlaintextSecretRefused,
    /// A credential whose request is not known.
    UnknownCredential,
    /// It is not there, or hidden.
    NotFound,
    /// 401 from Make.
    MakeRefusedUs,
    /// 403 from Make.
    Forbidden,
    /// The plan of the organization does not have it.
    PlanGate,
    /// 429 from Make.
    RateLimited,
    /// The organization or team is paused.
    Paused,
    /// The service behind the credential refused.
    ProviderRefused,
    /// Make refused the request as it is.
    Rejected,
    /// Make could not be reached or failed.
    Unavailable,
    /// A change was sent and nobody knows what became of it.
    OutcomeUnknown,
    /// The server has no token to work with.
    SecretUnavailable,
    /// A fault of ours.
    Internal,
}
