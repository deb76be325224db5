//! A process that cannot say that it still serves its agent: nothing leaves it and it gives no
//! answer, but it waits a moment before it gives up, and never calls undone what has left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use crate::world::{World, call};

fn renamed() -> Value {
    json!({"connectionId": 102, "name": "Renamed"})
}

fn changes(world: &World) -> usize {
    let sent = world.sent();
    sent.iter().filter(|line| !line.starts_with("GET ")).count()
}

#[tokio::test]
async fn a_lease_that_comes_back_in_a_moment_is_waited_for() {
    let world = World::new().await;
    let session = world.session();
    let began = Instant::now();
    let late = Duration::from_millis(300);
    session.on_lease(Arc::new(move || began.elapsed() > late));
    let answer = call(&session, "connections_update", renamed()).await;
    answer.unwrap();
    assert!(began.elapsed() > late);
    assert_eq!(world.last_body(), json!({"name": "Renamed"}));
    assert_eq!(changes(&world), 1);
}

#[tokio::test]
async fn without_a_lease_nothing_leaves_and_the_call_may_be_made_again() {
    let world = World::new().await;
    let session = world.session();
    session.on_lease(Arc::new(|| false));
    let failure = call(&session, "connections_update", renamed())
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::Busy);
    assert!(failure.retryable);
    assert_eq!(world.sent(), Vec::<String>::new());
}

#[tokio::test]
async fn what_left_before_the_lease_was_lost_is_not_called_undone() {
    let world = Arc::new(World::new().await);
    let session = world.session();
    let seen = Arc::clone(&world);
    session.on_lease(Arc::new(move || changes(&seen) == 0));
    let failure = call(&session, "connections_update", renamed())
        .await
        .unwrap_err();
    assert_eq!(failure.code, Code::OutcomeUnknown, "{failure:?}");
    assert!(!failure.retryable);
    assert_eq!(changes(&world), 1);
}
