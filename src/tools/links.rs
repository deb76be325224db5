//! The pages that Make names once, kept for the agent that asked for them: with the team of their
//! object, so that another process of this machine finds it too.

use super::session::{Snapshot, now};
use crate::grants::{Binding, Object};
use crate::ids::TeamId;
use crate::state::Link;

impl Snapshot {
    /// Whose the things are that an agent makes. Tokens of an agent come and go; the agent `env` is
    /// its token. `None` where there is no way to Make.
    pub(super) fn holder(&self) -> Option<String> {
        let (make, agent) = (self.make().ok()?, &self.agent().name);
        Some(if Binding::is_possible_for(agent) {
            format!("{agent} {}", make.zone())
        } else {
            format!("{agent} {}", make.fingerprint())
        })
    }
}

/// Keeps the page of an object; `false` when that failed. Then the call goes on: the object is
/// there and its answer holds the page.
pub(super) async fn keep(
    session: &Snapshot,
    object: &Object,
    url: &str,
    team: Option<TeamId>,
) -> bool {
    if let Some(team) = team {
        session.owners().remember(object.clone(), team);
    }
    let Some(holder) = session.holder() else {
        return false;
    };
    // A page without a part of its address is none, so what holds a secret is not written.
    if session.scrubber().hides(url) {
        return false;
    }
    let link = Link {
        url: url.to_owned(),
        team,
        created: now(),
    };
    let agent = session.agent().name.as_str();
    let kept = session
        .state()
        .keep_link(&holder, &object.to_string(), agent, link)
        .await;
    if let Err(error) = &kept {
        tracing::warn!(%error, "a link could not be kept");
    }
    kept.is_ok()
}

/// The page of an object, when this agent asked for it on this machine.
pub(super) async fn kept(session: &Snapshot, object: &Object) -> Option<Link> {
    let (holder, agent) = (session.holder()?, session.agent().name.as_str());
    let found = session
        .state()
        .link(&holder, &object.to_string(), agent)
        .await;
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "a link could not be read");
        None
    })
}

/// Forgets a page that nobody can use any more.
pub(super) async fn erase(session: &Snapshot, object: &Object) {
    let Some(holder) = session.holder() else {
        return;
    };
    let object = object.to_string();
    let erased = session.state().erase_link(&holder, &object);
    if let Err(error) = erased.await {
        tracing::warn!(%error, "a link could not be erased");
    }
}
