//! Bounds of time on a machine that may stand still.

use std::time::Duration;

/// Runs it until it has taken less than the bound, at most five times: a machine that stands still
/// makes one of them late, what waits for something is late each time.
pub(crate) async fn in_time(bound: Duration, run: impl AsyncFn() -> Duration) {
    let mut took = Vec::new();
    while took.len() < 5 {
        let time = run().await;
        if time < bound {
            return;
        }
        took.push(time);
    }
    panic!("each took longer than {bound:?}: {took:?}");
}

#[tokio::test]
#[should_panic(expected = "each took longer")]
async fn what_is_late_each_time_is_told() {
    in_time(Duration::from_secs(1), async || Duration::from_secs(2)).await;
}
