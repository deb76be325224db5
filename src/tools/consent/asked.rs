//! A person is asked through the client, inside the call or between two, and what comes back is
//! judged.

use std::time::Duration;

use super::approvals::Standing;
use super::asking::{Confirm, Question, Reply};
use super::carried::{Asked, CARRIED_S, Carried};
use super::plan::Plan;
use super::refusals::Unasked;
use super::{Yes, known, not_declined, refusals};
use crate::policy::Said;
use crate::tools::Call;
use crate::tools::error::ToolError;
use crate::visible::shown;

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
    refusals::admit_form(call)?;
    waits_meanwhile(call, plan, binding).await?;
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
        return Err(no_yes(call, plan, binding, reply).await);
    }
    not_refused(call, plan, binding).await?;
    answered(call, binding).await?;
    Ok(Yes {
        said: Said::InClient,
        who: client(confirm),
        shown: plan.clone(),
        inside: true,
    })
}

/// An open question waits at the terminal as well: a client that gives up without a word, or whose
/// call is cut off, leaves nothing else behind. Where there is no room nobody is asked: more
/// dialogues are not read either.
async fn waits_meanwhile(call: &Call<'_>, plan: &Plan, binding: &str) -> Result<String, ToolError> {
    let kept = refusals::keep(call, plan, binding).await;
    let kept = kept.map_err(|error| refusals::not_kept(&error))?;
    Ok(kept.id)
}

/// The end of a call to which the client gave no yes. A no is remembered, so that no person is asked
/// about the same until they give in; what failed or came too late is none.
async fn no_yes(call: &Call<'_>, plan: &Plan, binding: &str, reply: Reply) -> ToolError {
    if !matches!(reply, Reply::No | Reply::Closed) {
        return refusals::waits(call, plan, binding, Unasked::NoYes).await;
    }
    let waiting = match refusals::keep(call, plan, binding).await {
        Ok(waiting) => waiting,
        Err(error) => return refusals::not_kept(&error),
    };
    // Decided at the terminal in this very moment, it is that.
    match call.session.approvals().decline(&waiting).await {
        Ok(_) => refusals::waits(call, plan, binding, Unasked::NoYes).await,
        Err(error) => refusals::unavailable(&error),
    }
}

/// A no that was said while a form was open, at the terminal or to another form of the same, ends
/// the call: a yes does not outweigh it.
async fn not_refused(call: &Call<'_>, plan: &Plan, binding: &str) -> Result<(), ToolError> {
    let now = call.session.approvals().now();
    let known = known(call, binding).await?;
    let mut refused = known.iter();
    if let Some(refused) = refused.find(|one| one.standing(&now) == Standing::Rejected) {
        return Err(refusals::rejected(refused));
    }
    not_declined(call, plan, binding).await
}

/// After a yes in the client none is needed at the terminal, and none said there counts besides.
async fn answered(call: &Call<'_>, binding: &str) -> Result<(), ToolError> {
    let answered = call.session.approvals().answered(binding).await;
    answered.map_err(|error| refusals::unavailable(&error))
}

fn client(confirm: &dyn Confirm) -> String {
    shown(&confirm.client(), CLIENT)
}

/// Ends the call with the question, or takes the answer that came back. A state that is not ours
/// or not for this very call ends it badly; one that is old or was redeemed is asked anew, and so
/// is one that came back without an answer. Whatever else is no yes leaves the call waiting.
pub(super) async fn between(
    call: &Call<'_>,
    confirm: &dyn Confirm,
    plan: &Plan,
    binding: &str,
) -> Result<Yes, ToolError> {
    let Some(returned) = call.consenting.take_answer() else {
        return Err(ask_between(call, plan, binding).await);
    };
    let Carried::Yes(asked) = Carried::open(call, &returned.state).await? else {
        return Err(ask_between(call, plan, binding).await);
    };
    // Only the answer to this question: what stands under another key was said about something else.
    let Some(reply) = returned.to_form else {
        return Err(ask_between(call, plan, binding).await);
    };
    if !redeemed(call, &asked).await? {
        return Err(ask_between(call, plan, binding).await);
    }
    if reply != Reply::Yes {
        return Err(no_yes(call, plan, binding, reply).await);
    }
    if !takes_its_place(call, &asked).await? {
        return Err(ask_between(call, plan, binding).await);
    }
    if !asked.plan.still_holds(plan) {
        return Err(refusals::changed(&asked.plan, Some(plan)));
    }
    Ok(Yes {
        said: Said::InClient,
        who: client(confirm),
        shown: *asked.plan,
        inside: false,
    })
}

/// Whether the answer is in time and the first one.
async fn redeemed(call: &Call<'_>, asked: &Asked) -> Result<bool, ToolError> {
    let approvals = call.session.approvals();
    if !asked.at.is_within(CARRIED_S, &approvals.now()) {
        return Ok(false);
    }
    let until = asked.at.plus(CARRIED_S);
    let redeemed = approvals.redeem(&asked.number, until).await;
    redeemed.map_err(|error| refusals::unavailable(&error))
}

/// Whether the same question was not answered at the terminal meanwhile; from here on it is
/// answered.
async fn takes_its_place(call: &Call<'_>, asked: &Asked) -> Result<bool, ToolError> {
    let approvals = call.session.approvals();
    let taken = async {
        match approvals.get(&asked.waits).await? {
            Some(waiting) if waiting.standing(&approvals.now()) == Standing::Waiting => {
                approvals.use_up(&waiting).await
            }
            _ => Ok(false),
        }
    };
    taken.await.map_err(|error| refusals::unavailable(&error))
}

async fn ask_between(call: &Call<'_>, plan: &Plan, binding: &str) -> ToolError {
    if let Err(error) = refusals::admit_form(call) {
        return error;
    }
    let waits = match waits_meanwhile(call, plan, binding).await {
        Ok(waits) => waits,
        Err(error) => return error,
    };
    let Ok(number) = getrandom::u64().and_then(|a| Ok((a, getrandom::u64()?))) else {
        return ToolError::Internal("the system has no random numbers");
    };
    let asked = Asked {
        number: format!("{:016x}{:016x}", number.0, number.1),
        at: call.session.approvals().now(),
        waits,
        plan: Box::new(plan.clone()),
    };
    Carried::Yes(asked).ask(call, Question::about(plan)).await
}

impl Question {
    fn about(plan: &Plan) -> Self {
        Self::Yes {
            message: format!(
                "An AI agent wants to do this at Make. Nothing happens unless you choose Yes.\n\n{plan}"
            ),
        }
    }
}
