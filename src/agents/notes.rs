//! What the operator did, for the trail: one place an action.

use super::desk::Desk;

/// Something that the operator did.
#[derive(Debug, Clone, Copy)]
pub enum Note<'a> {
    /// An agent came to be: its name, and whether its token was issued here or given to us.
    Added(&'a str, &'static str),
    /// A step of an agent's way to a new token.
    Rotated(&'a str, &'static str),
    /// An agent was forgotten.
    Removed(&'a str),
}

impl Desk {
    /// Writes it into the trail.
    #[expect(
        clippy::unused_async,
        clippy::unused_self,
        reason = "the trail is written by a file of its own, which takes time"
    )]
    pub async fn note(&self, note: Note<'_>) {
        match note {
            Note::Added(agent, how) => tracing::debug!(agent.id = agent, how, "agent added"),
            Note::Rotated(agent, step) => tracing::debug!(agent.id = agent, step, "rotation"),
            Note::Removed(agent) => tracing::debug!(agent.id = agent, "agent removed"),
        }
    }
}
