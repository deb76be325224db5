//! A no is to what changes something at the object: what the object has already, what says nothing
//! and another spelling make no new question of it. What changes more is one, and its plan says so.

use make_credentials_mcp::grants::Asks;
use make_credentials_mcp::sandbox::{Options, seeded};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{ALL, Approvals, Session};
use serde_json::{Value, json};

use crate::examples::example;
use crate::world::{World, approval_key, call};

async fn world() -> World {
    World::of(Options {
        seed: Some(1),
        locked_connections: true,
        ..Options::default()
    })
    .await
}

fn approvals(world: &World) -> Approvals {
    Approvals::at(State::at(Some(world.home.clone())), approval_key())
}

/// What a call that needs a yes ends with: its code, its approval and its plan.
async fn refused(session: &Session, tool: &str, arguments: &Value) -> (Value, String, Vec<String>) {
    let refused = call(session, tool, arguments.clone()).await;
    let refused = refused.expect_err(tool);
    let code = json!(refused.code);
    let details = refused
        .details
        .unwrap_or_else(|| panic!("{tool} {arguments}: {code}"));
    let plan = details["plan"].as_array().cloned().unwrap_or_default();
    let plan = plan.iter().map(|line| line.as_str().unwrap().to_owned());
    let id = details["approval"].as_str().unwrap().to_owned();
    (code, id, plan.collect())
}

/// Lets a call wait, and has a person say no.
async fn said_no(world: &World, session: &Session, tool: &str, arguments: &Value) -> String {
    let (code, id, _) = refused(session, tool, arguments).await;
    assert_eq!(code, "confirmation_required", "{tool} {arguments}");
    let approvals = approvals(world);
    let waiting = approvals.get(&id).await.unwrap().unwrap();
    assert!(approvals.decide(&waiting, false, "me").await.unwrap());
    id
}

/// Calls of a tool, each with the optional arguments that an object of it stores. Another tool that
/// asks says here what its objects store, or that they store none of its arguments.
fn bases(tool: &str) -> Vec<(Value, &'static [&'static str])> {
    let base = example(tool, "");
    match tool {
        "connections_update" => {
            let data = base["data"].clone();
            vec![(json!({"connectionId": 104, "data": data}), &["name"])]
        }
        "keys_update" => vec![(base, &["name"])],
        "templates_update" => {
            let flow = json!([{"id": 1, "module": "http:ActionSendData", "mapper": {}}]);
            let blueprint = json!({"name": "Weekly report", "flow": flow});
            vec![
                (base, &["name", "blueprint", "controller"]),
                (
                    json!({"templateId": 601, "blueprint": blueprint}),
                    &["name", "scheduling", "controller", "blueprint/metadata"],
                ),
            ]
        }
        "template_flows_start" => vec![(base, &["scenario/name"])],
        "connections_delete"
        | "connections_remove_access"
        | "connections_set_access"
        | "credential_requests_create_for_user"
        | "credential_requests_create_v1"
        | "credential_requests_credential_delete"
        | "credential_requests_delete"
        | "keys_delete"
        | "templates_delete"
        | "templates_publish" => vec![(base, &[])],
        other => panic!("{other}: which of its arguments does its object store?"),
    }
}

/// What the object has in the place of this argument.
async fn stored(session: &Session, tool: &str, argument: &str) -> Value {
    match (tool, argument) {
        ("connections_update", _) => {
            let got = call(session, "connections_get", json!({"connectionId": 104})).await;
            got.unwrap()["connection"]["name"].clone()
        }
        ("keys_update", _) => {
            let got = call(session, "keys_get", json!({"keyId": 401})).await;
            got.unwrap()["key"]["name"].clone()
        }
        ("template_flows_start", _) => json!("Newsletter intake"),
        (_, "name") => json!("Weekly report"),
        (_, argument) => {
            let template = json!({"templateId": 601});
            let got = call(session, "templates_get_blueprint", template).await;
            let got = got.unwrap();
            match argument {
                "blueprint" => json!({"name": got["name"], "flow": got["flow"],
                    "metadata": got["metadata"]}),
                "blueprint/metadata" => got["metadata"].clone(),
                part => got[part].clone(),
            }
        }
    }
}

/// The same value, written in other ways that change nothing.
fn spellings(value: &Value) -> Vec<Value> {
    let mut others = vec![value.clone()];
    match value {
        Value::String(text) => {
            others.push(json!(format!(" {text}")));
            others.push(json!(text.replace(' ', "  ")));
            others.push(json!(format!("\"{text}\"")));
            others.push(json!(format!("{text}\u{200B}")));
        }
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("none".to_owned(), Value::Null);
            others.push(Value::Object(more));
            let reversed: Vec<String> = fields
                .iter()
                .rev()
                .map(|(name, value)| format!("{}:{value}", json!(name)))
                .collect();
            others.push(json!(format!("{{{}}}", reversed.join(", "))));
        }
        _ => {}
    }
    others
}

