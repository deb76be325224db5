//! After a 429 no call of this process leaves until it is over. Before Make answers 429 nothing
//! is slowed down.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest that a call waits for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Make counts by the minute (Make's documentation of rate limiting).
const WINDOW: Duration = Duration::from_mins(1);
/// The first pause after a 429 that does not say how long.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// Longer than Make counts; a `Retry-After` beyond it is a mistake.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// What this process knows of Make's limit. Cheap to clone; clones know the same, so that a client
/// with a rotated token goes on where the former one was.
#[derive(Debug, Clone, Default)]
pub struct Pacer(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    until: Option<Instant>,
    refusals: u32,
    /// What left in each second of the last minute: the second since the first, and how many.
    left: [(u64, u32); 60],
    first: Option<Instant>,
}

impl Pacer {
    /// A request leaves.
    pub(super) fn leaves(&self, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = state.second(now);
        let place = usize::try_from(second % 60).unwrap_or(0);
        if let Some(slot) = state.left.get_mut(place) {
            let before = if slot.0 == second { slot.1 } else { 0 };
            *slot = (second, before.saturating_add(1));
        }
    }

    /// How many requests left in the last minute.
    pub(super) fn in_the_last_minute(&self, now: Instant) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = state.second(now);
        let recent = state.left.iter().filter(|(at, _)| at + 60 > second);
        recent.map(|(_, count)| u64::from(*count)).sum()
    }

    /// How long a call has to wait now; zero when it may leave.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// Make answered 429. Without a Retry-After that lies ahead the pause doubles from 2 s to a
    /// minute; `jitter` (0 to 1) spreads the processes of one machine. Returns the pause.
    pub(super) fn refused(
        &self,
        retry_after: Option<Duration>,
        jitter: f64,
        now: Instant,
    ) -> Duration {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.refusals = state.refusals.saturating_add(1);
        let doubled = FIRST_PAUSE.saturating_mul(1 << (state.refusals - 1).min(5));
        let ahead = retry_after.filter(|pause| !pause.is_zero());
        let pause = ahead.unwrap_or_else(|| doubled.min(WINDOW).mul_f64(1.0 + jitter * 0.2));
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

/// The pause that a `Retry-After` asks for: seconds, which is what Make's own clients read, or a
/// date, which a proxy on the way may send (RFC 9110, section 10.2.3). A date counts from the
/// answer's own `Date`, so that a clock that is wrong here changes nothing; one that is over asks
/// for no pause. `None` where the header is missing or neither.
pub(super) fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let sent = headers.get(DATE).and_then(|date| date.to_str().ok());
    let sent = sent.and_then(http_date).unwrap_or_else(Timestamp::now);
    Some(Duration::try_from(http_date(text)?.duration_since(sent)).unwrap_or_default())
}

fn http_date(text: &str) -> Option<Timestamp> {
    let parser = rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text).ok()
}

impl Default for State {
    fn default() -> Self {
        Self {
            until: None,
            refusals: 0,
            left: [(0, 0); 60],
            first: None,
        }
    }
}

impl State {
    /// Seconds since the first request, which has the number 60: an empty slot is older.
    fn second(&mut self, now: Instant) -> u64 {
        let first = *self.first.get_or_insert(now);
        now.saturating_duration_since(first).as_secs() + 60
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

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
    fn what_left_in_the_last_minute_is_counted() {
        let pacer = Pacer::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(pacer.in_the_last_minute(at(0)), 0);
        for second in [0, 0, 1, 59] {
            pacer.leaves(at(second));
        }
        assert_eq!(pacer.in_the_last_minute(at(59)), 4);
        assert_eq!(pacer.in_the_last_minute(at(60)), 2);
        pacer.leaves(at(60));
        assert_eq!(pacer.in_the_last_minute(at(118)), 2);
        assert_eq!(pacer.in_the_last_minute(at(400)), 0);
    }

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let asked = |text: &str| {
            let date = HeaderValue::from_static("Sun, 01 Mar 2026 12:00:00 GMT");
            let value = HeaderValue::from_str(text).expect("a header");
            let headers = HeaderMap::from_iter([(DATE, date), (RETRY_AFTER, value)]);
            asked_pause(&headers).map(|pause| pause.as_secs())
        };
        assert_eq!(asked("7"), Some(7));
        assert_eq!(asked(" 0 "), Some(0));
        assert_eq!(asked("Sun, 01 Mar 2026 12:00:30 GMT"), Some(30));
        assert_eq!(asked("Sun, 01 Mar 2026 11:59:30 GMT"), Some(0), "over");
        for neither in ["", "-1", "1.5", "soon", "2026-03-01T12:00:30Z"] {
            assert_eq!(asked(neither), None, "{neither:?}");
        }
        assert_eq!(asked_pause(&HeaderMap::new()), None);
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
