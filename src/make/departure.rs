//! The moment when a changing request leaves, and who comes first: the request or a cancellation.

use std::sync::{Mutex, PoisonError};

use super::Error;

/// The moment when a changing request leaves. Decides, once and without a race, whether a
/// cancellation still comes in time.
#[derive(Debug, Default)]
pub struct Departure(Mutex<Stage>);

#[derive(Debug, Default)]
struct Stage {
    cancelled: bool,
    under_way: bool,
    left: u32,
}

impl Departure {
    /// Stops requests that have not left. `false` when one is under way: then its outcome has to
    /// be awaited.
    pub fn cancel(&self) -> bool {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stage.cancelled = true;
        !stage.under_way
    }

    /// Whether nobody waits for the call any more.
    pub fn is_cancelled(&self) -> bool {
        let stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stage.cancelled
    }

    /// How many changing requests have left.
    pub fn count(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).left
    }

    /// Lets a request leave, unless it was cancelled. It is under way until what is given back is
    /// dropped.
    pub(super) fn leave(&self) -> Result<Arrival<'_>, Error> {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if stage.cancelled {
            return Err(Error::Cancelled);
        }
        stage.under_way = true;
        stage.left += 1;
        Ok(Arrival(self))
    }
}

/// A request is under way.
pub(super) struct Arrival<'a>(&'a Departure);

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        self.0
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .under_way = false;
    }
}
