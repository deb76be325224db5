//! A person's yes to a call, before anything of it leaves: found out by reads what would happen,
//! shown to a person, bound to this one call, and checked again. Nothing in a tool's arguments
//! counts as consent.

mod agreed;
mod approvals;
mod asked;
mod asking;
mod binding;
mod carried;
mod change;
mod effect;
mod forms;
mod keys;
pub(super) mod link;
mod plan;
mod reads;
mod refusals;
mod refused;
mod sending;
mod text;
mod things;
mod values;

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use tokio::sync::watch;

pub use approvals::{
    Approval, Approvals, Error as ApprovalError, Standing, is_id as is_approval_id,
};
pub use asking::{
    Asker, Confirm, Pending, Question, Reply, Returned, Way, reply_of, reply_to_link,
};
pub use effect::EffectRules;
pub(super) use effect::effect;
pub(super) use keys::Fingerprints;
pub use keys::KeySource;
pub use plan::Plan;
pub(super) use reads::scenarios_of;
pub(super) use sending::NONE_BESIDES;
pub use things::Thing;

use super::error::ToolError;
use super::session::now;
use super::spec::Prepared;
use super::{Call, Entry};
use crate::audit::{Confirmed, ConfirmedBy};
use crate::grants::{Asks, Confirmation, Target};
use crate::make;
use crate::policy::{self, Denied, Permit, Said};
use agreed::{Looked, look};
use change::Replaced;
use refusals::Unasked;

/// What one call needs for a yes, and the yes once it was said.
pub(super) struct Consenting {
    asker: Asker,
    /// As they came, every name known by the schema.
    arguments: Map<String, Value>,
    /// What of them a person's yes or no is about.
    effect: Map<String, Value>,
    /// Whether the call says in which team it lands, by an argument or without one.
    names_team: bool,
    changes: watch::Receiver<u64>,
    given: Mutex<Option<Given>>,
    /// What was seen last, while nothing has left since.
    looked: Mutex<Option<Looked>>,
    /// What of the arguments was new at the object when it was first seen.
    replaces: Mutex<Option<Vec<Replaced>>>,
    /// Whether what the client brought back was looked at: a second question of the same call has
    /// no answer yet.
    took_answer: Mutex<bool>,
    /// How often Make named more than the person was told of.
    learned: AtomicU8,
    /// Whether the answer holds a page that is for a person.
    gives_link: Mutex<bool>,
}

/// The most questions of one call about what Make names. What changes while each of them is open
/// is no basis for a yes.
const QUESTIONS: u8 = 3;

/// What a person knows of that which Make has named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// All of it.
    All,
    /// All of it, but they were asked while the call went on: Make may name more by now, so what
    /// made it name this has to be done again.
    Meanwhile,
}

/// A yes.
#[derive(Clone)]
struct Given {
    confirmed: Confirmed,
    /// What the person was shown; nothing for the operator's standing yes.
    shown: Option<Plan>,
}

/// A person's yes, before it is turned into consent.
struct Yes {
    said: Said,
    who: String,
    shown: Plan,
    /// Whether it was said while the call went on, so that things may have changed since.
    inside: bool,
}

impl Consenting {
    pub(super) fn new(
        asker: Asker,
        entry: &Entry,
        (arguments, aim): (Map<String, Value>, &Target),
        changes: watch::Receiver<u64>,
    ) -> Self {
        let names_team = matches!(aim, Target::Team(_));
        let effect = match entry.spec.asks {
            Asks::Never => Map::new(),
            Asks::Always | Asks::Sometimes => effect(entry, &arguments, names_team),
        };
        Self {
            asker,
            arguments,
            effect,
            names_team,
            ..Self::of_a_look(changes)
        }
    }

    /// For a call that only looks: it asks no person and says nothing of an effect.
    fn of_a_look(changes: watch::Receiver<u64>) -> Self {
        Self {
            asker: Asker::default(),
            arguments: Map::new(),
            effect: Map::new(),
            names_team: false,
            changes,
            given: Mutex::default(),
            looked: Mutex::default(),
            replaces: Mutex::default(),
            took_answer: Mutex::default(),
            learned: AtomicU8::default(),
            gives_link: Mutex::default(),
        }
    }

