//! Moments by two clocks: the wall clock, which people set, and the clock of the boot, which only
//! runs forward but says nothing after a restart.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Tells the time. Passed in, so that tests can move it.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// A moment, by every clock that this system has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970, by the wall clock.
    pub wall: i64,
    /// The time since the machine was started; `None` where the system does not say which start
    /// that was.
    pub boot: Option<BootTime>,
}

/// The time since one start of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootTime {
    /// Which start.
    pub id: String,
    /// Milliseconds since then, those asleep included.
    pub ms: i64,
}

impl Moment {
    /// This moment.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let wall = since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        });
        Self {
            wall,
            boot: boot_time(),
        }
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus(&self, seconds: i64) -> Self {
        let boot = self.boot.as_ref().map(|boot| BootTime {
            id: boot.id.clone(),
            ms: boot.ms.saturating_add(seconds.saturating_mul(1000)),
        });
        Self {
            wall: self.wall.saturating_add(seconds),
            boot,
        }
    }

    /// Whether this moment has come and less than `seconds` have passed since, by both clocks: what
    /// a permission needs. The boot clock counts within one boot alone.
    pub fn is_within(&self, seconds: i64, now: &Self) -> bool {
        let passed = now.wall.saturating_sub(self.wall);
        let by_boot = self.passed_ms(now);
        (0..seconds).contains(&passed)
            && by_boot.is_none_or(|ms| (0..seconds.saturating_mul(1000)).contains(&ms))
    }

    /// Whether `seconds` have certainly passed since: what ends a refusal. Within one boot only
    /// the clock of the boot decides, because nobody can set it.
    pub fn is_past(&self, seconds: i64, now: &Self) -> bool {
        match self.passed_ms(now) {
            Some(ms) => ms >= seconds.saturating_mul(1000),
            None => now.wall.saturating_sub(self.wall) >= seconds,
        }
    }

    /// Milliseconds since this moment by the boot clock; `None` when it was another boot.
    fn passed_ms(&self, now: &Self) -> Option<i64> {
        let (then, now) = (self.boot.as_ref()?, now.boot.as_ref()?);
        (then.id == now.id).then(|| now.ms.saturating_sub(then.ms))
    }
}

#[cfg(target_os = "linux")]
fn boot_time() -> Option<BootTime> {
    use rustix::time::{ClockId, clock_gettime};
    // The same for the life of the process.
    static ID: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let read = || std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    let id = ID.get_or_init(|| Some(read()?.trim().to_owned()).filter(|id| !id.is_empty()));
    let now = clock_gettime(ClockId::Boottime);
    Some(BootTime {
        id: id.clone()?,
        ms: now.tv_sec * 1000 + now.tv_nsec / 1_000_000,
    })
}

/// Other systems do not say which boot it is.
#[cfg(not(target_os = "linux"))]
fn boot_time() -> Option<BootTime> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64, boot: Option<(&str, i64)>) -> Moment {
        Moment {
            wall,
            boot: boot.map(|(id, ms)| BootTime {
                id: id.to_owned(),
                ms,
            }),
        }
    }

    #[test]
    fn a_permission_counts_only_while_both_clocks_say_so() {
        let then = at(1000, Some(("a", 50_000)));
        for (now, counts) in [
            (at(1000, Some(("a", 50_000))), true),
            (at(1059, Some(("a", 109_999))), true),
            // By the wall clock: over, or not come yet.
            (at(1060, Some(("a", 60_000))), false),
            (at(999, Some(("a", 60_000))), false),
            // By the boot clock, whatever the wall clock was set to.
            (at(1001, Some(("a", 110_000))), false),
            (at(1001, Some(("a", 49_999))), false),
            // Another boot, or a system that does not say: the wall clock alone.
            (at(1059, Some(("b", 0))), true),
            (at(1059, None), true),
            (at(1060, Some(("b", 0))), false),
            (at(999, None), false),
        ] {
            assert_eq!(then.is_within(60, &now), counts, "{now:?}");
        }
        assert!(at(1000, None).is_within(60, &at(1000, Some(("a", 1)))));
        assert!(!at(i64::MIN, None).is_within(60, &at(i64::MAX, None)));
    }

    #[test]
    fn a_refusal_ends_only_when_its_time_has_certainly_passed() {
        let then = at(1000, Some(("a", 50_000)));
        for (now, is_past) in [
            (at(1060, Some(("a", 110_000))), true),
            // The wall clock was set forward, or back.
            (at(9999, Some(("a", 50_001))), false),
            (at(1, Some(("a", 110_000))), true),
            (at(1059, Some(("b", 900_000))), false),
            (at(1060, None), true),
            (at(1, None), false),
        ] {
            assert_eq!(then.is_past(60, &now), is_past, "{now:?}");
        }
    }

    #[test]
    fn now_is_within_its_own_second_by_the_clocks_of_this_system() {
        let then = Moment::now();
        assert!(then.is_within(60, &Moment::now()));
        assert!(!then.is_past(60, &Moment::now()));
        assert!(then.plus(-60).is_past(60, &Moment::now()));
        assert_eq!(then.boot.is_some(), cfg!(target_os = "linux"));
    }
}
