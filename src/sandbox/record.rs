//! The log of everything that arrived, in order.

use std::collections::VecDeque;

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// The method as sent.
    pub method: String,
    /// The request target exactly as sent: path and query, nothing decoded.
    pub target: String,
    /// The target without its query, nothing decoded.
    pub path: String,
    /// The body.
    pub body: Vec<u8>,
    /// The first 8 characters of the API token, if one was sent in Make's form.
    pub token_prefix: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The status that was answered; 0 if none was.
    pub status: u16,
}

/// Bounds the memory of a long benchmark; the oldest go first.
const KEPT: usize = 100_000;

#[derive(Default)]
pub(super) struct Log {
    first: u64,
    entries: VecDeque<RecordedRequest>,
}

impl Log {
    /// Returns the number to report the answer's status under.
    pub(super) fn push(&mut self, request: RecordedRequest) -> u64 {
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
            self.first += 1;
        }
        self.entries.push_back(request);
        self.first + self.entries.len() as u64 - 1
    }

    pub(super) fn answered(&mut self, number: u64, status: u16) {
        let place = number
            .checked_sub(self.first)
            .and_then(|n| usize::try_from(n).ok());
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) {
            entry.status = status;
        }
    }

    pub(super) fn all(&self) -> Vec<RecordedRequest> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.first += self.entries.len() as u64;
        self.entries.clear();
    }
}
