//! A person is asked through the client, inside the call or between two, and what comes back is
//! judged.

use std::time::Duration;

use super::asking::{Confirm, Pending, Question, Reply};
use super::keys::Keys;
use super::plan::Plan;
use super::{Carried, Yes, refusals};
use crate::policy::Said;
use crate::tools::error::{Code, ToolError};
use crate::tools::session::now;
use crate::tools::{Call, Foreign};
use crate::visible::shown;

/// How long what a client carries between two calls counts.
const CARRIED_S: i64 = 10 * 60;
/// How often somebody hears that a person is being asked.
const TICK: Duration = Duration::from_secs(10);
/// The longest name of a client that is kept.
const CLIENT: usize = 80;

/// Asks while the call goes on: until somebody answers, the time is over, or what the agent may
/// do is changed. Cancellation and revocation end the whole call, and the question with it.
pub(super) async fn inside(
    call: &Call<'_>,
    confirm: &dyn Confirm,
    plan: &Plan,
    binding: &str,
) -> Result<Yes, ToolError> {
    let mut changes = call.consenting.changes.clone();
    let patience = call.session.ask_for(call.progress.is_some());
    let mut asked = confirm.ask(Question::about(plan));
    let started = tokio::time::Instant::now();
    let mut ticks = tokio::time::interval_at(started + TICK, TICK);
    let mut ticked = 0;
    let reply = loop {
        tokio::select! {
            biased;
            Ok(()) = changes.changed() => return Err(refusals::grants_changed()),
            reply = &mut asked => break reply,
            () = tokio::time::sleep_until(started + patience) => break Reply::Nobody,
            _ = ticks.tick() => {
                ticked += 1;
                call.report(ticked, "Waiting for a person's yes.".to_owned()).await;
            }
        }
    };
    if reply != Reply::Yes {
        return Err(refusals::waits(call, plan, binding, Code::NotConfirmed).await);
    }
    Ok(Yes {
        said: Said::InClient,
        who: client(confirm),
        shown: plan.clone(),
        inside: true,
    })
}

fn client(confirm: &dyn Confirm) -> String {
    shown(&confirm.client(), CLIENT)
}

/// Ends the call with the question, or takes the answer that came back. A state that is not ours
/// or not for this very call ends it badly; one that is old or was redeemed is asked anew.
pub(super) async fn between(
    call: &Call<'_>,
    confirm: &dyn Confirm,
    plan: &Plan,
    binding: &str,
) -> Result<Yes, ToolError> {
    let approvals = call.session.approvals();
    let keys = approvals.keys().await;
    let keys = keys.map_err(|error| refusals::unavailable(&error))?;
    let Some(returned) = call.consenting.take_answer() else {
        return Err(ask_between(keys, plan, binding));
    };
    let opened = opened(keys, binding, &returned.state)?;
    let Carried::Yes {
        number,
        until,
        plan: agreed,
    } = opened
    else {
        return Err(ask_between(keys, plan, binding));
    };
    let reply = returned.reply.unwrap_or(Reply::Failed);
    if reply == Reply::Failed || until <= now() {
        return Err(ask_between(keys, plan, binding));
    }
    let redeemed = approvals.redeem(&number, until).await;
    if !redeemed.map_err(|error| refusals::unavailable(&error))? {
        return Err(ask_between(keys, plan, binding));
    }
    if reply != Reply::Yes {
        return Err(refusals::waits(call, plan, binding, Code::NotConfirmed).await);
    }
    if !agreed.still_holds(plan) {
        return Err(refusals::changed(&agreed, Some(plan)));
    }
    Ok(Yes {
        said: Said::InClient,
        who: client(confirm),
        shown: *agreed,
        inside: false,
    })
}

fn ask_between(keys: &Keys, plan: &Plan, binding: &str) -> ToolError {
    let Ok(number) = getrandom::u64().and_then(|a| Ok((a, getrandom::u64()?))) else {
        return ToolError::Internal("the system has no random numbers");
    };
    let carried = Carried::Yes {
        number: format!("{:016x}{:016x}", number.0, number.1),
        until: now() + CARRIED_S,
        plan: Box::new(plan.clone()),
    };
    pending(keys, binding, Question::about(plan), &carried)
}

/// The end of a call with a question, and what has to come back with the answer.
pub(super) fn pending(
    keys: &Keys,
    binding: &str,
    question: Question,
    carried: &Carried,
) -> ToolError {
    match serde_json::to_string(carried) {
        Ok(text) => ToolError::Asks(Box::new(Pending {
            question,
            state: keys.seal(binding, &text),
            foreign: Foreign::default(),
        })),
        Err(_) => ToolError::Internal("a question that could not be written"),
    }
}

/// What a client carried; an error when it is not ours, or not for this very call.
pub(super) fn opened(keys: &Keys, binding: &str, state: &str) -> Result<Carried, ToolError> {
    let text = keys.unseal(binding, state);
    let carried = text.and_then(|text| serde_json::from_str(&text).ok());
    carried.ok_or(ToolError::BadState)
}

impl Question {
    fn about(plan: &Plan) -> Self {
        Self::Yes {
            message: format!("An AI agent wants to do this at Make. Do you agree?\n\n{plan}"),
        }
    }
}
