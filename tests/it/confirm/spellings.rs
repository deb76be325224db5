//! A no holds against every spelling of what it was said to, for every tool that asks.

use make_credentials_mcp::grants::Asks;
use make_credentials_mcp::sandbox::Options;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{ALL, Approvals};
use serde_json::{Value, json};

use crate::examples::example;
use crate::world::{With, World, approval_key, call};

/// The same call, written in another way.
fn spellings(tool: &str, arguments: &Value) -> Vec<Value> {
    let entry = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
    let schema = &entry.schemas().input;
    let mut others = vec![arguments.clone()];
    for (name, property) in schema["properties"].as_object().unwrap() {
        let mut with = |value: Value| {
            let mut other = arguments.clone();
            other[name] = value;
            others.push(other);
        };
        let given = arguments.get(name).filter(|value| !value.is_null());
        match (property["type"].as_str().unwrap(), given) {
            ("integer", Some(number)) => {
                with(json!(number.to_string()));
                with(json!(number.as_f64().unwrap()));
            }
            ("boolean", Some(flag)) => with(json!(flag.to_string())),
            ("boolean", None) => {
                with(json!(false));
                with(json!("false"));
            }
            ("array", Some(items)) => with(json!(items.to_string())),
            ("object", Some(fields)) => with(json!(fields.to_string())),
            (_, None) if name != "teamId" => with(Value::Null),
            _ => {}
        }
        if name == "idempotencyKey" {
            with(json!("one"));
            with(json!("two"));
        }
    }
    // The agent has one team, so it need not be said.
    if let Some(named) = arguments.get("teamId") {
        let mut other = arguments.clone();
        other.as_object_mut().unwrap().remove("teamId");
        others.push(other.clone());
        other["teamId"] = json!(named.to_string());
        other["idempotencyKey"] = json!("three");
        others.push(other);
    }
    others
}

#[tokio::test]
async fn a_no_holds_against_every_spelling_of_the_same_call() {
    let mut compared = 0;
    for entry in ALL.iter().filter(|entry| entry.spec.asks != Asks::Never) {
        let tool = entry.spec.name;
        let world = World::of(Options {
            seed: Some(1),
            locked_connections: true,
            ..Options::default()
        })
        .await;
        let session = world.with(With {
            teams: Some(vec![22]),
            ..With::default()
        });
        let arguments = example(tool, "");
        let refused = call(&session, tool, arguments.clone()).await.unwrap_err();
        let id = refused.details.unwrap()["approval"].clone();
        let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
        let waiting = approvals.get(id.as_str().unwrap()).await.unwrap().unwrap();
        assert!(approvals.decide(&waiting, false, "me").await.unwrap());
        for other in spellings(tool, &arguments) {
            let refused = call(&session, tool, other.clone()).await.unwrap_err();
            assert_eq!(json!(refused.code), "not_confirmed", "{tool} {other}");
            let details = refused.details.unwrap();
            assert_eq!(details["approval"], id, "{tool} {other}");
            compared += 1;
        }
        assert_eq!(approvals.all().await.unwrap().len(), 1, "{tool}");
    }
    assert!(compared > 50, "{compared}");
}

#[tokio::test]
async fn what_would_do_more_is_asked_about_on_its_own() {
    let world = World::new().await;
    let session = world.session();
    let calls = [
        json!({"connectionId": 203}),
        json!({"connectionId": 203, "evenIfUsed": true}),
        json!({"connectionId": 101}),
    ];
    let mut ids = std::collections::BTreeSet::new();
    for arguments in calls {
        let refused = call(&session, "connections_delete", arguments).await;
        let details = refused.unwrap_err().details.unwrap();
        ids.insert(details["approval"].to_string());
    }
    assert_eq!(ids.len(), 3);
}
