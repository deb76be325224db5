//! The pages that Make names once, kept for the agent that asked for them: with the team of their
//! object, so that another process of this machine finds it too.

use super::session::{Snapshot, now};
use crate::grants::Object;
use crate::ids::TeamId;
use crate::state::Link;

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
    let Ok(make) = session.make() else {
        return false;
    };
    // Files are not scrubbed, so what holds a secret is not written.
    if session.scrubber().finds(url.as_bytes()) {
        return false;
    }
    let link = Link {
        url: url.to_owned(),
        team,
        created: now(),
    };
    let (token, agent) = (make.fingerprint(), session.agent().name.as_str());
    let kept = session
        .state()
        .keep_link(&token, &object.to_string(), agent, link)
        .await;
    if let Err(error) = &kept {
        tracing::warn!(%error, "a link could not be kept");
    }
    kept.is_ok()
}

/// The page of an object, when this agent asked for it on this machine.
pub(super) async fn kept(session: &Snapshot, object: &Object) -> Option<Link> {
    let make = session.make().ok()?;
    let (token, agent) = (make.fingerprint(), session.agent().name.as_str());
    let found = session
        .state()
        .link(&token, &object.to_string(), agent)
        .await;
    found.unwrap_or_else(|error| {
        tracing::warn!(%error, "a link could not be read");
        None
    })
}

/// Forgets a page that nobody can use any more.
pub(super) async fn erase(session: &Snapshot, object: &Object) {
    let Ok(make) = session.make() else { return };
    let (token, object) = (make.fingerprint(), object.to_string());
    if let Err(error) = session.state().erase_link(&token, &object).await {
        tracing::warn!(%error, "a link could not be erased");
    }
}
