//! The ids of requests in flight, and of those that were cancelled.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use rmcp::model::RequestId;

use super::house::Ticket;

/// A cancelled handler ends within moments, so the last ones are enough.
const REMEMBERED: usize = 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum IdState {
    Free,
    /// rmcp would run both requests and answer one.
    InFlight,
    /// rmcp would take what the cancelled handler returns for the answer to the new request.
    Cancelled,
}

#[derive(Default)]
pub(super) struct InFlight {
    tickets: HashMap<RequestId, Arc<Ticket>>,
    /// Hashes, since an id may be as long as a line.
    cancelled: HashSet<u64>,
    oldest: VecDeque<u64>,
    hasher: RandomState,
}

impl InFlight {
    pub(super) fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    pub(super) fn state(&self, id: &RequestId) -> IdState {
        if self.tickets.contains_key(id) {
            IdState::InFlight
        } else if !self.cancelled.is_empty() && self.cancelled.contains(&self.hasher.hash_one(id)) {
            IdState::Cancelled
        } else {
            IdState::Free
        }
    }

    pub(super) fn insert(&mut self, id: RequestId, ticket: Arc<Ticket>) {
        self.tickets.insert(id, ticket);
    }

    /// For the answer that is about to be written.
    pub(super) fn take(&mut self, id: &RequestId) -> Option<Arc<Ticket>> {
        self.tickets.remove(id)
    }

    pub(super) fn cancel(&mut self, id: &RequestId) {
        if self.tickets.remove(id).is_none() {
            return;
        }
        let hash = self.hasher.hash_one(id);
        if self.cancelled.insert(hash) {
            self.oldest.push_back(hash);
        }
        if self.oldest.len() > REMEMBERED
            && let Some(oldest) = self.oldest.pop_front()
        {
            self.cancelled.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::house::House;
    use super::*;

    #[test]
    fn an_id_is_free_again_when_it_was_answered_but_not_when_it_was_cancelled() {
        let house = House::new(1, 1);
        let mut ids = InFlight::default();
        let (one, two) = (RequestId::Number(1), RequestId::String("1".into()));
        ids.insert(one.clone(), house.enter(1));
        assert_eq!(
            (ids.state(&one), ids.state(&two)),
            (IdState::InFlight, IdState::Free)
        );
        assert!(ids.take(&one).is_some());
        assert_eq!(ids.state(&one), IdState::Free);
        ids.insert(one.clone(), house.enter(1));
        ids.cancel(&one);
        ids.cancel(&two);
        assert_eq!(
            (ids.state(&one), ids.state(&two)),
            (IdState::Cancelled, IdState::Free)
        );
        assert!(house.has_room(1));
    }

    #[test]
    fn only_the_last_cancelled_ids_are_remembered() {
        let house = House::new(1, 1);
        let mut ids = InFlight::default();
        for id in 0..=1024 {
            ids.insert(RequestId::Number(id), house.enter(1));
            ids.cancel(&RequestId::Number(id));
        }
        assert_eq!(ids.state(&RequestId::Number(0)), IdState::Free);
        assert_eq!(ids.state(&RequestId::Number(1)), IdState::Cancelled);
        assert_eq!(
            (ids.cancelled.len(), ids.oldest.len()),
            (REMEMBERED, REMEMBERED)
        );
    }
}
