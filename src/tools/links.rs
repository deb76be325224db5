//! The pages that Make names once, kept for the agent that asked for them: with the team of their
//! object, so that another process of this machine finds it too.

use super::Session;
use super::session::now;
use crate::grants::Object;
use crate::ids::TeamId;
use crate::state::Link;

/// Keeps the page of an object. When it cannot be kept the call goes on: the object is there and
/// its answer holds the page.
pub(super) async fn keep(session: &Session, object: &Object, url: &str, team: TeamId) {
    session.owners().remember(object.clone(), team);
    let Ok(make) = session.make() else { return };
    let link = Link {
        url: url.to_owned(),
        team: Some(team),
    };
    let (token, agent) = (make.fingerprint(), session.agent().name.as_str());
    let kept = session
        .state()
        .keep_link(&token, &object.to_string(), agent, link, now())
        .await;
    if let Err(error) = kept {
        tracing::warn!(%error, "a link could not be kept");
    }
}

/// The page of an object, when this agent asked for it on this machine.
pub(super) async fn kept(session: &Session, object: &Object) -> Option<Link> {
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
