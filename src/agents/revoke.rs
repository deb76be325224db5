//! Revoking: at once on this machine, then at Make, then what is kept of the token.

use std::time::Duration;

use super::desk::{Desk, ask};
use super::notes::Note;
use super::serving::{LEASE, Overdue, Seen, wait_until_seen};
use super::{Error, Registered};
use crate::ids::AgentName;
use crate::make::{self, users};
use crate::secrets;

/// Longer than any lease: by then a process has either said that it knows, or it was ended.
const PATIENCE: Duration = LEASE.saturating_add(Duration::from_secs(3));

/// Takes an agent's access away on this machine. When this returns, no call of it starts, and no
/// answer is released by any process here.
///
/// # Errors
/// [`Error::Unknown`]; or state.db failed, and then the agent may go on.
pub async fn locally(desk: &Desk, name: &AgentName) -> Result<(Registered, Seen), Error> {
    let agent = desk
        .registry
        .mark_revoked(name, "the agent was revoked")
        .await?;
    let seen = wait_until_seen(
        &desk.registry,
        name,
        agent.generation,
        Overdue::Kill,
        PATIENCE,
    )
    .await?;
    let prefix = agent.token.as_ref().map(|token| token.prefix.as_str());
    desk.note(Note::Revoked(name.as_str(), prefix, "locally"))
        .await;
    Ok((agent, seen))
}

/// What Make says of a revoked agent's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upstream {
    /// It answers 401: the token is gone.
    Gone,
    /// It still takes the token.
    Alive,
    /// It could not be asked, or the token cannot be read any more.
    NotKnown,
}

/// Asks Make with the agent's own token whether it still works.
pub async fn upstream(desk: &Desk, agent: &Registered) -> Upstream {
    let Ok(entry) = desk.entry(agent).await else {
        return Upstream::NotKnown;
    };
    let client = desk.client(entry.access());
    match ask(&client, users::current_authorization()).await {
        Err(make::Error::Unauthorized(_)) => Upstream::Gone,
        Ok(_) => Upstream::Alive,
        Err(_) => Upstream::NotKnown,
    }
}

/// What became of what was kept of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is deleted.
    Deleted,
    /// Somebody else keeps it, and has to delete it.
    Theirs,
    /// It stays until the token is gone at Make.
    NeededStill,
}

/// Deletes what is kept of the token.
///
/// # Errors
/// [`Error::Store`] when the store failed.
pub async fn forget(desk: &Desk, agent: &Registered) -> Result<Kept, Error> {
    match desk.forget(&agent.store).await {
        Ok(()) => Ok(Kept::Deleted),
        Err(Error::Store(secrets::Error::ReadOnly { .. })) => Ok(Kept::Theirs),
        Err(error) => Err(error),
    }
}
