//! A changing request that is written down, until it is said what became of it.

use std::sync::Arc;
use std::time::Instant;

use super::files::Look;
use super::key::Keys;
use super::{Caller, End, Event, Outcome, SHORT_PATIENCE, Settled, Trail, body_of};

/// A changing request that is written down. Dropped without [`Trail::settle`], it writes what
/// [`Intent::otherwise`] says.
pub struct Intent {
    trail: Trail,
    keys: Arc<Keys>,
    caller: Caller,
    sequence: u64,
    began: Instant,
    otherwise: Option<Outcome>,
}

impl std::fmt::Debug for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intent")
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

impl Intent {
    pub(super) fn new(trail: Trail, keys: Arc<Keys>, caller: Caller, sequence: u64) -> Self {
        Self {
            trail,
            keys,
            caller,
            sequence,
            began: Instant::now(),
            otherwise: Some(Outcome::Cancelled),
        }
    }

    /// What to write when nobody settles it: `Cancelled` at first.
    pub fn otherwise(&mut self, outcome: Outcome) {
        self.otherwise = Some(outcome);
    }

    pub(super) fn ended(mut self, outcome: Outcome, status: Option<u16>) -> Event {
        self.otherwise = None;
        self.settled(outcome, status)
    }

    fn settled(&self, outcome: Outcome, status: Option<u16>) -> Event {
        let took = self.began.elapsed().as_millis();
        Event::Outcome(Settled {
            intent: self.sequence,
            agent: self.caller.agent.clone(),
            tool: self.caller.tool,
            status,
            end: End {
                outcome,
                duration_ms: u64::try_from(took).unwrap_or(u64::MAX),
            },
        })
    }

    /// Settles where nothing may wait.
    pub(super) fn end(mut self, outcome: Outcome, status: Option<u16>) {
        self.otherwise = None;
        self.write(outcome, status);
    }

    fn write(&self, outcome: Outcome, status: Option<u16>) {
        let body = body_of(&self.settled(outcome, status));
        if let Err(error) = self
            .trail
            .append(&self.keys, &body, SHORT_PATIENCE, Look::Lately)
        {
            self.trail.complain(&error);
        }
    }
}

impl Drop for Intent {
    fn drop(&mut self) {
        if let Some(outcome) = self.otherwise.take() {
            self.write(outcome, None);
        }
    }
}
