//! How a call ends that has no yes: what the agent reads, and what it has to tell the person.

use serde_json::json;

use super::approvals::{Approval, Error};
use super::forms::A_MINUTE;
use super::plan::{LONGEST, Plan};
use crate::tools::Call;
use crate::tools::error::{Code, Failure, ToolError};

/// Lets the call wait for a person at the terminal.
pub(super) async fn keep(call: &Call<'_>, plan: &Plan, binding: &str) -> Result<Approval, Error> {
    let holder = call.session().consent_holder().ok_or(Error::NoHolder)?;
    let agent = (holder.as_str(), call.agent().name.as_str());
    let approvals = call.session().approvals();
    approvals.ask(agent, call.tool.name, binding, plan).await
}

/// Why a call waits for the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unasked {
    /// The client cannot ask, or may not.
    Here,
    /// It was to ask, and no yes came.
    NoYes,
    /// It has said no before.
    Declined,
}

impl Unasked {
    fn words(self) -> (Code, &'static str) {
        match self {
            Self::Here => (
                Code::ConfirmationRequired,
                "A person has to agree first, and nothing was done. What would happen stands in `details.plan`.",
            ),
            Self::NoYes => (
                Code::NotConfirmed,
                "The client gave no yes, and may have asked nobody; nothing was done. A person can still agree at the terminal.",
            ),
            Self::Declined => (
                Code::NotConfirmed,
                "The client said no to this within the last hour and is not asked again; nothing was done. A person can still agree at the terminal.",
            ),
        }
    }
}

/// No yes came: the call waits for a person at the terminal, and the agent is told exactly what
/// the person has to run.
pub(super) async fn waits(call: &Call<'_>, plan: &Plan, binding: &str, why: Unasked) -> ToolError {
    let approval = match keep(call, plan, binding).await {
        Ok(approval) => approval,
        Err(error) => return not_kept(&error),
    };
    let id = &approval.id;
    let (code, message) = why.words();
    let command = format!("make-credentials-mcp approve {id}");
    let details = json!({"approval": id, "command": command, "plan": plan.lines()});
    Failure::new(
        code,
        message,
        format!(
            "Tell the person to run `{command}`, then call this again. Do not look for another way."
        ),
    )
    .with_details(details)
    .into()
}

/// A call that cannot wait.
pub(super) fn not_kept(error: &Error) -> ToolError {
    match error {
        Error::TooManyOfOne | Error::TooMany => too_many(error),
        Error::Key(_)
        | Error::State(_)
        | Error::Forged(_)
        | Error::Random
        | Error::NoHolder
        | Error::Plan => unavailable(error),
    }
}

/// Lets the client ask, unless it has asked more of this agent than a person reads.
pub(super) fn admit_form(call: &Call<'_>) -> Result<(), ToolError> {
    let holder = call.session().consent_holder();
    let holder = holder.ok_or_else(|| unavailable(&Error::NoHolder))?;
    let Err(seconds) = call.session().approvals().admits_form(&holder) else {
        return Ok(());
    };
    let message = format!(
        "A person was asked about calls of this agent {A_MINUTE} times within a minute, and no more may be; nothing was done and this one does not wait."
    );
    let next = format!("Call again in {seconds} s, and ask for fewer things at a time.");
    let failure = Failure::new(Code::Busy, message, next);
    Err(Failure {
        retryable: true,
        retry_after_s: u64::try_from(seconds).ok(),
        ..failure
    }
    .into())
}

/// More calls wait than a person reads.
fn too_many(full: &Error) -> ToolError {
    Failure::new(
        Code::Busy,
        format!("{full}, and no more may; nothing was done and this one does not wait."),
        "Tell the person to run `make-credentials-mcp approve` first; do not ask for more until then.",
    )
    .into()
}

/// A person said no at the terminal.
pub(super) fn rejected(approval: &Approval) -> ToolError {
    Failure::new(
        Code::NotConfirmed,
        "A person said no to this call, and nothing was done.",
        "Tell the person that it was rejected. Do not call it again and do not look for another way.",
    )
    .with_details(json!({"approval": approval.id}))
    .into()
}

/// What the person agreed to is not so any more.
pub(super) fn changed(before: &Plan, now: Option<&Plan>) -> ToolError {
    let changes = now.map(|now| before.changes(now)).unwrap_or_default();
    Failure::new(
        Code::NotConfirmed,
        "It has changed since the person agreed, see `details.changed`; nothing was done.",
        "Tell the person what has changed; call again if it is still wanted, and they are asked anew.",
    )
    .with_details(json!({"changed": changes}))
    .into()
}

/// There is more to agree to than a person reads.
pub(super) fn too_long(chars: usize) -> ToolError {
    Failure::new(
        Code::InvalidArguments,
        format!(
            "A person has to read all that this call would do, which takes {chars} characters, and at most {LONGEST} are shown; nobody was asked and nothing was done."
        ),
        "Split it into several calls with fewer or shorter fields, or let the person do it at Make.",
    )
    .into()
}

/// Whenever the person had agreed, Make named more.
pub(super) fn unsettled(now: &Plan) -> ToolError {
    Failure::new(
        Code::NotConfirmed,
        "Make named more each time the person had agreed, see `details.plan`; nothing was done.",
        "Tell the person what uses it; call again if it is still wanted, and they are asked anew.",
    )
    .with_details(json!({"plan": now.lines()}))
    .into()
}

/// The agent's grants or token were changed while a person was asked.
pub(super) fn grants_changed() -> ToolError {
    Failure::new(
        Code::Busy,
        "What this agent may do was changed while a person was asked; nothing was done.",
        "Call again; the person is asked anew.",
    )
    .into()
}

/// Questions cannot be kept.
pub(super) fn unavailable(error: &Error) -> ToolError {
    tracing::error!(%error, "approvals cannot be used");
    Failure::new(
        Code::SecretUnavailable,
        "A person has to agree first, and the server cannot keep the question; nothing was done.",
        "Tell the operator; the server's log says why. Do not look for another way.",
    )
    .into()
}
