//! What this process remembers of the requests it waits for: when each was last asked about, so
//! that waiting again and again stays within six polls a minute, how it stood, and which connections its team
//! had before the person could sign in.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::ids::{ConnectionId, CredentialId, RequestId};
use crate::make::credential_requests::CredentialRequest;
use crate::tools::Call;

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

#[derive(Debug, Default)]
struct Watch {
    /// Turns that were taken, and those that somebody waits for; in order.
    turns: Vec<Instant>,
    before: Option<Arc<BTreeSet<ConnectionId>>>,
    /// As Make showed it last.
    seen: Option<Arc<CredentialRequest>>,
    /// How often this process changed it.
    changes: u64,
}

impl Known {
    fn watch(&mut self, request: &RequestId) -> &mut Watch {
        if self.requests.len() >= MOST {
            self.requests.clear();
        }
        self.requests.entry(request.clone()).or_default()
    }
}

impl Watch {
    /// The first turn that is far enough from every other.
    fn next(&self, interval: Duration, now: Instant) -> Instant {
        self.turns.iter().fold(now, |at, taken| {
            let is_near = at + interval > *taken && at < *taken + interval;
            if is_near { *taken + interval } else { at }
        })
    }
}

/// A turn to ask about a request. Somebody who does not wait for it any more gives it back by
/// dropping it.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    watched: &'a Watched,
    request: &'a RequestId,
    at: Instant,
    is_taken: bool,
}

impl Turn<'_> {
    /// When it comes.
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// It has come, and Make is asked.
    pub(super) fn take(mut self) {
        self.is_taken = true;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.is_taken {
            return;
        }
        if let Some(watch) = self.watched.known().requests.get_mut(self.request) {
            watch.turns.retain(|turn| *turn != self.at);
        }
    }
}

/// This process may have changed the credential: how its request stood does not count any more.
/// `told`: which that is, where it is not known.
pub(super) fn changed(call: &Call<'_>, credential: &CredentialId, told: Option<RequestId>) {
    let known = call.session().owners().request(credential);
    if let Some(request) = known.or(told) {
        call.session().watched().changed(&request);
    }
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

    /// Waits in line for a turn to ask about a request.
    pub(super) fn turn<'a>(&'a self, request: &'a RequestId, now: Instant) -> Turn<'a> {
        let mut known = self.known();
        let interval = known.interval;
        let watch = known.watch(request);
        watch.turns.retain(|turn| *turn + interval > now);
        let at = watch.next(interval, now);
        let place = watch.turns.partition_point(|turn| *turn < at);
        watch.turns.insert(place, at);
        Turn {
            watched: self,
            request,
            at,
            is_taken: false,
        }
    }

    /// When the next turn would be, without waiting for it.
    pub(super) fn next_turn(&self, request: &RequestId, now: Instant) -> Instant {
        let known = self.known();
        let watch = known.requests.get(request);
        watch.map_or(now, |watch| watch.next(known.interval, now))
    }

    /// The connections that the team had before the person could sign in.
    pub(super) fn before(&self, request: &RequestId) -> Option<Arc<BTreeSet<ConnectionId>>> {
        self.known().requests.get(request)?.before.clone()
    }

    /// Remembers them; the first list counts.
    pub(super) fn remember(&self, request: &RequestId, connections: BTreeSet<ConnectionId>) {
        let mut known = self.known();
        let watch = known.watch(request);
        watch.before.get_or_insert_with(|| Arc::new(connections));
    }

    /// How often this process has changed the request.
    pub(super) fn changes(&self, request: &RequestId) -> u64 {
        let known = self.known();
        known.requests.get(request).map_or(0, |watch| watch.changes)
    }

    /// Remembers how Make showed the request, unless it was changed since `changes` was read.
    pub(super) fn see(&self, request: &CredentialRequest, changes: u64) {
        let seen = Arc::new(request.clone());
        let mut known = self.known();
        let watch = known.watch(&request.id);
        if watch.changes == changes {
            watch.seen = Some(seen);
        }
    }

    /// This process may have changed the request: how it stood does not count any more.
    pub(super) fn changed(&self, request: &RequestId) {
        let mut known = self.known();
        let watch = known.watch(request);
        watch.changes += 1;
        watch.seen = None;
    }

    /// The request as Make showed it last.
    pub(super) fn seen(&self, request: &RequestId) -> Option<CredentialRequest> {
        let seen = self.known().requests.get(request)?.seen.clone()?;
        Some(CredentialRequest::clone(&seen))
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
            polls.push(turn.at());
            now = turn.at() + Duration::from_millis(5);
            turn.take();
        }
        assert_eq!(polls[0], start);
        for window in polls.windows(7) {
            assert!(window[6] - window[0] >= Duration::from_mins(1));
        }
        let other: RequestId = "other".parse().unwrap();
        assert_eq!(watched.turn(&other, now).at(), now);
    }

    #[test]
    fn a_turn_that_nobody_waits_for_any_more_goes_to_the_next() {
        let (watched, start) = (Watched::default(), Instant::now());
        let request: RequestId = "r".parse().unwrap();
        watched.turn(&request, start).take();
        let second = watched.turn(&request, start);
        let third = watched.turn(&request, start);
        assert_eq!(
            [second.at(), third.at()],
            [1, 2].map(|turns| start + turns * INTERVAL)
        );
        // Whichever goes first, and how often.
        drop(second);
        for _ in 0..10 {
            assert_eq!(watched.next_turn(&request, start), start + INTERVAL);
            assert_eq!(watched.turn(&request, start).at(), start + INTERVAL);
        }
        drop(third);
        assert_eq!(watched.next_turn(&request, start), start + INTERVAL);
        // Not nearer than an interval to one that is waited for.
        let later = start + INTERVAL / 2;
        let ahead = watched.turn(&request, start);
        assert_eq!(watched.turn(&request, later).at(), ahead.at() + INTERVAL);
    }
}
