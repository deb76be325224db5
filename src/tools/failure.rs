//! The words of failures: what an agent reads, in our own words alone. What Make said stands
//! beside it as data.

use serde_json::{Value, json};

use super::arguments::Invalid;
use super::error::{Cause, Code, Failure, Verdict};
use super::untrusted::Foreign;
use crate::make;
use crate::policy::Denied;

/// The most dependents that an answer names.
pub const DEPENDENTS: usize = 100;

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
            by_policy: false,
            foreign: Foreign::default(),
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

    /// The same with what Make said.
    #[must_use]
    pub fn said_by(self, refusal: &make::Refusal) -> Self {
        Self {
            make: Some(view(refusal)),
            ..self
        }
    }

    /// What uses the object, in `details.dependents`. When those are too many for an answer, the
    /// first, and in `details.dependentsInAll` how many there are.
    #[must_use]
    pub fn with_dependents(self, dependents: &[make::Dependent]) -> Self {
        let first = dependents.get(..DEPENDENTS).unwrap_or(dependents);
        self.with_details(if first.len() < dependents.len() {
            json!({"dependents": first, "dependentsInAll": dependents.len()})
        } else {
            json!({"dependents": first})
        })
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
        let details = json!({"candidates": candidates.map_or(Value::Null, Value::Array)});
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

    /// The refusal of an agent that was revoked.
    pub fn revoked() -> Self {
        Self::denied(&Denied::Revoked)
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
            Denied::Pending => (
                Code::NotGranted,
                "Ask the operator to run `make-credentials-mcp doctor`.",
            ),
            Denied::Unasked(_) | Denied::OperatorOnly(_) => (
                Code::NotGranted,
                "Tell the person that only the operator can do this; do not look for another way.",
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
        let (code, message, next) = words(error);
        let mut failure = Self::new(code, message, next);
        failure.make = error.refusal().map(view);
        match error {
            E::Unreachable | E::NoAnswer | E::Withheld | E::Unrecorded => failure.retryable = true,
            E::Failed { status } => {
                failure.retryable = true;
                failure.make = Some(json!({"status": status}));
            }
            E::RateLimited { retry_after_s } => {
                failure.retryable = true;
                failure.retry_after_s = Some(*retry_after_s);
                failure.next = format!("Wait {retry_after_s} s, then repeat the call.");
            }
            E::EdgeFilter => {
                failure.make = Some(json!({"status": 403}));
                failure.causes = vec![Cause {
                    cause: "edge_filter",
                    verdict: Verdict::Found,
                    detail: "The answer is not Make's own.".to_owned(),
                }];
            }
            E::ConfirmationRequired { dependents, .. } => {
                failure = failure.with_dependents(dependents);
            }
            E::NotPermitted | E::NoClient => failure = Self::internal(),
            E::OutcomeUnknown { .. }
            | E::Unauthorized(_)
            | E::Forbidden(_)
            | E::NotFound(_)
            | E::Paused(_)
            | E::Provider(_)
            | E::Rejected(_)
            | E::BadAnswer { .. }
            | E::TooLarge { .. }
            | E::TooMany { .. }
            | E::Redirected
            | E::NotOurPath
            | E::TooLong
            | E::NoSecret { .. }
            | E::Cancelled => {}
        }
        failure
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

/// What an agent reads when the trail cannot be written.
const UNRECORDED: (Code, Option<&str>, &str) = (
    Code::AuditUnavailable,
    Some("The server cannot write its trail, and changes nothing without it."),
    "Tell the operator; the server's log says why. Reading still works.",
);

/// What an agent reads when a named secret cannot be put into its request.
const NO_SECRET: (Code, Option<&str>, &str) = (
    Code::SecretUnavailable,
    None,
    "Tell the operator; the server's log says more.",
);

/// The code, what happened and what to do, for each way in which no answer came.
fn words(error: &make::Error) -> (Code, String, &'static str) {
    use make::Error as E;
    let (code, message, next) = match error {
        E::Unreachable | E::NoAnswer | E::Failed { .. } => {
            (Code::Unavailable, None, "Try again in a minute.")
        }
        E::TooLarge { .. } | E::TooMany { .. } | E::BadAnswer { .. } => (
            Code::Unavailable,
            None,
            "Do not repeat it; tell the operator: the server may need an update.",
        ),
        E::Redirected => (
            Code::Unavailable,
            None,
            "Tell the operator to check the zone of this token.",
        ),
        E::OutcomeUnknown { .. } => (
            Code::OutcomeUnknown,
            None,
            "Do not repeat it; read the object or the list first.",
        ),
        E::NotOurPath => (
            Code::InvalidArguments,
            None,
            "Use an id exactly as a list tool gave it.",
        ),
        E::TooLong => (
            Code::InvalidArguments,
            None,
            "Pass fewer or shorter values.",
        ),
        E::Withheld => (Code::Busy, None, "Call again in a few seconds."),
        E::Cancelled => (Code::Unavailable, None, "Call again if it is still wanted."),
        E::Unrecorded => UNRECORDED,
        E::NoSecret { .. } => NO_SECRET,
        E::NotPermitted | E::NoClient => (Code::Internal, None, "Tell the operator."),
        E::RateLimited { .. } => (
            Code::RateLimited,
            Some("Make allows no more calls of this organization now."),
            "Wait, then repeat the call.",
        ),
        E::EdgeFilter => (
            Code::Forbidden,
            Some("A filter in front of Make refused the request; the token was not judged."),
            "Tell the operator: the network's address may be blocked at Make.",
        ),
        E::ConfirmationRequired { .. } => (
            Code::WouldBreak,
            Some("Others depend on it; nothing was changed."),
            "Show the person what would break.",
        ),
        E::Unauthorized(_)
        | E::Forbidden(_)
        | E::NotFound(_)
        | E::Paused(_)
        | E::Provider(_)
        | E::Rejected(_) => words_of_refusal(error),
    };
    let message = message.map_or_else(|| sentence(&error.to_string()), str::to_owned);
    (code, message, next)
}

/// The same for what Make itself refused.
fn words_of_refusal(error: &make::Error) -> (Code, Option<&'static str>, &'static str) {
    use make::Error as E;
    // IM903: the feature is not enabled for the organization (Make's page on access lists).
    let by_plan = error.refusal().is_some_and(|said| said.has_code("IM903"));
    match error {
        E::Unauthorized(_) => (
            Code::MakeRefusedUs,
            Some(
                "Make refused the server's own token: revoked, mistyped, or of another zone. Retrying will not help.",
            ),
            "Tell the operator to check the token and its zone.",
        ),
        E::Forbidden(_) => (
            Code::Forbidden,
            Some("Make refused access."),
            "Read `causes`, then tell the person what is missing.",
        ),
        E::NotFound(_) => (
            Code::NotFound,
            Some("Make has no such object, or hides it from this token."),
            "Take the id from a list tool, or from the answer that told it.",
        ),
        E::Paused(_) => (
            Code::Paused,
            Some("The organization or team is paused at Make; waiting does not help."),
            "Tell the person that the organization has to be resumed at Make.",
        ),
        E::Provider(_) => (
            Code::ProviderRefused,
            Some("The service behind the credential refused it or did not answer."),
            "Let the person sign in again: credential_requests_create_by_credentials.",
        ),
        E::Rejected(_) if by_plan => (
            Code::PlanGate,
            Some("The organization's plan does not have this feature."),
            "Tell the person; no other tool gets around it.",
        ),
        E::Rejected(_)
        | E::Unreachable
        | E::NoAnswer
        | E::OutcomeUnknown { .. }
        | E::EdgeFilter
        | E::RateLimited { .. }
        | E::ConfirmationRequired { .. }
        | E::Failed { .. }
        | E::BadAnswer { .. }
        | E::TooLarge { .. }
        | E::TooMany { .. }
        | E::Redirected
        | E::NotOurPath
        | E::TooLong
        | E::NotPermitted
        | E::Withheld
        | E::Cancelled
        | E::NoClient
        | E::NoSecret { .. }
        | E::Unrecorded => (
            Code::Rejected,
            Some("Make understood the request and refused it."),
            "Read `make.message`, mend the arguments and call again.",
        ),
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
