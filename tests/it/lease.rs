//! Access that ends, or may have ended, while a call is under way: nothing more leaves and no answer
//! is given, but what has left is never called undone. A lease that has run out is waited for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::{Code, Failure};
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

/// Revokes once Make has this call.
async fn revoked_under_way(world: &World, tool: &str, method: &str, arguments: Value) -> Failure {
    let session = world.session();
    let slow = Fault::new(Effect::Delay { ms: 5000 });
    world.zone.inject(slow.on(method, "/connections/102"));
    let arrived = format!("{method} /connections/102");
    let revokes = async {
        while !world.sent().iter().any(|line| line.starts_with(&arrived)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        session.gate().close();
    };
    let (answer, ()) = tokio::join!(call(&session, tool, arguments), revokes);
    let failure = answer.unwrap_err();
    assert_eq!(failure.code, Code::AgentRevoked, "{failure:?}");
    failure
}

#[tokio::test]
async fn a_revoked_agent_hears_that_a_change_had_left() {
    let world = World::new().await;
    let failure = revoked_under_way(&world, "connections_update", "PATCH", renamed()).await;
    assert!(failure.message.contains("had left"), "{failure:?}");
}

#[tokio::test]
async fn a_revoked_agent_that_changed_nothing_hears_nothing_more() {
    let world = World::new().await;
    let get = json!({"connectionId": 102});
    let failure = revoked_under_way(&world, "connections_get", "GET", get).await;
    assert!(!failure.message.contains("had left"), "{failure:?}");
}
