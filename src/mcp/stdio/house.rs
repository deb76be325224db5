//! How much work is under way: a ticket for each request, and the queue of those that wait for one.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rmcp::model::RequestId;
use tokio::sync::Notify;

/// Book-keeping of one queued request, beside its bytes.
const OVERHEAD: usize = 256;

pub(super) struct House {
    max_seats: usize,
    max_weight: usize,
    seats: AtomicUsize,
    weight: AtomicUsize,
    /// Rung when a ticket comes back.
    pub(super) changed: Notify,
}

impl House {
    pub(super) fn new(max_seats: usize, max_weight: usize) -> Arc<Self> {
        Arc::new(Self {
            max_seats,
            max_weight,
            seats: AtomicUsize::new(0),
            weight: AtomicUsize::new(0),
            changed: Notify::new(),
        })
    }

    /// Only `receive` hands out tickets, so room that is seen stays.
    pub(super) fn has_room(&self, weight: usize) -> bool {
        self.seats.load(Ordering::Acquire) < self.max_seats
            && self.weight.load(Ordering::Acquire).saturating_add(weight) <= self.max_weight
    }

    pub(super) fn enter(self: &Arc<Self>, weight: usize) -> Arc<Ticket> {
        self.seats.fetch_add(1, Ordering::AcqRel);
        self.weight.fetch_add(weight, Ordering::AcqRel);
        Arc::new(Ticket {
            house: Arc::clone(self),
            weight,
        })
    }
}

/// One request in flight. Comes back when the last clone is dropped. Its handler has one: a cancelled call holds
/// what it holds until it has really ended, which for a change under way may take a minute. The other is here
/// until the answer is written or the request is cancelled.
pub(super) struct Ticket {
    house: Arc<House>,
    weight: usize,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.house.seats.fetch_sub(1, Ordering::AcqRel);
        self.house.weight.fetch_sub(self.weight, Ordering::AcqRel);
        self.house.changed.notify_one();
    }
}

pub(super) struct Waiting {
    pub(super) id: RequestId,
    pub(super) line: Vec<u8>,
    pub(super) weight: usize,
}

/// Requests held back, unparsed, in the order they came.
pub(super) struct Queue {
    max_bytes: usize,
    bytes: usize,
    lines: VecDeque<Waiting>,
    /// How many of an id wait here, and how many of those were cancelled. Counted, because searching the queue
    /// for each cancellation would take minutes on 20,000 of both.
    waiting: HashMap<RequestId, usize>,
    struck: HashMap<RequestId, usize>,
}

impl Queue {
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            bytes: 0,
            lines: VecDeque::new(),
            waiting: HashMap::new(),
            struck: HashMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes >= self.max_bytes
    }

    pub(super) fn push(&mut self, request: Waiting) {
        self.bytes += request.line.len() + OVERHEAD;
        *self.waiting.entry(request.id.clone()).or_default() += 1;
        self.lines.push_back(request);
    }

    /// The head, if it suits.
    pub(super) fn pop_if(&mut self, suits: impl FnOnce(&Waiting) -> bool) -> Option<Waiting> {
        if !self.lines.front().is_some_and(suits) {
            return None;
        }
        let request = self.remove_head();
        self.drop_struck();
        request
    }

    /// Takes out every request with this id that waits now.
    pub(super) fn strike(&mut self, id: &RequestId) {
        if let Some(count) = self.waiting.get(id) {
            self.struck.insert(id.clone(), *count);
            self.drop_struck();
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.max_bytes);
    }

    fn remove_head(&mut self) -> Option<Waiting> {
        let request = self.lines.pop_front()?;
        self.bytes -= request.line.len() + OVERHEAD;
        lower(&mut self.waiting, &request.id);
        Some(request)
    }

    /// Keeps the head alive, so that a cancelled request is not taken for one that waits.
    fn drop_struck(&mut self) {
        while let Some(head) = self.lines.front() {
            let id = head.id.clone();
            if !lower(&mut self.struck, &id) {
                break;
            }
            self.remove_head();
        }
    }
}

/// Counts one down; `false` when there was none.
fn lower(counts: &mut HashMap<RequestId, usize>, id: &RequestId) -> bool {
    let Some(count) = counts.get_mut(id) else {
        return false;
    };
    *count -= 1;
    if *count == 0 {
        counts.remove(id);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &mut Queue, id: i64) {
        queue.push(Waiting {
            id: RequestId::Number(id),
            line: vec![b'x'; 44],
            weight: 1,
        });
    }

    #[test]
    fn a_ticket_comes_back_when_it_is_dropped() {
        let house = House::new(2, 100);
        let first = house.enter(10);
        assert!(house.has_room(90) && !house.has_room(91));
        let second = house.enter(0);
        assert!(!house.has_room(0), "both seats are taken");
        drop(second);
        assert!(house.has_room(90));
        drop(first);
        assert!(house.has_room(100));
    }

    #[test]
    fn a_cancelled_request_leaves_the_queue_and_a_later_one_with_its_id_does_not() {
        let mut queue = Queue::new(1000);
        for id in [1, 2, 2, 3] {
            push(&mut queue, id);
        }
        queue.strike(&RequestId::Number(2));
        queue.strike(&RequestId::Number(9));
        push(&mut queue, 2);
        let mut order = Vec::new();
        while let Some(request) = queue.pop_if(|_| true) {
            order.push(request.id);
        }
        assert_eq!(order, [1, 3, 2].map(RequestId::Number));
        assert!(queue.waiting.is_empty() && queue.struck.is_empty() && queue.bytes == 0);
    }

    #[test]
    fn a_cancelled_head_is_gone_at_once() {
        let mut queue = Queue::new(600);
        push(&mut queue, 1);
        push(&mut queue, 2);
        assert!(queue.is_full());
        queue.strike(&RequestId::Number(1));
        assert!(!queue.is_full());
        assert!(
            queue
                .pop_if(|head| head.id == RequestId::Number(2))
                .is_some()
        );
    }
}
