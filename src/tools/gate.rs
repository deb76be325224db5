//! The gate that every call and every answer passes. It closes once, when the agent's access has
//! ended; then whoever closed it can wait until nobody is inside any more.

use tokio::sync::watch;

/// A gate. Cheap to clone; clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate(watch::Sender<Inside>);

#[derive(Debug, Default)]
struct Inside {
    closed: bool,
    passes: usize,
}

/// Somebody is inside, until this is dropped.
#[derive(Debug)]
pub struct Pass(watch::Sender<Inside>);

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(Inside::default()))
    }
}

impl Gate {
    /// Goes in; `None` when it is closed.
    pub fn enter(&self) -> Option<Pass> {
        let mut entered = false;
        self.0.send_if_modified(|inside| {
            entered = !inside.closed;
            inside.passes += usize::from(entered);
            // Nobody waits for somebody to come.
            false
        });
        entered.then(|| Pass(self.0.clone()))
    }

    /// Closes for good.
    pub fn close(&self) {
        self.0.send_modify(|inside| inside.closed = true);
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.0.borrow().closed
    }

    /// Resolves when it is closed. Cancel-safe.
    pub async fn closed(&self) {
        let mut inside = self.0.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        drop(inside.wait_for(|inside| inside.closed).await);
    }

    /// Resolves when nobody is inside. Cancel-safe.
    pub async fn empty(&self) {
        let mut inside = self.0.subscribe();
        drop(inside.wait_for(|inside| inside.passes == 0).await);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.send_if_modified(|inside| {
            inside.passes = inside.passes.saturating_sub(1);
            inside.passes == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn nobody_enters_a_closed_gate_and_who_is_inside_is_waited_for() {
        let gate = Gate::default();
        let pass = gate.enter().unwrap();
        gate.close();
        assert!(gate.enter().is_none());
        gate.closed().await;
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.empty().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(pass);
        waiting.await.unwrap();
    }

    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_gate_is_open_until_it_is_closed_and_then_for_good() {
        let gate = Gate::default();
        let same = gate.clone();
        assert!(!gate.is_closed());
        assert!(gate.closed().now_or_never().is_none());
        drop(same.enter().unwrap());
        gate.close();
        assert!(gate.is_closed() && same.is_closed());
        for _ in 0..2 {
            assert!(gate.enter().is_none() && same.enter().is_none());
            assert!(same.closed().now_or_never().is_some());
            gate.close();
        }
        assert!(
            gate.empty().now_or_never().is_some(),
            "who was refused is not inside"
        );
    }

    #[tokio::test]
    async fn a_gate_is_empty_when_the_last_one_inside_has_left() {
        for closes in [false, true] {
            let gate = Gate::default();
            assert!(gate.empty().now_or_never().is_some());
            let (first, second) = (gate.enter().unwrap(), gate.enter().unwrap());
            if closes {
                gate.close();
            }
            assert!(gate.empty().now_or_never().is_none());
            drop(first);
            assert!(gate.empty().now_or_never().is_none());
            let waiting = tokio::spawn({
                let gate = gate.clone();
                async move { gate.empty().await }
            });
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            drop(second);
            tokio::time::timeout(PATIENCE, waiting)
                .await
                .unwrap()
                .unwrap();
        }
    }

    #[tokio::test]
    async fn who_waits_for_the_closing_hears_of_it() {
        let gate = Gate::default();
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.closed().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        gate.close();
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .unwrap()
            .unwrap();
    }
}
