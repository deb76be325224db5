//! The zone's time: the machine's, or one that stands still for repeatable output.

use jiff::{SignedDuration, Timestamp};

pub(super) struct Clock {
    fixed: Option<Timestamp>,
    last_stamp: Timestamp,
}

impl Clock {
    pub(super) fn new(fixed: Option<Timestamp>) -> Self {
        Self {
            fixed,
            last_stamp: Timestamp::MIN,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.fixed.unwrap_or_else(Timestamp::now)
    }

    /// A time no other caller gets: Make addresses an API token by its creation time.
    pub(super) fn unique(&mut self) -> Timestamp {
        let millisecond = SignedDuration::from_millis(1);
        let after = self
            .last_stamp
            .checked_add(millisecond)
            .unwrap_or(self.last_stamp);
        self.last_stamp = after.max(self.now());
        self.last_stamp
    }

    pub(super) fn in_days(&self, days: i64) -> Timestamp {
        let now = self.now();
        now.checked_add(SignedDuration::from_hours(24 * days))
            .unwrap_or(now)
    }
}

/// Make's form: UTC with milliseconds.
pub(super) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}
