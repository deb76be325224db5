//! How many calls may wait, and how a person reads the list of them.

use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::Approvals;
use serde_json::{Value, json};

use super::Place;
use crate::binary::Binary;
use crate::world::{World, approval_key, call};

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
