//! Revoking while four processes call as fast as they can: nothing arrives and nothing is answered
//! once it has returned.

use std::sync::Arc;
use std::time::{Duration, Instant};

use make_credentials_mcp::grants::Access;
use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::json;

use super::{Place, code};

#[tokio::test]
async fn nothing_reaches_make_and_nothing_is_answered_once_revoking_has_returned() {
    races(8).await;
}

#[tokio::test]
#[ignore = "takes minutes; prints figures"]
#[expect(clippy::print_stdout, reason = "a measurement")]
async fn the_figures_of_a_thousand_races() {
    let took = races(1000).await;
    let at = |share: usize| took[took.len() * share / 100];
    println!("1000 races, p50 {:?}, p99 {:?}", at(50), at(99));
}

/// Revokes so often, each time while four processes call as fast as they can. How long each took,
/// sorted.
async fn races(rounds: u64) -> Vec<Duration> {
    let mut took = Vec::new();
    let place = Arc::new(Place::new(&format!("races-{rounds}")).await);
    for round in 0..rounds {
        if round > 0 {
            let name = "bot".parse().unwrap();
            place.registry.remove(&name).await.unwrap();
        }
        place.add(Access::Read).await;
        place.zone.clear_faults();
        place.zone.clear_requests();
        // Some requests are under way for longer than revoking takes.
        place.zone.inject(
            Fault::new(Effect::Delay { ms: 700 })
                .on("GET", "/connections/101")
                .after(5),
        );
        took.push(race(&place, round).await);
    }
    took.sort();
    took
}

async fn race(place: &Arc<Place>, round: u64) -> Duration {
    let returned = Arc::new(std::sync::OnceLock::<Instant>::new());
    let mut callers = Vec::new();
    for _ in 0..4 {
        let (place, returned) = (Arc::clone(place), Arc::clone(&returned));
        callers.push(tokio::spawn(async move {
            let mut server = place.serve().await;
            let get = json!({"connectionId": 101});
            loop {
                let answer = server.call("connections_get", get.clone()).await;
                let heard = Instant::now();
                if code(&answer) == "answered" {
                    // Read by us after it was released; the pipe takes next to no time.
                    let late = returned
                        .get()
                        .map(|at| heard.saturating_duration_since(*at));
                    assert!(
                        late.is_none_or(|late| late < Duration::from_millis(150)),
                        "{late:?}"
                    );
                } else {
                    assert_eq!(code(&answer), "agent_revoked", "{answer}");
                    return server;
                }
            }
        }));
    }
    tokio::time::sleep(Duration::from_millis(150 + round * 37 % 200)).await;
    let started = Instant::now();
    place.revoke().await;
    let took = started.elapsed();
    let arrived = place.zone.requests().len();
    returned.set(Instant::now()).unwrap();
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(
        place.zone.requests().len(),
        arrived,
        "something arrived afterwards"
    );
    for caller in callers {
        caller.await.unwrap().end().await;
    }
    assert_eq!(
        place.zone.requests().len(),
        arrived,
        "something arrived afterwards"
    );
    took
}
