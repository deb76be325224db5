//! When a cancellation still comes in time, and what becomes of a change that has left.

use std::sync::Arc;
use std::time::{Duration, Instant};

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::secret::Scrubber;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{CallContext, Outcome, Session};
use serde_json::{Value, json};

use crate::retries::{GET, changes, count, get};
use crate::timing::in_time;
use crate::world::{World, call};

/// Calls a tool and cancels it after this long.
async fn cancelled_after(session: &Session, tool: &str, arguments: Value, ms: u64) -> Outcome {
    let arguments = arguments.as_object().unwrap().clone();
    let cancelled = tokio::time::sleep(Duration::from_millis(ms));
    session
        .call(tool, arguments, CallContext::default(), cancelled)
        .await
}

/// Calls a tool and cancels it once this request of it has arrived.
async fn cancelled_at(
    world: &World,
    (method, path): (&str, &str),
    session: &Session,
    (tool, arguments): (&str, Value),
) -> Outcome {
    let arguments = arguments.as_object().unwrap().clone();
    let arrived = async {
        while count(world, method, path) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    session
        .call(tool, arguments, CallContext::default(), arrived)
        .await
}

#[tokio::test]
async fn a_change_that_is_cancelled_before_it_leaves_never_arrives() {
    let world = World::new().await;
    let session = world.sure();
    let limited = Effect::RateLimited {
        plain: false,
        retry_after: Some(4),
    };
    world.zone.inject(Fault::new(limited).times(1));
    let _waits = cancelled_after(&session, GET.0, get(), 1_000).await;
    for (_, _, tool, arguments) in changes() {
        let outcome = cancelled_after(&session, tool, arguments, 50).await;
        assert!(matches!(outcome, Outcome::Cancelled), "{tool}: {outcome:?}");
    }
    tokio::time::sleep(Duration::from_millis(4_200)).await;
    assert_eq!(world.sent(), ["GET /connections/101"]);
}

/// The first call waits for the agent and its token, which a slow store may keep it from.
#[tokio::test]
async fn a_call_that_is_cancelled_before_its_agent_is_known_never_begins() {
    let world = World::new().await;
    let session = Session::starting(
        Arc::new(|_| Box::pin(std::future::pending())),
        Scrubber::default(),
        State::at(Some(world.home.clone())),
        32 * 1024,
    );
    let call = cancelled_after(&session, GET.0, get(), 30);
    let outcome = tokio::time::timeout(Duration::from_secs(20), call).await;
    assert!(matches!(outcome, Ok(Outcome::Cancelled)), "{outcome:?}");
    // One that was cancelled before it came, of an agent that is known.
    let never_wanted = std::future::ready(());
    let arguments = get().as_object().unwrap().clone();
    let context = CallContext::default();
    let outcome = world
        .session()
        .call(GET.0, arguments, context, never_wanted)
        .await;
    assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
    assert!(world.sent().is_empty(), "{:?}", world.sent());
}

#[tokio::test]
async fn a_change_that_has_left_is_seen_to_its_end() {
    let world = World::new().await;
    let session = world.sure();
    // Otherwise its type would be looked up after the cancellation.
    call(&session, "keys_list_types", json!({})).await.unwrap();
    world.zone.inject(Fault::new(Effect::Delay { ms: 150 }));
    for (method, path, tool, arguments) in changes() {
        let outcome = cancelled_at(&world, (method, path), &session, (tool, arguments)).await;
        assert!(matches!(outcome, Outcome::Answer(_)), "{tool}: {outcome:?}");
        assert_eq!(count(&world, method, path), 1, "{tool}");
    }
}

/// Of a tool with two changes, the second one does not leave after a cancellation.
#[tokio::test]
async fn a_cancellation_between_two_changes_stops_the_second() {
    let world = World::new().await;
    let session = world.sure();
    world
        .zone
        .inject(Fault::new(Effect::Delay { ms: 200 }).on("PATCH", "/connections"));
    let arguments = json!({"connectionId": 104, "name": "N", "data": {"url": "https://a.example", "apiKey": null}});
    let change = ("PATCH", "/connections/104");
    let calling = ("connections_update", arguments);
    let outcome = cancelled_at(&world, change, &session, calling).await;
    let Outcome::Failed(failure) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(count(&world, "PATCH", "/connections/104"), 1);
    assert_eq!(count(&world, "POST", "/connections/104/set-data"), 0);
    assert!(
        failure.message.contains("name was changed"),
        "{}",
        failure.message
    );
}

#[tokio::test]
async fn a_read_that_is_cancelled_is_dropped_at_once() {
    let world = World::new().await;
    world.zone.inject(Fault::new(Effect::Delay { ms: 10_000 }));
    in_time(Duration::from_secs(1), async || {
        let start = Instant::now();
        let outcome = cancelled_after(&world.session(), GET.0, get(), 50).await;
        assert!(matches!(outcome, Outcome::Cancelled), "{outcome:?}");
        start.elapsed()
    })
    .await;
}
