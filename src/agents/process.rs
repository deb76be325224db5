//! Processes of this machine: which one this is, whether another one still runs, and ending one
//! that does not answer.

/// What tells this process from every other, now and later, on this machine and in its containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Its number, as seen from where it runs.
    pub(super) pid: i64,
    /// The boot of the machine, the space of process numbers, and when the process began; a system
    /// that cannot say so leaves it empty.
    pub(super) birth: String,
}

/// What is known of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It runs.
    Runs,
    /// It is gone.
    Gone,
    /// It runs, or not, where this process cannot look: in another container.
    Elsewhere,
}

/// The identity of this process.
pub(super) fn own() -> Identity {
    let pid = std::process::id();
    Identity {
        pid: i64::from(pid),
        birth: format!("{}:{}", place(), began(pid).unwrap_or_default()),
    }
}

/// Milliseconds on a clock that all processes of this machine share and that goes on while the
/// machine or a process sleeps.
pub fn clock_ms() -> i64 {
    #[cfg(unix)]
    {
        use rustix::time::{ClockId, clock_gettime};
        #[cfg(target_os = "linux")]
        let clock = ClockId::Boottime;
        #[cfg(not(target_os = "linux"))]
        let clock = ClockId::Monotonic;
        let now = clock_gettime(clock);
        now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
    #[cfg(not(unix))]
    {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }
}

/// The boot of this machine and the space of process numbers that this process sees.
fn place() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let space = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{}:{}", boot.trim(), space.display())
}

/// When a process began, in ticks since the machine was started; `None` when there is none.
fn began(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything; the fields after it are plain. A dead process
    // that nobody has waited for counts as gone.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

/// Whether a process still runs.
pub(super) fn life(of: &Identity) -> Life {
    let Ok(pid) = u32::try_from(of.pid) else {
        return Life::Gone;
    };
    let Some((place_then, began_then)) = of.birth.rsplit_once(':') else {
        return Life::Elsewhere;
    };
    if place_then != place() {
        // Another boot of this machine has ended all its processes; another container has not.
        let boot = |place: &str| place.split(':').next().unwrap_or_default().to_owned();
        let same_boot = boot(place_then) == boot(&place());
        return if same_boot {
            Life::Elsewhere
        } else {
            Life::Gone
        };
    }
    if began_then.is_empty() {
        return Life::Elsewhere;
    }
    match began(pid) {
        Some(began_now) if began_now == began_then => Life::Runs,
        _ => Life::Gone,
    }
}

/// Ends a process that does not answer. `true` when it is gone afterwards.
pub(super) fn kill(process: &Identity) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
        let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw);
        // The handle is taken first and the process compared afterwards: so a later one with the
        // same number is never hit.
        let handle = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        let Some(handle) = handle else {
            return life(process) == Life::Gone;
        };
        if life(process) != Life::Runs {
            return life(process) == Life::Gone;
        }
        if pidfd_send_signal(&handle, Signal::KILL).is_err() {
            return false;
        }
        let patience = rustix::time::Timespec {
            tv_sec: 2,
            tv_nsec: 0,
        };
        let mut ended = [PollFd::new(&handle, PollFlags::IN)];
        matches!(poll(&mut ended, Some(&patience)), Ok(1..))
    }
    #[cfg(not(target_os = "linux"))]
    {
        life(process) == Life::Gone
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs_and_a_later_one_with_its_number_is_another() {
        let me = own();
        assert_eq!(life(&me), Life::Runs);
        let (place, began) = me.birth.rsplit_once(':').unwrap();
        let other = |birth: String| Identity { pid: me.pid, birth };
        let before: u64 = began.parse::<u64>().unwrap() - 1;
        assert_eq!(life(&other(format!("{place}:{before}"))), Life::Gone);
        assert!(kill(&other(format!("{place}:{before}"))));
        let boot = format!("another-boot:x:{began}");
        assert_eq!(life(&other(boot)), Life::Gone);
        let (boot, _) = place.split_once(':').unwrap();
        let container = other(format!("{boot}:pid:[7]:{began}"));
        assert_eq!(life(&container), Life::Elsewhere);
        assert!(!kill(&container));
    }

    #[test]
    fn a_stopped_process_is_ended_and_seen_to_be_gone() {
        let mut child = std::process::Command::new("/bin/sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let pid = child.id();
        let birth = format!("{}:{}", place(), began(pid).unwrap());
        let child_is = Identity {
            pid: i64::from(pid),
            birth,
        };
        let stop = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(stop, rustix::process::Signal::STOP).unwrap();
        assert_eq!(life(&child_is), Life::Runs);
        assert!(kill(&child_is));
        assert_eq!(life(&child_is), Life::Gone);
        child.wait().unwrap();
    }
}
