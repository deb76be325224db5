//! How many calls may wait, and how a person reads the list of them.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use make_credentials_mcp::clock::Moment;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{Approvals, Outcome, Reply, Session};
use serde_json::{Value, json};

use super::Place;
use super::client::Client;
use crate::binary::Binary;
use crate::world::{With, World, approval_key, call};

/// A call that nothing was said to yet.
fn another(number: usize) -> Value {
    json!({"keyId": 401, "parameters": {"authUser": format!("user{number}")}})
}

#[tokio::test]
async fn after_twenty_waiting_calls_an_agent_is_busy() {
    let world = World::new().await;
    let session = world.session();
    for number in 0..20 {
        let refused = call(&session, "keys_update", another(number)).await;
        assert_eq!(json!(refused.unwrap_err().code), "confirmation_required");
    }
    for number in 20..30 {
        let refused = call(&session, "keys_update", another(number)).await;
        let refused = refused.unwrap_err();
        assert_eq!(json!(refused.code), "busy");
        assert_eq!(
            refused.message,
            "20 calls of this agent wait for a person, and no more may; nothing was done and this one does not wait."
        );
        assert!(
            refused.next.contains("`make-credentials-mcp approve`"),
            "{}",
            refused.next
        );
        assert!(refused.details.is_none());
    }
    // One that waits already is still told so, and can be decided.
    let again = call(&session, "keys_update", another(3)).await.unwrap_err();
    let id = again.details.unwrap()["approval"].clone();
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    assert_eq!(approvals.all().await.unwrap().len(), 20);
    let waiting = approvals.get(id.as_str().unwrap()).await.unwrap().unwrap();
    assert!(approvals.decide(&waiting, true, "me").await.unwrap());
    assert!(call(&session, "keys_update", another(3)).await.is_ok());
    let next = call(&session, "keys_update", another(20))
        .await
        .unwrap_err();
    assert_eq!(json!(next.code), "confirmation_required");
}

/// The code that a call of such a client ends with, and how often a person was asked in it.
async fn with_form(session: &Session, client: Client, arguments: &Value) -> (Value, usize) {
    let asked = Arc::clone(&client.asked);
    let outcome = client.call(session, ("keys_update", arguments), None).await;
    let code = match outcome {
        Outcome::Answer(_) => json!("done"),
        Outcome::Asks(_) => json!("asked"),
        Outcome::Failed(failure) => {
            assert!(failure.next.chars().count() <= 120, "{}", failure.next);
            if let Some(seconds) = failure.retry_after_s {
                assert!((1..=60).contains(&seconds), "{seconds}");
                let next =
                    format!("Call again in {seconds} s, and ask for fewer things at a time.");
                assert_eq!((failure.next, failure.retryable), (next, true));
            }
            json!(failure.code)
        }
        other => panic!("{other:?}"),
    };
    (code, asked.load(Ordering::Relaxed))
}

#[tokio::test]
async fn where_no_more_calls_may_wait_nobody_is_asked_in_the_client_either() {
    let world = World::new().await;
    let session = world.session();
    for number in 0..20 {
        let refused = call(&session, "keys_update", another(number)).await;
        assert_eq!(json!(refused.unwrap_err().code), "confirmation_required");
    }
    for client in [Client::inside(Some(Reply::Yes)), Client::between()] {
        let asked = with_form(&session, client, &another(20)).await;
        assert_eq!(asked, (json!("busy"), 0));
    }
    // What waits already may be asked about, and makes room.
    let client = Client::inside(Some(Reply::Yes));
    let asked = with_form(&session, client, &another(3)).await;
    assert_eq!(asked, (json!("done"), 1));
    let client = Client::inside(Some(Reply::Yes));
    let asked = with_form(&session, client, &another(20)).await;
    assert_eq!(asked, (json!("done"), 1));
}

