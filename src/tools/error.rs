//! What goes wrong in a call: the error inside, and the [`Failure`] that the agent reads. The
//! words of failures are in `failure`.

use serde::Serialize;
use serde_json::Value;

use super::consent::Pending;
use super::untrusted::Foreign;
use crate::grants::Scope;
use crate::make;
use crate::policy::Denied;

/// Why a call brought no answer.
#[derive(Debug)]
pub enum ToolError {
    /// The arguments cannot be used: the field, what is wrong, and what to do.
    Argument {
        /// The field.
        field: &'static str,
        /// What is wrong with it, as the end of "`field` …".
        problem: String,
        /// The next step.
        next: String,
    },
    /// Policy says no.
    Denied(Denied),
    /// Make, or the way to it.
    Make(make::Error),
    /// Not wrong: the call ends with a question to a person.
    Asks(Box<Pending>),
    /// What came back with an answer is not what went out with the question.
    BadState,
    /// A refusal of our own, complete as it is.
    Refused(Box<Failure>),
    /// An object that is not there for this agent.
    Hidden(Hidden),
    /// A fault of ours.
    Internal(&'static str),
}

/// An object that is not there for an agent of certain teams: Make has none or hides it, or it is
/// of another team. The agent is not told which.
#[derive(Debug, Clone, Copy)]
pub struct Hidden {
    /// The scope that reading such objects of Make wants; `None` where Make is not asked.
    pub(super) scope: Option<Scope>,
    /// Whether policy refused what Make showed, which the trail says.
    pub(super) by_policy: bool,
}

impl From<make::Error> for ToolError {
    fn from(error: make::Error) -> Self {
        Self::Make(error)
    }
}

impl From<Denied> for ToolError {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Failure> for ToolError {
    fn from(failure: Failure) -> Self {
        Self::Refused(Box::new(failure))
    }
}

impl ToolError {
    /// An argument that fits the schema and still cannot be used.
    pub fn argument(
        field: &'static str,
        problem: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self::Argument {
            field,
            problem: problem.into(),
            next: next.into(),
        }
    }
}

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
    /// A person was asked and no yes came.
    NotConfirmed,
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
    /// This server cannot do it at the moment.
    Busy,
    /// Make refused the request as it is.
    Rejected,
    /// Make could not be reached or failed.
    Unavailable,
    /// A change was sent and nobody knows what became of it.
    OutcomeUnknown,
    /// The same was made, or may have been, a short time ago.
    PossibleDuplicate,
    /// The trail cannot be written, so nothing is changed.
    AuditUnavailable,
    /// The server has no token to work with.
    SecretUnavailable,
    /// A fault of ours.
    Internal,
}

/// What the agent reads when a call fails.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The stable code.
    pub code: Code,
    /// What happened.
    pub message: String,
    /// The next step, at most 120 characters.
    pub next: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// When, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
    /// Why Make may have said 403.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// What Make said; its text is data, not instruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub make: Option<Value>,
    /// What would break, or candidates for what was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// Whether policy refused it although `code` does not say so; for the trail alone.
    #[serde(skip)]
    pub by_policy: bool,
    /// What of it others wrote; known once it has left.
    #[serde(skip)]
    pub foreign: Foreign,
}

/// A possible reason for a 403, and whether it was checked.
#[derive(Debug, Clone, Serialize)]
pub struct Cause {
    /// The reason: `missing_scope`, `not_a_member`, `wrong_zone`, `role`, `plan`, `edge_filter`.
    pub cause: &'static str,
    /// What checking it showed.
    pub verdict: Verdict,
    /// The finding, in our words.
    pub detail: String,
}

/// What checking a reason showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is so.
    Found,
    /// It is not so.
    RuledOut,
    /// It could not be checked.
    Possible,
}
