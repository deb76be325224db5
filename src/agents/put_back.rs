//! Is state.db older than the trail? Then somebody put a copy back, and agents that were revoked
//! since would work again: none is served by it.

use crate::audit::Trail;
use crate::state::{Error, State};

/// Whether it is. Remembered in it, for it counts on from where it was.
///
/// # Errors
/// state.db failed, or another user can have written what the trail says of it.
pub async fn is_put_back(state: &State, trail: &Trail) -> Result<bool, Error> {
    trail.check_head()?;
    // The trail first: what it says was in state.db before.
    let written = trail.agent_changes().await.unwrap_or(0);
    state.is_put_back(written).await
}
