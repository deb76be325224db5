//! After a 429 no call of this process leaves until it is over. Before Make answers 429 nothing
//! is slowed down.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest that a call waits for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Make counts by the minute (Make's documentation of rate limiting).
const WINDOW: Duration = Duration::from_mins(1);
/// The first pause after a 429 that does not say how long.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// Longer than Make counts; a `Retry-After` beyond it is a mistake.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

#[derive(Debug, Default)]
pub(super) struct Pacer(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    refusals: u32,
}

impl Pacer {
    /// How long a call has to wait now; zero when it may leave.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Make answered 429. Without a Retry-After the pause doubles from 2 s to a minute; `jitter`
    /// (0 to 1) spreads the processes of one machine. Returns the pause.
    pub(super) fn refused(
        &self,
        retry_after: Option<Duration>,
        jitter: f64,
        now: Instant,
    ) -> Duration {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.refusals = state.refusals.saturating_add(1);
        let doubled = FIRST_PAUSE.saturating_mul(1 << (state.refusals - 1).min(5));
        let pause = retry_after.unwrap_or_else(|| doubled.min(WINDOW).mul_f64(1.0 + jitter * 0.2));
        let pause = pause.min(LONGEST_PAUSE);
        let until = now + pause;
        if state.until.is_none_or(|old| old < until) {
            state.until = Some(until);
        }
        pause
    }

    /// Make answered something else: the next 429 starts from the first pause again.
    pub(super) fn allowed(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.refusals = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_holds_every_call_until_it_is_over() {
        let pacer = Pacer::default();
        let now = Instant::now();
        assert_eq!(pacer.wait(now), Duration::ZERO);
        pacer.refused(Some(Duration::from_secs(7)), 0.0, now);
        assert_eq!(
            pacer.wait(now + Duration::from_secs(2)),
            Duration::from_secs(5)
        );
        assert_eq!(pacer.wait(now + Duration::from_secs(8)), Duration::ZERO);
    }

    #[test]
    fn without_retry_after_the_pause_doubles_up_to_a_minute() {
        let pacer = Pacer::default();
        let now = Instant::now();
        let pauses: Vec<u64> = (0..7)
            .map(|_| pacer.refused(None, 0.0, now).as_secs())
            .collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60]);
        pacer.allowed();
        assert_eq!(pacer.refused(None, 0.0, now).as_secs(), 2);
    }

    #[test]
    fn an_absurd_pause_is_an_hour() {
        let pacer = Pacer::default();
        let now = Instant::now();
        let pause = pacer.refused(Some(Duration::from_secs(u64::MAX)), 0.0, now);
        assert_eq!(pause, LONGEST_PAUSE);
        assert_eq!(pacer.wait(now), LONGEST_PAUSE);
    }

    #[test]
    fn a_shorter_pause_never_ends_a_longer_one() {
        let pacer = Pacer::default();
        let now = Instant::now();
        pacer.refused(Some(Duration::from_secs(30)), 0.0, now);
        pacer.refused(Some(Duration::from_secs(1)), 0.0, now);
        assert_eq!(pacer.wait(now), Duration::from_secs(30));
    }
}