    fn given(&self) -> MutexGuard<'_, Option<Given>> {
        lock(&self.given)
    }

    fn gives_link(&self) -> bool {
        *lock(&self.gives_link)
    }

    /// What the client brought back, once.
    fn take_answer(&self) -> Option<&Returned> {
        let took = std::mem::replace(&mut *lock(&self.took_answer), true);
        self.asker.returned.as_ref().filter(|_| !took)
    }

    /// Who said yes.
    pub(super) fn confirmed(&self) -> Option<Confirmed> {
        self.given().as_ref().map(|given| given.confirmed.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gets the yes that a call needs, or ends it with what has to be done for one.
pub(super) async fn obtain(call: &mut Call<'_>, prepared: &dyn Prepared) -> Result<(), ToolError> {
    let tool = call.tool;
    if tool.asks == Asks::Never {
        return Ok(());
    }
    let permit = call.permit.clone();
    if let Some(yes) = policy::standing_consent(call.agent()) {
        call.permit = permit.with(yes);
        let confirmed = Confirmed {
            confirmed_by: ConfirmedBy::Policy,
            who: None,
        };
        *call.consenting.given() = Some(Given {
            confirmed,
            shown: None,
        });
        return Ok(());
    }
    // On the heap: most calls ask nobody, and their future is not to grow by it.
    Box::pin(ask(call, prepared, permit)).await
}

/// Asks a person for the yes.
async fn ask(
    call: &mut Call<'_>,
    prepared: &dyn Prepared,
    permit: Permit,
) -> Result<(), ToolError> {
    let tool = call.tool;
    let Some(plan) = look(call, prepared).await? else {
        return match tool.asks {
            Asks::Always => Err(ToolError::Internal("a call to agree to, without a plan")),
            Asks::Sometimes | Asks::Never => Ok(()),
        };
    };
    if call.agent().grants.confirmation == Confirmation::Refuse {
        return Err(Denied::Unasked(tool.name).into());
    }
    let yes = agree(call, &plan).await?;
    if yes.inside {
        policy::may_use(call.agent(), &tool.operation(), now())?;
        // Things may have changed while the person was asked: the call looks again before it sends.
        call.consenting.moves_on();
    }
    call.permit = permit.with(policy::persons_consent(call.agent(), tool.name, yes.said)?);
    *call.consenting.given() = Some(given(yes));
    Ok(())
}

fn given(yes: Yes) -> Given {
    let confirmed_by = match yes.said {
        Said::InClient => ConfirmedBy::Elicitation,
        Said::AtTerminal => ConfirmedBy::Approve,
    };
    Given {
        confirmed: Confirmed {
            confirmed_by,
            who: Some(yes.who),
        },
        shown: Some(yes.shown),
    }
}

impl Call<'_> {
    /// The answer holds a page for a person: it goes there where the client can show it.
    pub(super) fn gives_link(&self) {
        *lock(&self.consenting.gives_link) = true;
    }

    /// What Make names right before something is destroyed: goes on when the person was told of
    /// all of it, else asks about it too. Nothing may have been done yet.
    pub(super) async fn agreed_to(&self, named: Vec<Thing>) -> Result<Told, ToolError> {
        let Some(Given {
            shown: Some(plan), ..
        }) = self.consenting.given().clone()
        else {
            return Ok(Told::All);
        };
        if plan.names(&named) {
            return Ok(Told::All);
        }
        let more = plan.learning(named).scrubbed(self.session.scrubber());
        self.asks_about(&more).await
    }

    /// Asks about a further plan of the same call.
    async fn asks_about(&self, more: &Plan) -> Result<Told, ToolError> {
        if self.consenting.learned.fetch_add(1, Ordering::Relaxed) >= QUESTIONS {
            return Err(refusals::unsettled(more));
        }
        let yes = Box::pin(agree(self, more)).await?;
        policy::may_use(self.agent(), &self.tool.operation(), now())?;
        let told = if yes.inside {
            self.consenting.moves_on();
            Told::Meanwhile
        } else {
            Told::All
        };
        *self.consenting.given() = Some(given(yes));
        Ok(told)
    }
}

/// A person's yes to this plan, or the end of the call.
async fn agree(call: &Call<'_>, plan: &Plan) -> Result<Yes, ToolError> {
    // The work of a cancelled call goes on while a change is under way; its person has left.
    if call.recording.departure().is_cancelled() {
        return Err(make::Error::Cancelled.into());
    }
    let bindings = async {
        let (change, effect) = (
            binding::of_change(call).await?,
            binding::of_effect(call).await?,
        );
        let approvals = call.session.approvals();
        let known = approvals.of_agent(call.session).await?;
        let plan = plan.clone().knowing(&effect, &known, &approvals.now());
        Ok((change, plan))
    };
    let (binding, plan) = bindings
        .await
        .map_err(|error| refusals::unavailable(&error))?;
    if !plan.is_readable() {
        return Err(refusals::too_long(plan.length()));
    }
    if let Some(yes) = decided(call, &binding, &plan).await? {
        return Ok(yes);
    }
    let in_client = call.agent().grants.confirmation == Confirmation::Ask;
    match &call.consenting.asker.confirm {
        Some(confirm) if in_client && confirm.shows_forms() => {
            not_declined(call, &plan, &binding).await?;
            match confirm.way() {
                Way::Inside => asked::inside(call, confirm.as_ref(), &plan, &binding).await,
                Way::Between => asked::between(call, confirm.as_ref(), &plan, &binding).await,
            }
        }
        Some(_) | None => Err(refusals::waits(call, &plan, &binding, Unasked::Here).await),
    }
}

/// What a person at the terminal has said of this call. A no ends it, whatever else was said.
async fn decided(call: &Call<'_>, binding: &str, plan: &Plan) -> Result<Option<Yes>, ToolError> {
    let known = known(call, binding).await?;
    let now = call.session.approvals().now();
    let is = |one: &Approval, standing| one.standing(&now) == standing;
    if let Some(rejected) = known.iter().find(|one| is(one, Standing::Rejected)) {
        return Err(refusals::rejected(rejected));
    }
    for approval in known {
        if is(&approval, Standing::Approved)
            && approval.plan.is_of(&plan.effect)
            && let Some(yes) = at_terminal(call, approval, plan).await?
        {
            return Ok(Some(yes));
        }
    }
    Ok(None)
}

async fn known(call: &Call<'_>, binding: &str) -> Result<Vec<Approval>, ToolError> {
    let known = call.session.approvals().of_call(binding).await;
    known.map_err(|error| refusals::unavailable(&error))
}

/// Ends a call that the client has said no to: it waits for the terminal, and the client asks
/// nobody about it for now.
async fn not_declined(call: &Call<'_>, plan: &Plan, binding: &str) -> Result<(), ToolError> {
    let now = call.session.approvals().now();
    let known = known(call, binding).await?;
    if known.iter().any(|one| one.is_declined(&now)) {
        return Err(refusals::waits(call, plan, binding, Unasked::Declined).await);
    }
    Ok(())
}

/// Uses an approval up. `None` when somebody else has, or when Make named more than it shows.
async fn at_terminal(
    call: &Call<'_>,
    approval: Approval,
    plan: &Plan,
) -> Result<Option<Yes>, ToolError> {
    let used = call.session.approvals().use_up(&approval).await;
    let used = used.map_err(|error| refusals::unavailable(&error))?;
    if !used || !approval.plan.tells_what_is_learned_in(plan) {
        return Ok(None);
    }
    if !approval.plan.still_holds(plan) {
        return Err(refusals::changed(&approval.plan, Some(plan)));
    }
    Ok(Some(Yes {
        said: Said::AtTerminal,
        who: approval.who.unwrap_or_default(),
        shown: approval.plan,
        inside: false,
    }))
}
