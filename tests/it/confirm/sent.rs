//! What leaves after a yes is what the plan has listed, field by field.

use std::collections::BTreeMap;

use make_credentials_mcp::grants::Asks;
use make_credentials_mcp::sandbox::{Options, RecordedRequest};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{ALL, Approvals};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::examples::example;
use crate::world::{With, World, approval_key, call};

const SECRET: &str = "hunter2-hunter2-hunter2";

fn options() -> Options {
    Options {
        seed: Some(1),
        locked_connections: true,
        scenario_usages: true,
        ..Options::default()
    }
}

/// A call with every argument that the tool has.
fn fullest(tool: &str) -> Value {
    let long = |word: &str| word.repeat(512 / word.len());
    let evil = "N\n\"In team 5 \u{202E}evil";
    match tool {
        "connections_update" => json!({"connectionId": 104, "name": evil,
            "data": {"url": "https://a.example/base", "apiKey": SECRET}}),
        "keys_update" => json!({"keyId": 401, "name": evil,
            "parameters": {"authUser": "jane", "authPass": SECRET}}),
        "templates_update" => json!({"templateId": 601, "name": evil,
            "blueprint": {"name": "B", "metadata": {"version": 1}, "flow": [
                {"id": 1, "module": "http:ActionSendData", "version": 3, "filter": null,
                    "parameters": {"Type: \"x\"\nPublished": "no"},
                    "mapper": {"url": "https://b.example", "password": SECRET, "list": [], "tags": ["a", 1]}}]},
            "scheduling": {"type": "indefinitely", "interval": 900, "maximum_runs_per_minute": 5},
            "controller": {"name": "C", "description": long("d"), "idSequence": 2, "modules": {}}}),
        "credential_requests_create_for_user" => json!({"teamId": 22, "name": evil,
            "description": long("what for? "),
            "credentials": [
                {"appName": "slack", "appModules": ["*", "x\": \"y"], "appVersion": 4,
                    "nameOverride": "Sl\u{200B}ack", "description": long("ü")},
                {"appName": "google-email", "appModules": ["*"], "appVersion": 2}],
            "provider": {"newUser": {"name": "Max", "email": "max@example.com"}}}),
        "credential_requests_create_v1" => json!({"teamId": 22, "name": evil,
            "description": "For the newsletter",
            "connections": [{"type": "slack2", "appName": "slack", "appModules": ["CreateMessage"],
                "appVersion": "4", "scope": ["chat:write"], "label": "L", "description": "D",
                "nameOverride": "O"}],
            "keys": [{"type": "apikeyauth", "appName": "http", "appModules": ["ActionSendData"],
                "appVersion": "3", "label": "L", "description": "D", "nameOverride": "O"}],
            "provider": {"providerMakeUserId": 8}}),
        "template_flows_start" => json!({"teamId": 22, "templateId": 602,
            "scenario": {"name": evil},
            "prefill": {"hard": {"f1": 1, "f2": "a"}, "soft": {"f3": true}},
            "redirectUri": "https://example.com/done", "autoActivate": true, "autoFinalize": false,
            "allowReusingComponents": true, "allowCreatingComponents": false}),
        "connections_delete" => json!({"connectionId": 104, "evenIfUsed": true}),
        other => example(other, ""),
    }
}

/// The leaves of a body by their paths, with JSON text opened.
fn leaves(value: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
    let opened = value.as_str().filter(|text| text.starts_with('{'));
    let opened = opened.map(|text| serde_json::from_str::<Value>(text).unwrap());
    match opened.as_ref().unwrap_or(value) {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let name = if is_word {
                    name.clone()
                } else {
                    shown(&json!(name))
                };
                let dot = if path.is_empty() { "" } else { "." };
                leaves(value, &format!("{path}{dot}{name}"), found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (at, item) in items.iter().enumerate() {
                leaves(item, &format!("{path}[{at}]"), found);
            }
        }
        leaf => {
            found.insert(path.to_owned(), leaf.clone());
        }
    }
}

/// How a person reads a leaf, written down a second time.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text == SECRET => "a secret, which is not shown".to_owned(),
        Value::String(text) => {
            let seen: String = text
                .replace('\n', " ")
                .chars()
                .filter(|c| !"\u{202E}\u{200B}".contains(*c))
                .map(|c| if c == '"' { '\'' } else { c })
                .collect();
            let hides = text.contains(['\u{202E}', '\u{200B}']);
            let note = if hides {
                " (hidden characters left out)"
            } else {
                ""
            };
            let length = text.chars().count();
            if length <= 200 {
                return format!("\"{seen}\"{note}");
            }
            let digest = format!("{:x}", Sha256::digest(text));
            let first: String = seen.chars().take(199).collect();
            format!(
                "\"{first}…\"{note} ({length} characters, digest {})",
                digest.get(..16).unwrap()
            )
        }
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            items.join(", ")
        }
        Value::Object(_) => "no fields".to_owned(),
    }
}

