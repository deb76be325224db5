//! Whether requests may leave: asked right before each, and waited for where it is a matter of
//! moments.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// How long a lease that has run out is waited for: a process that stood still, as all do on a
/// computer that slept, renews it within a few looks.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(20);

/// Asked right before each request leaves.
#[derive(Clone)]
pub(super) struct MayLeave(pub(super) Arc<dyn Fn() -> bool + Send + Sync>);

impl MayLeave {
    /// Whether a request may leave now.
    pub(super) fn now(&self) -> bool {
        (self.0)()
    }

    /// Whether one may leave now or in a moment.
    pub(super) async fn soon(&self) -> bool {
        holds_soon(&*self.0).await
    }
}

impl Default for MayLeave {
    fn default() -> Self {
        Self(Arc::new(|| true))
    }
}

impl std::fmt::Debug for MayLeave {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MayLeave")
    }
}

/// Whether it holds now or within 3 s.
pub async fn holds_soon(holds: &(dyn Fn() -> bool + Send + Sync)) -> bool {
    let started = Instant::now();
    while !holds() {
        if started.elapsed() >= PATIENCE {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
    true
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_holds_again_after_a_moment_is_waited_for() {
        let asked = AtomicU32::new(0);
        let third = || asked.fetch_add(1, Ordering::Relaxed) >= 2;
        assert!(holds_soon(&third).await);
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn what_does_not_hold_any_more_is_given_up() {
        let started = Instant::now();
        assert!(!holds_soon(&|| false).await);
        assert!(started.elapsed() >= PATIENCE);
    }
}
