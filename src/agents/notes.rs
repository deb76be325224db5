//! What the operator did, for the trail: one place an action.

use super::desk::Desk;
use crate::audit::{Action, Did, Event, Label, TokenPrefix};
use crate::ids::AgentName;

/// Something that the operator did.
#[derive(Debug, Clone, Copy)]
pub enum Note<'a> {
    /// An agent came to be: its name, and whether its token was `issued` here or `adopted`.
    Added(&'a str, &'static str),
    /// A step of an agent's way to a new token.
    Rotated(&'a str, &'static str),
    /// An agent was given other grants.
    Policy(&'a str),
    /// An agent was revoked: its name, the first characters of its token, and how far that came.
    Revoked(&'a str, Option<&'a str>, &'static str),
    /// An agent was forgotten.
    Removed(&'a str),
    /// An operator's token was kept for this zone.
    LoggedIn(&'a str),
    /// Operators' tokens were forgotten.
    LoggedOut,
    /// Make is reached another way.
    Network,
    /// A secret was kept under this name, or who may use it was changed.
    SecretSet(&'a str),
    /// The secret of this name was forgotten.
    SecretRemoved(&'a str),
}

impl Note<'_> {
    fn action(self) -> Action {
        let of = |name: &str, action: Action| Action {
            agent: name.parse::<AgentName>().ok(),
            ..action
        };
        match self {
            Self::Added(agent, "adopted") => of(agent, Action::new(Did::AgentAdopted)),
            Self::Added(agent, _) => of(agent, Action::new(Did::AgentAdded)),
            Self::Rotated(agent, step) => Action {
                step: Some(step),
                ..of(agent, Action::new(Did::RotationStep))
            },
            Self::Policy(agent) => of(agent, Action::new(Did::PolicyChanged)),
            Self::Revoked(agent, prefix, step) => Action {
                token_prefix: prefix.and_then(TokenPrefix::parse),
                step: Some(step),
                ..of(agent, Action::new(Did::Revoked))
            },
            Self::Removed(agent) => of(agent, Action::new(Did::Removed)),
            Self::LoggedIn(zone) => Action {
                about: Label::parse(zone),
                ..Action::new(Did::LoggedIn)
            },
            Self::LoggedOut => Action::new(Did::LoggedOut),
            Self::Network => Action::new(Did::NetworkChanged),
            Self::SecretSet(name) => Action {
                about: Label::parse(name),
                ..Action::new(Did::SecretSet)
            },
            Self::SecretRemoved(name) => Action {
                about: Label::parse(name),
                ..Action::new(Did::SecretRemoved)
            },
        }
    }
}

impl Desk {
    /// Writes it into the trail. A trail that cannot be written does not keep the operator from
    /// taking something away; it is said.
    pub async fn note(&self, note: Note<'_>) {
        let action = Action {
            changes: self.state().changes().await.ok(),
            ..note.action()
        };
        if let Err(error) = self.trail.note(Event::Operator(action)).await {
            tracing::warn!(%error, "the trail was not written");
        }
    }
}
