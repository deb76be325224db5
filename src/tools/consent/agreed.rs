//! What was agreed to is compared with what is there right before each request that changes
//! something, and only what the plan lists leaves.
//!
//! Make takes no condition with a change. So what remains is the time from the last read to the
//! request itself: writing down the intent, reading named secrets where they are kept, waiting for
//! Make's rate limit, and the way to Make. No request lies between, and nobody is waited for.

use std::time::Duration;

use tokio::time::Instant;

use super::plan::Plan;
use super::sending::fingerprint;
use super::{Consenting, Told, lock, refusals};
use crate::make::Parts;
use crate::tools::dispatch::find;
use crate::tools::spec::Prepared;
use crate::tools::{Call, ToolError};

/// How long a look counts as one of right now.
const FRESH: Duration = Duration::from_secs(1);

/// The last look of a call: nothing was sent since, and nobody was waited for.
pub(super) struct Looked {
    at: Instant,
    /// The requests that may leave by it.
    covers: Vec<String>,
}

impl Consenting {
    fn looked(&self, covers: Vec<String>) {
        let at = Instant::now();
        *lock(&self.looked) = Some(Looked { at, covers });
    }

    /// Something was sent, or somebody was waited for: what was seen may be over.
    pub(in crate::tools) fn moves_on(&self) {
        *lock(&self.looked) = None;
    }

    fn is_fresh(&self) -> bool {
        let looked = lock(&self.looked);
        looked.as_ref().is_some_and(|it| it.at.elapsed() < FRESH)
    }

    /// What the person was shown; `None` where nobody was asked.
    fn shown(&self) -> Option<Plan> {
        self.given().as_ref().and_then(|given| given.shown.clone())
    }

    /// Whether this changing request may leave: after a person's yes only one that the plan lists,
    /// and only right after a look that has found what the person was shown. Each look is for one.
    pub(in crate::tools) fn lets_pass(&self, request: &Parts) -> bool {
        let looked = lock(&self.looked).take();
        let asked = self.given().as_ref().is_some_and(|it| it.shown.is_some());
        !asked || looked.is_some_and(|it| it.covers.contains(&fingerprint(request)))
    }
}

/// Finds out what would happen, under a permit that lets nothing but reads pass.
pub(super) async fn look(
    call: &Call<'_>,
    prepared: &dyn Prepared,
) -> Result<Option<Plan>, ToolError> {
    let looking = looking(call)?;
    let Some(mut plan) = prepared.plan(&looking).await? else {
        return Ok(None);
    };
    call.consenting.looked(plan.take_covers());
    // What the object had before anything was sent is what a no is about.
    let new = plan.take_replaces();
    let mut replaces = lock(&call.consenting.replaces);
    replaces.get_or_insert(new);
    drop(replaces);
    Ok(Some(plan.scrubbed(call.session.scrubber())))
}

/// The same call with a permit to read.
fn looking<'a>(call: &Call<'a>) -> Result<Call<'a>, ToolError> {
    let changes = call.consenting.changes.clone();
    Ok(Call {
        session: call.session,
        tool: call.tool,
        permit: call.session.lookup_permit()?,
        consenting: Consenting::of_a_look(changes),
        recording: call.recording,
        team: call.team,
        window: call.window,
        progress: None,
        next: std::sync::Mutex::default(),
        checked: std::sync::Mutex::default(),
    })
}

impl Call<'_> {
    /// Ends the call unless everything is still as the person was shown it. Asked right before each
    /// request that changes something, with no other request between. Without a person's yes there
    /// is nothing to compare.
    pub(in crate::tools) async fn still_as_agreed(&self) -> Result<(), ToolError> {
        let Some(shown) = self.consenting.shown() else {
            return Ok(());
        };
        if self.consenting.is_fresh() {
            return Ok(());
        }
        let now = self.look_again().await?;
        if now.as_ref().is_some_and(|now| shown.still_holds(now)) {
            return Ok(());
        }
        self.consenting.moves_on();
        Err(refusals::changed(&shown, now.as_ref()))
    }

    /// The same where others go on meanwhile: a person is asked about what has become of it, in the
    /// same call. Nothing may have been done yet.
    pub(in crate::tools) async fn agreed_anew(&self) -> Result<Told, ToolError> {
        let Some(shown) = self.consenting.shown() else {
            return Ok(Told::All);
        };
        let Some(now) = self.look_again().await? else {
            return Err(refusals::changed(&shown, None));
        };
        if shown.still_holds(&now) {
            return Ok(Told::All);
        }
        self.asks_about(&now).await?;
        // Whatever was read before the question is read again.
        self.consenting.moves_on();
        Ok(Told::Meanwhile)
    }

    async fn look_again(&self) -> Result<Option<Plan>, ToolError> {
        let prepared = find(self.tool.name)
            .and_then(|entry| entry.again(&self.consenting.arguments))
            .ok_or(ToolError::Internal("arguments that were read before"))?;
        look(self, prepared.as_ref()).await
    }

    /// The first request of this very call has given the object this name: what the person agreed to
    /// goes on about the object as it is called now.
    pub(in crate::tools) fn has_renamed(&self, name: &str) {
        if let Some(given) = self.consenting.given().as_mut()
            && let Some(shown) = given.shown.as_mut()
        {
            shown.object = shown.object.named(Some(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::sync::watch;

    use super::*;
    use crate::audit::{Confirmed, ConfirmedBy};
    use crate::ids::KeyId;
    use crate::make::Request;
    use crate::make::keys;
    use crate::tools::Thing;
    use crate::tools::consent::Given;

    fn consenting(shown: Option<Plan>) -> Consenting {
        let (_, changes) = watch::channel(0);
        let consenting = Consenting::of_a_look(changes);
        let confirmed = Confirmed {
            confirmed_by: ConfirmedBy::Approve,
            who: None,
        };
        *consenting.given() = Some(Given { confirmed, shown });
        consenting
    }

    #[test]
    fn after_a_persons_yes_only_what_the_plan_lists_leaves_and_only_right_after_a_look() {
        let id = KeyId::new(401).unwrap();
        let replace = |value: &str| {
            let parameters = json!({"authUser": value});
            keys::replace(id, None, parameters.as_object().unwrap())
        };
        let (shown, other) = (replace("jane"), replace("john"));
        let mut plan = Plan::new("Change {}.", Thing::new("key", Some(&id), None))
            .sending(&shown, super::super::NONE_BESIDES);
        let covers = plan.take_covers();
        let asked = consenting(Some(plan));
        let passes = |request: &Request<keys::One>| asked.lets_pass(request.parts());
        assert!(!passes(&shown), "nobody has looked");
        asked.looked(covers.clone());
        assert!(passes(&shown));
        assert!(!passes(&shown), "a look is for one request");
        asked.looked(covers.clone());
        assert!(!passes(&other), "another value");
        asked.looked(covers.clone());
        assert!(!asked.lets_pass(keys::delete(id, false).parts()));
        asked.looked(covers);
        asked.moves_on();
        assert!(!passes(&shown), "something was sent since");
        let standing = consenting(None);
        assert!(standing.lets_pass(other.parts()), "the permit decides");
    }
}
