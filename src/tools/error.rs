//! What goes wrong in a call, in two views: the [`Failure`] that the agent reads, in our words
//! alone, and one event on stderr for the operator. Built here and nowhere else.

use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::Invalid;
pub use super::code::Code;
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
    /// A refusal of our own, complete as it is.
    Refused(Box<Failure>),
    /// A fault of ours.
    Internal(&'static str),
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

impl Failure {
    /// A failure that repeating does not mend.
    pub fn new(code: Code, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            next: next.into(),
            retryable: false,
            retry_after_s: None,
            causes: Vec::new(),
            make: None,
            details: None,
        }
    }

    /// The same with more to read.
    #[must_use]
    pub fn with_details(self, details: Value) -> Self {
        Self {
            details: Some(details),
            ..self
        }
    }

    fn retryable(self) -> Self {
        Self {
            retryable: true,
            ..self
        }
    }

    fn from_make(self, refusal: &make::Refusal) -> Self {
        Self {
            make: Some(view(refusal)),
            ..self
        }
    }

    /// The same with what Make said.
    #[must_use]
    pub fn said_by(self, refusal: &make::Refusal) -> Self {
        self.from_make(refusal)
    }

    /// A create that may have happened. `candidates` are the objects that fit what was sent, or
    /// `None` when looking failed too; `next` says how to look.
    pub fn maybe_created(
        error: &make::Error,
        candidates: Option<Vec<Value>>,
        next: impl Into<String>,
    ) -> Self {
        let failure = Self::make(error);
        let found = match &candidates {
            None => "looking for it failed too".to_owned(),
            Some(found) if found.is_empty() => "no object fits it so far".to_owned(),
            Some(found) => format!("{} object(s) fit it, see `details.candidates`", found.len()),
        };
        let message = format!("{} By a look afterwards: {found}.", failure.message);
        let details = json!({"candidates": candidates});
        Self {
            message,
            next: next.into(),
            ..failure
        }
        .with_details(details)
    }

    pub(super) fn invalid(tool: &'static str, invalid: &Invalid) -> Self {
        let place = if invalid.field == "a field" {
            "A field".to_owned()
        } else {
            format!("`{}`", invalid.field)
        };
        let next = invalid
            .hint
            .clone()
            .unwrap_or_else(|| format!("Mend it and call {tool} again."));
        Self::new(
            Code::InvalidArguments,
            format!("{place} {}.", invalid.problem),
            cut(&next),
        )
    }

    pub(super) fn denied(denied: &Denied) -> Self {
        let (code, next) = match denied {
            Denied::Revoked => (
                Code::AgentRevoked,
                "Stop; the operator took this access away.",
            ),
            Denied::Expired => (Code::AgentExpired, "Ask the operator for a new time limit."),
            Denied::Team => (
                Code::NotGranted,
                "Call agent_status for the teams of this agent.",
            ),
            Denied::Access { .. } | Denied::Tool(_) | Denied::Toolset { .. } => (
                Code::NotGranted,
                "Ask the operator to grant it, or use another tool.",
            ),
        };
        Self::new(code, sentence(&denied.to_string()), next)
    }

    /// The view of a failure of Make or of the way to it. A 403 gets its causes elsewhere.
    pub(super) fn make(error: &make::Error) -> Self {
        use make::Error as E;
        match error {
            E::Unreachable | E::NoAnswer | E::Failed { .. } => {
                let failure = Self::new(
                    Code::Unavailable,
                    sentence(&error.to_string()),
                    "Try again in a minute.",
                );
                match error {
                    E::Failed { status } => Self {
                        make: Some(json!({"status": status})),
                        ..failure
                    },
                    _ => failure,
                }
                .retryable()
            }
            E::TooLarge { .. } | E::TooMany { .. } | E::BadAnswer { .. } => Self::new(
                Code::Unavailable,
                sentence(&error.to_string()),
                "Do not repeat it; tell the operator, the server may need an update.",
            ),
            E::Redirected => Self::new(
                Code::Unavailable,
                sentence(&error.to_string()),
                "Tell the operator to check the zone of this token.",
            ),
            E::OutcomeUnknown { .. } => Self::new(
                Code::OutcomeUnknown,
                sentence(&error.to_string()),
                "Do not repeat it; read the object or the list first.",
            ),
            E::RateLimited { retry_after_s } => Self {
                retry_after_s: Some(*retry_after_s),
                ..Self::new(
                    Code::RateLimited,
                    "Make allows no more calls of this organization now.",
                    format!("Wait {retry_after_s} s, then repeat the call."),
                )
                .retryable()
            },
            E::NotOurPath => Self::new(
                Code::InvalidArguments,
                sentence(&error.to_string()),
                "Use an id exactly as a list tool gave it.",
            ),
            E::TooLong => Self::new(
                Code::InvalidArguments,
                sentence(&error.to_string()),
                "Pass fewer or shorter values.",
            ),
            E::Cancelled => Self::new(
                Code::Unavailable,
                "Cancelled before anything was sent.",
                "Nothing to do.",
            ),
            E::NotPermitted | E::NoClient => Self::internal(),
            E::Unauthorized(refusal)
            | E::Forbidden(refusal)
            | E::NotFound(refusal)
            | E::Paused(refusal)
            | E::Provider(refusal)
            | E::Rejected(refusal)
            | E::ConfirmationRequired { refusal, .. } => Self::refused(error, refusal),
            E::EdgeFilter => Self {
                make: Some(json!({"status": 403})),
                causes: vec![Cause {
                    cause: "edge_filter",
                    verdict: Verdict::Found,
                    detail: "The answer is not Make's own: a filter in front of it refused."
                        .to_owned(),
                }],
                ..Self::new(
                    Code::Forbidden,
                    "A filter in front of Make refused the request; the token was not judged.",
                    "Tell the operator: the network's address may be blocked at Make.",
                )
            },
        }
    }

    fn refused(error: &make::Error, refusal: &make::Refusal) -> Self {
        use make::Error as E;
        let failure = match error {
            E::Unauthorized(_) => Self::new(
                Code::MakeRefusedUs,
                "Make refused the server's own token: revoked, mistyped, or of another zone. Retrying will not help.",
                "Tell the operator to check the token and its zone.",
            ),
            E::Forbidden(_) => Self::new(
                Code::Forbidden,
                "Make refused access.",
                "Read `causes`, then tell the person what is missing.",
            ),
            E::NotFound(_) => Self::new(
                Code::NotFound,
                "Make has no such object, or hides it from this token.",
                "Take the id from a list tool.",
            ),
            E::Paused(_) => Self::new(
                Code::Paused,
                "The organization or team is paused at Make; waiting does not help.",
                "Tell the person that the organization has to be resumed at Make.",
            ),
            E::Provider(_) => Self::new(
                Code::ProviderRefused,
                "The service behind the credential refused it or did not answer.",
                "Let the person sign in again: credential_requests_create_by_credentials.",
            ),
            E::ConfirmationRequired { dependents, .. } => Self::new(
                Code::WouldBreak,
                "Others depend on it; nothing was changed.",
                "Show the person what would break.",
            )
            .with_details(json!({"dependents": dependents})),
            // IM903: the feature is not enabled for the organization (Make's documentation of
            // access lists).
            _ if refusal.has_code("IM903") => Self::new(
                Code::PlanGate,
                "The organization's plan does not have this feature.",
                "Tell the person; no other tool gets around it.",
            ),
            _ => Self::new(
                Code::Rejected,
                "Make understood the request and refused it.",
                "Read `make.message`, mend the arguments and call again.",
            ),
        };
        failure.from_make(refusal)
    }

    /// A fault of ours, without what it was.
    pub(super) fn internal() -> Self {
        let incident = getrandom::u32().unwrap_or(0) & 0xF_FFFF;
        Self::new(
            Code::Internal,
            format!("Failed inside the server, incident {incident:05X}."),
            "Tell the operator the incident; its log says more.",
        )
    }
}

fn view(refusal: &make::Refusal) -> Value {
    let mut view = json!({"status": refusal.status});
    if let Some(map) = view.as_object_mut() {
        if let Some(code) = &refusal.code {
            map.insert("code".to_owned(), json!(code));
        }
        if let Some(message) = &refusal.message {
            map.insert("message".to_owned(), json!(message));
        }
    }
    view
}

/// A message as a sentence: a capital first and a full stop last.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

/// At most 120 characters.
pub(super) fn cut(next: &str) -> String {
    if next.chars().count() <= 120 {
        next.to_owned()
    } else {
        next.chars().take(119).chain(['…']).collect()
    }
}
