//! The pages that Make names once: whether an address is a page of Make at all, and those that are,
//! kept for the agent that asked for them with the team of their object, so that another process of
//! this machine finds them too.

use super::session::{Snapshot, now};
use crate::grants::{Binding, Object};
use crate::ids::TeamId;
use crate::make::{PageAddress, PageName};
use crate::secret_detector::find;
use crate::state::Link;
use crate::visible;

/// What an agent does with an address that is no page of Make.
pub(super) const WARNING: &str = "`untrustedLink` is on no host of this zone: the person must not open it unless they know the host.";

/// So much of an address that is no page of Make is shown.
const LONGEST: usize = 300;

/// An address in an answer of Make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A page of Make.
    Trusted(PageAddress),
    /// Anything else, as text for a person to read: one line, cut.
    Untrusted(String),
}

/// Whether an address is a page of the zone that this session talks to.
pub(super) fn trusted(session: &Snapshot, text: &str) -> Address {
    let page = session.make().ok().and_then(|make| make.zone().page(text));
    page.map_or_else(
        || {
            // Of a secret that is cut in two nobody finds the rest.
            let text = session.scrubber().text(text);
            Address::Untrusted(visible::shown(&text, LONGEST))
        },
        Address::Trusted,
    )
}

/// Checks what Make names a page by. What is none moves to `untrusted`, as text; then this is `true`.
pub(super) fn settle(
    session: &Snapshot,
    name: &mut Option<PageName>,
    untrusted: &mut Option<String>,
) -> bool {
    let Some(page) = name.as_ref() else {
        return false;
    };
    let address = match page.unchecked() {
        Some(text) => trusted(session, text),
        // A slug may still hold a secret, which is taken out of a text.
        None if find(page.as_str()).is_empty() => return false,
        None => Address::Untrusted(page.as_str().to_owned()),
    };
    match address {
        Address::Trusted(page) => {
            *name = Some(page.into());
            false
        }
        Address::Untrusted(text) => {
            *name = None;
            *untrusted = Some(text);
            true
        }
    }
}

/// What is kept of an object that this agent made.
#[derive(Debug)]
pub(super) struct Kept {
    /// Its page; `None` where Make named none, or one that is not Make's.
    pub(super) page: Option<PageAddress>,
    /// Its team.
    pub(super) team: Option<TeamId>,
}

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
/// there and its answer holds the page. Without a page only the team is kept.
pub(super) async fn keep(
    session: &Snapshot,
    object: &Object,
    page: Option<&PageAddress>,
    team: Option<TeamId>,
) -> bool {
    if let Some(team) = team {
        session.remember(object.clone(), team);
    }
    let Some(holder) = session.holder() else {
        return false;
    };
    let (url, object) = (
        page.map(PageAddress::as_str).unwrap_or_default(),
        object.to_string(),
    );
    // A page without a part of its address is none, so what holds a secret is not written; an id of
    // Make may hold one, too.
    let scrubber = session.scrubber();
    if scrubber.hides(url) || scrubber.hides(&object) {
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
        .keep_link(&holder, &object, agent, link)
        .await;
    if let Err(error) = &kept {
        tracing::warn!(%error, "a link could not be kept");
    }
    kept.is_ok()
}

/// What is kept of an object, when this agent made it on this machine. An older version kept
/// addresses unchecked, so they are checked when they are read.
pub(super) async fn kept(session: &Snapshot, object: &Object) -> Option<Kept> {
    let (holder, agent) = (session.holder()?, session.agent().name.as_str());
    let found = session
        .state()
        .link(&holder, &object.to_string(), agent)
        .await;
    let link = found.unwrap_or_else(|error| {
        tracing::warn!(%error, "a link could not be read");
        None
    })?;
    let page = match trusted(session, &link.url) {
        Address::Trusted(page) => Some(page),
        Address::Untrusted(_) => None,
    };
    Some(Kept {
        page,
        team: link.team,
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