#[tokio::test]
async fn a_person_is_asked_in_the_client_at_most_ten_times_a_minute() {
    for reply in [Some(Reply::Yes), Some(Reply::Failed), None] {
        let now = Arc::new(Mutex::new(Moment::now()));
        let clock = {
            let now = Arc::clone(&now);
            Arc::new(move || now.lock().unwrap().clone())
        };
        let world = World::new().await;
        let session = world.with_clock(With::default(), clock);
        let client = || match reply {
            Some(reply) => Client::inside(Some(reply)),
            None => Client::between(),
        };
        for number in 0..10 {
            let (code, _) = with_form(&session, client(), &another(number)).await;
            assert_ne!(code, "busy", "{number}");
        }
        let before = call(&session, "agent_status", json!({})).await.unwrap();
        let (code, asked) = with_form(&session, client(), &another(10)).await;
        assert_eq!((code, asked), (json!("busy"), 0));
        let after = call(&session, "agent_status", json!({})).await.unwrap();
        assert_eq!(
            before["awaitingApproval"], after["awaitingApproval"],
            "it does not wait either"
        );
        // Another agent is not held up by it, and neither is this one a minute later.
        let other = world.with(With {
            token: Some(
                world
                    .zone
                    .issue_token("other", &["keys:read", "keys:write"]),
            ),
            ..With::default()
        });
        assert_ne!(with_form(&other, client(), &another(10)).await.0, "busy");
        let later = now.lock().unwrap().plus(60);
        *now.lock().unwrap() = later;
        assert_ne!(with_form(&session, client(), &another(10)).await.0, "busy");
    }
}

async fn waits(server: &mut Binary, tool: &str, arguments: Value) {
    server
        .say(&super::modern(
            1,
            tool,
            &arguments,
            &Value::Null,
            &json!({}),
        ))
        .await;
    let answer = server.hear().await;
    let code = &answer["result"]["structuredContent"]["code"];
    assert_eq!(code, "confirmation_required", "{answer}");
}

#[tokio::test]
async fn the_list_pages_and_groups_by_agent_and_tool() {
    let place = Place::new("queue").await;
    let mut first = place.start(&[]);
    waits(&mut first, "keys_delete", json!({"keyId": 402})).await;
    for number in 0..18 {
        waits(&mut first, "keys_update", another(number)).await;
    }
    // Another token is another agent of the same name.
    let zone = place.zone.zone();
    let token = place
        .zone
        .issue_token("other", &["keys:read", "keys:write"]);
    let environment = [
        ("MAKE_API_KEY", token.as_str()),
        ("MAKE_ZONE", zone.as_str()),
    ];
    let mut second = Binary::start(&place.home, &environment, &[]);
    for number in 0..4 {
        waits(&mut second, "keys_update", another(number)).await;
    }
    let shown = place.run(&["approve"]).await.stdout;
    let heads = |text: &str| -> Vec<String> {
        let heads = text.lines().filter(|line| line.starts_with("agent "));
        heads.map(str::to_owned).collect()
    };
    let both = [
        "agent env, keys_delete: 1 call",
        "agent env, keys_update: 22 calls",
    ];
    assert_eq!(heads(&shown), both);
    let calls = |text: &str| text.lines().filter(|line| line.contains("key 40")).count();
    assert_eq!(calls(&shown), 20, "{shown}");
    assert!(
        shown.ends_with(
            "3 more: 3 of the agent env\n`approve --all` shows them, `approve --agent NAME` those of one\n"
        ),
        "{shown}"
    );
    let all = place.run(&["approve", "--all"]).await.stdout;
    assert_eq!(
        (heads(&all), calls(&all)),
        (both.map(str::to_owned).to_vec(), 23)
    );
    assert!(!all.contains("more:"), "{all}");
    // The JSON is whole.
    assert_eq!(place.waiting().await.as_array().unwrap().len(), 23);
    let other = place.run(&["approve", "--agent", "bot"]).await;
    assert_eq!(other.stdout, "No call waits for a person\n");
    let own = place.run(&["approve", "--agent=env", "--json"]).await;
    let own: Vec<Value> = serde_json::from_str(&own.stdout).unwrap();
    assert_eq!(own.len(), 23);
    assert_eq!(place.changes(), Vec::<String>::new());
}