/// The same call with this in addition.
fn with(base: &Value, argument: &str, value: Value) -> Value {
    let mut call = base.clone();
    match argument.split_once('/') {
        None => call[argument] = value,
        Some((object, name)) => call[object][name] = value,
    }
    call
}

#[tokio::test]
async fn a_no_holds_when_what_the_object_has_already_is_sent_besides() {
    let mut compared = 0;
    for entry in ALL.iter().filter(|entry| entry.spec.asks != Asks::Never) {
        let tool = entry.spec.name;
        for (base, arguments) in bases(tool) {
            let world = world().await;
            let session = world.session();
            let id = said_no(&world, &session, tool, &base).await;
            for argument in arguments {
                let value = stored(&session, tool, argument).await;
                for value in spellings(&value) {
                    let other = with(&base, argument, value);
                    let (code, other_id, _) = refused(&session, tool, &other).await;
                    assert_eq!(
                        (code, &other_id),
                        (json!("not_confirmed"), &id),
                        "{tool} {other}"
                    );
                    compared += 1;
                }
                // A value of its own is a question of its own, which tells of the no.
                if argument.ends_with("name") {
                    let other = with(&base, argument, json!("Payroll"));
                    let (code, other_id, plan) = refused(&session, tool, &other).await;
                    assert_eq!(code, "confirmation_required", "{tool} {other}");
                    assert_ne!(other_id, id, "{tool} {other}");
                    let told =
                        format!("You refused this agent less than a minute before: {tool}: ");
                    assert!(plan[1].starts_with(&told), "{tool}: {plan:?}");
                }
            }
            assert!(world.sent().iter().all(|line| line.starts_with("GET ")));
        }
    }
    assert!(compared > 30, "{compared}");
}

#[tokio::test]
async fn a_no_to_data_holds_whatever_says_nothing_in_it() {
    let world = world().await;
    let session = world.session();
    let refused_call = json!({"keyId": 401, "parameters": {"authUser": "jane", "authPass": null}});
    let id = said_no(&world, &session, "keys_update", &refused_call).await;
    for parameters in [
        json!({"authPass": null, "authUser": "jane"}),
        json!({"authUser": "jane"}),
        json!({"authUser": " jane ", "authPass": ""}),
        json!("{\"authPass\": null, \"authUser\": \"jane\"}"),
    ] {
        let other = json!({"keyId": 401, "parameters": parameters});
        let (code, other_id, _) = refused(&session, "keys_update", &other).await;
        assert_eq!(
            (code, &other_id),
            (json!("not_confirmed"), &id),
            "{parameters}"
        );
    }
}

#[tokio::test]
async fn a_yes_is_for_the_very_values_that_were_shown_whatever_a_no_tells_apart() {
    let world = world().await;
    let session = world.session();
    let shown = json!({"keyId": 401, "parameters": {"authUser": "jane"}});
    let (_, id, _) = refused(&session, "keys_update", &shown).await;
    let approvals = approvals(&world);
    let waiting = approvals.get(&id).await.unwrap().unwrap();
    assert!(approvals.decide(&waiting, true, "me").await.unwrap());
    for user in ["jane ", "ja ne", "\"jane\"", "ｊane"] {
        let other = json!({"keyId": 401, "parameters": {"authUser": user}});
        let (code, other_id, _) = refused(&session, "keys_update", &other).await;
        assert_eq!(code, "confirmation_required", "{user}");
        assert_ne!(other_id, id, "{user}");
    }
    assert!(world.sent().iter().all(|line| line.starts_with("GET ")));
    assert!(call(&session, "keys_update", shown).await.is_ok());
}

#[tokio::test]
async fn a_plan_tells_what_the_same_agent_was_refused_about_the_same_object() {
    let world = world().await;
    let session = world.session();
    let credentials = json!({"requestId": seeded::AUTHORIZED_REQUEST, "withCredentials": true});
    // What goes along with the request: a no to one of them is a no to part of it.
    let (_, _, plan) = refused(&session, "credential_requests_delete", &credentials).await;
    let goes = plan
        .iter()
        .find(|line| line.starts_with("Connections and keys that go"));
    let goes = goes.unwrap().split("connection ").nth(1).unwrap();
    let number: u64 = goes.split(' ').next().unwrap().parse().unwrap();
    let delete = json!({"connectionId": number});
    said_no(&world, &session, "connections_delete", &delete).await;
    let told = format!(
        "You refused this agent less than a minute before: connections_delete: Delete connection {number} "
    );
    let (_, _, plan) = refused(&session, "credential_requests_delete", &credentials).await;
    assert!(plan.iter().any(|line| line.starts_with(&told)), "{plan:?}");
    let more = json!({"connectionId": number, "evenIfUsed": true});
    let (_, _, plan) = refused(&session, "connections_delete", &more).await;
    assert!(plan.iter().any(|line| line.starts_with(&told)), "{plan:?}");
    // Of another object nothing is told.
    let other = json!({"connectionId": 203});
    let (_, _, plan) = refused(&session, "connections_delete", &other).await;
    assert!(!plan.join("\n").contains("refused"), "{plan:?}");
}
