//! What this process remembers of the requests it waits for: when each was last asked about, so
//! that waiting again and again stays within six polls a minute, and which connections its team
//! had when the waiting began.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::ids::{ConnectionId, RequestId};

/// Six polls a minute.
const INTERVAL: Duration = Duration::from_secs(10);
/// More than any agent waits for; past it the memory starts anew.
const MOST: usize = 1000;

#[derive(Debug)]
pub(in crate::tools) struct Watched(Mutex<Known>);

#[derive(Debug)]
struct Known {
    interval: Duration,
    requests: HashMap<RequestId, Watch>,
}

#[derive(Debug)]
struct Watch {
    next_poll: Instant,
    before: Option<Arc<BTreeSet<ConnectionId>>>,
}

impl Default for Watched {
    fn default() -> Self {
        Self(Mutex::new(Known {
            interval: INTERVAL,
            requests: HashMap::new(),
        }))
    }
}

impl Watched {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next turn to ask about a request: the time to ask at.
    pub(super) fn turn(&self, request: &RequestId, now: Instant) -> Instant {
        let mut known = self.known();
        if known.requests.len() >= MOST {
            known.requests.clear();
        }
        let interval = known.interval;
        let watch = known.requests.entry(request.clone()).or_insert(Watch {
            next_poll: now,
            before: None,
        });
        let turn = watch.next_poll.max(now);
        watch.next_poll = turn + interval;
        turn
    }

    /// When the next turn would be, without taking it.
    pub(super) fn next_turn(&self, request: &RequestId, now: Instant) -> Instant {
        let known = self.known();
        let next = known.requests.get(request).map(|watch| watch.next_poll);
        next.unwrap_or(now).max(now)
    }

    /// The connections that the team had when the waiting for this request began.
    pub(super) fn before(&self, request: &RequestId) -> Option<Arc<BTreeSet<ConnectionId>>> {
        self.known().requests.get(request)?.before.clone()
    }

    /// Remembers them; the first list counts.
    pub(super) fn remember(&self, request: &RequestId, connections: BTreeSet<ConnectionId>) {
        if let Some(watch) = self.known().requests.get_mut(request) {
            watch.before.get_or_insert_with(|| Arc::new(connections));
        }
    }

    /// Waiting is over.
    pub(super) fn forget_connections(&self, request: &RequestId) {
        if let Some(watch) = self.known().requests.get_mut(request) {
            watch.before = None;
        }
    }

    pub(in crate::tools) fn poll_every(&self, interval: Duration) {
        self.known().interval = interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sixty_seconds_hold_more_than_six_polls_of_one_request() {
        let (watched, start) = (Watched::default(), Instant::now());
        let request: RequestId = "r".parse().unwrap();
        let mut polls = Vec::new();
        // Somebody who calls with the shortest time-out again and again.
        let mut now = start;
        for _ in 0..40 {
            let turn = watched.turn(&request, now);
            polls.push(turn);
            now = turn + Duration::from_millis(5);
        }
        assert_eq!(polls[0], start);
        for window in polls.windows(7) {
            assert!(window[6] - window[0] >= Duration::from_mins(1));
        }
        let other: RequestId = "other".parse().unwrap();
        assert_eq!(watched.turn(&other, now), now);
    }
}
