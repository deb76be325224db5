//! Which tools an agent sees: those that it was given and that its token can do.

use std::time::Duration;

use super::session::{Snapshot, now};
use super::{ALL, Entry};
use crate::policy;

/// How long a list waits for Make to say what the token may do.
const PATIENCE: Duration = Duration::from_secs(2);

impl Snapshot {
    /// The tools. Where Make cannot be asked in time, all that the agent was given: then Make
    /// decides at the call.
    pub(super) async fn tools(&self) -> Vec<&'static Entry> {
        let usable =
            |entry: &&Entry| policy::may_use(self.agent(), &entry.spec.operation(), now()).is_ok();
        let status = |entry: &&Entry| entry.spec.name == policy::STATUS_TOOL;
        let (Ok(make), Ok(permit)) = (self.make(), self.lookup_permit()) else {
            return ALL.iter().filter(status).collect();
        };
        let scopes = self.facts().authorization_within(PATIENCE, make, &permit);
        let scopes = scopes.await;
        ALL.iter()
            .filter(usable)
            .filter(|entry| {
                scopes.as_ref().is_none_or(|known| {
                    let held = |scope: &str| known.scope.iter().any(|s| s == scope);
                    entry.spec.scopes.iter().all(|scope| held(scope.name()))
                })
            })
            .collect()
    }
}
