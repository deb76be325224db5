//! Hardening of our own process, first thing in `main`: no core dumps, no other process of the
//! same user attaches, and files are created for their owner alone.

/// Turns core dumps off, makes the process not dumpable (Linux) and sets the umask to 077.
/// What the system refuses is left as it is: a server that does not start protects nobody.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit, umask};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _kept_on_refusal = setrlimit(Resource::Core, none);
        umask(rustix::fs::Mode::from_raw_mode(0o077));
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _kept_on_refusal = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