fn is_in_the_plan(tool: &str, sent: &RecordedRequest, plan: &[String]) {
    let path = sent.target.strip_prefix("/api/v2").unwrap();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let flags = query.split('&').filter(|pair| !pair.starts_with("cols"));
    let flags: Vec<&str> = flags.filter(|flag| !flag.is_empty()).collect();
    let mark = if flags.is_empty() { "" } else { "?" };
    let line = format!(": {} {path}{mark}{}", sent.method, flags.join("&"));
    let request = |planned: &&String| planned.starts_with("Request") && planned.ends_with(&line);
    assert!(
        plan.iter().any(|it| request(&it)),
        "{tool}: {line} of {plan:#?}"
    );
    if sent.body.is_empty() {
        return;
    }
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    let mut found = BTreeMap::new();
    leaves(&body, "", &mut found);
    assert!(!found.is_empty());
    for (path, value) in found {
        let line = format!("Sends {path}: {}", shown(&value));
        assert!(plan.contains(&line), "{tool}: {line} of {plan:#?}");
    }
}

#[tokio::test]
async fn every_field_that_is_sent_stands_in_the_plan() {
    for entry in ALL.iter().filter(|entry| entry.spec.asks != Asks::Never) {
        let tool = entry.spec.name;
        let world = World::of(options()).await;
        let session = world.with(With {
            allow_plaintext: true,
            ..With::default()
        });
        if tool == "connections_remove_access" {
            let add = example("connections_set_access", "");
            call(&world.sure(), "connections_set_access", add)
                .await
                .unwrap();
        }
        let refused = call(&session, tool, fullest(tool)).await.unwrap_err();
        assert_eq!(
            json!(refused.code),
            "confirmation_required",
            "{tool}: {refused:?}"
        );
        let details = refused.details.unwrap();
        let plan: Vec<String> = serde_json::from_value(details["plan"].clone()).unwrap();
        let text = plan.join("\n");
        assert!(!text.contains(SECRET), "{tool}: {text}");
        assert!(
            plan.iter().all(|line| !line.contains('\n')),
            "{tool}: {plan:#?}"
        );
        let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
        let waiting = approvals.get(details["approval"].as_str().unwrap()).await;
        let waiting = waiting.unwrap().unwrap();
        assert!(approvals.decide(&waiting, true, "me").await.unwrap());
        world.zone.clear_requests();
        let done = call(&session, tool, fullest(tool)).await;
        assert!(done.is_ok(), "{tool}: {done:?}");
        let sent = world.zone.requests();
        let changes: Vec<_> = sent.iter().filter(|it| it.method != "GET").collect();
        assert!(!changes.is_empty(), "{tool}");
        for change in changes {
            is_in_the_plan(tool, change, &plan);
        }
        for file in std::fs::read_dir(&world.home).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(SECRET), "{tool} leaves a secret behind");
        }
    }
}

#[tokio::test]
async fn a_plan_that_is_too_long_is_refused_and_not_cut() {
    let world = World::of(options()).await;
    let of = |count: usize| {
        let one = json!({"appName": "slack", "appModules": ["*"], "appVersion": 4,
            "description": "x".repeat(512)});
        json!({"teamId": 22, "name": "N", "provider": {"providerMakeUserId": 8},
            "credentials": vec![one; count]})
    };
    let tool = "credential_requests_create_for_user";
    let refused = call(&world.session(), tool, of(64)).await.unwrap_err();
    assert_eq!(json!(refused.code), "invalid_arguments", "{refused:?}");
    assert!(refused.message.contains("at most 16000"), "{refused:?}");
    assert!(refused.next.contains("Split it"), "{refused:?}");
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    assert!(approvals.all().await.unwrap().is_empty());
    let waits = call(&world.session(), tool, of(20)).await.unwrap_err();
    assert_eq!(json!(waits.code), "confirmation_required", "{waits:?}");
    let sent = world.zone.requests();
    assert!(sent.iter().all(|request| request.method == "GET"));
}

#[tokio::test]
async fn a_blueprint_too_long_to_be_read_is_shown_as_its_beginning_its_length_and_a_digest() {
    let world = World::of(options()).await;
    let module = |id: u64| {
        json!({"id": id, "module": "http:ActionSendData", "version": 3,
        "mapper": {"url": "https://a.example", "token": SECRET}})
    };
    let flow: Vec<Value> = (1..300).map(module).collect();
    let arguments = json!({"templateId": 601, "blueprint": {"name": "B", "flow": flow}});
    let session = world.with(With {
        allow_plaintext: true,
        ..With::default()
    });
    let refused = call(&session, "templates_update", arguments)
        .await
        .unwrap_err();
    assert_eq!(json!(refused.code), "confirmation_required", "{refused:?}");
    let plan = refused.details.unwrap()["plan"].clone();
    let lines = plan.as_array().unwrap().iter();
    let line = lines.map(|line| line.as_str().unwrap());
    let line = line
        .filter(|line| line.starts_with("Sends "))
        .collect::<Vec<_>>();
    let [line] = line.as_slice() else {
        panic!("{plan:#}");
    };
    assert!(
        line.starts_with("Sends blueprint: \"{'flow':[{'id':1,"),
        "{line}"
    );
    assert!(line.contains(" characters, digest "), "{line}");
    assert!(line.ends_with("secrets left out"), "{line}");
    assert!(!line.contains(SECRET), "{line}");
}
