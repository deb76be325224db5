//! A yes counts once, however many processes try at once.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Place, back, modern, yes};

const PROCESSES: u32 = 4;
const EACH: u32 = 25;
const TOOL: &str = "keys_update";

/// What stays as it is when it is done, so that nothing but the yes decides.
fn replace() -> Value {
    json!({"keyId": 401, "parameters": {"authUser": "jane"}})
}

/// A hundred calls at once from four processes; how many went through.
async fn race(place: &Place, can: &Value, brought: &Value) -> usize {
    let lines: Vec<String> = (0..EACH)
        .map(|id| modern(id, TOOL, &replace(), can, brought))
        .collect();
    let servers = (0..PROCESSES).map(|_| async {
        let mut server = place.start(&[]);
        // Started and warm.
        server
            .say(&modern(999, "agent_status", &json!({}), can, &json!({})))
            .await;
        server.hear().await;
        for line in &lines {
            server.say(line).await;
        }
        let mut through = 0;
        for _ in 0..EACH {
            let answer = server.hear().await;
            through += usize::from(answer["result"]["structuredContent"]["key"].is_object());
        }
        through
    });
    join_all(servers).await.into_iter().sum()
}

#[tokio::test]
async fn of_a_hundred_redemptions_of_one_answer_one_wins() {
    let place = Place::new("redeem").await;
    let mut server = place.start(&[]);
    let can = json!({"form": {}});
    server
        .say(&modern(1, TOOL, &replace(), &can, &json!({})))
        .await;
    let asked = server.hear().await;
    let won = race(&place, &can, &back(&asked, &yes())).await;
    assert_eq!(won, 1);
    assert_eq!(place.changes(), ["PATCH /api/v2/keys/401"]);
}

#[tokio::test]
async fn of_a_hundred_calls_after_one_approval_one_goes_through() {
    let place = Place::new("approved").await;
    let (_, refused) = place.call(TOOL, replace()).await;
    let id = refused["details"]["approval"].as_str().unwrap().to_owned();
    assert_eq!(place.run(&["approve", &id, "--yes"]).await.code, Some(0));
    let can = Value::Null;
    let won = race(&place, &can, &json!({})).await;
    assert_eq!(won, 1);
    assert_eq!(place.changes(), ["PATCH /api/v2/keys/401"]);
}
