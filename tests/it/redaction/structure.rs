//! Every name of the protocol and of our schemas as a secret: each answer and each error is still
//! a message with its id, and has its fields.

use std::collections::BTreeSet;

use make_credentials_mcp::mcp::is_part_of_the_protocol;
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::secret::{Secret, Strength};
use make_credentials_mcp::tools::{ALL, Session};
use serde_json::{Value, json};

use crate::examples::example;
use crate::untrusted::wire::{Era, Wire};
use crate::world::World;

/// The names of all fields, in schemas and in messages.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            found.insert(name.clone());
            names(field, found);
        }),
        _ => {}
    }
}

/// Values that are no names and may stand in a message as they are.
const OTHERS: [&str; 8] = [
    "123456789012",
    "\"jsonrpc\":\"2.0\"",
    "{\"jsonrpc\":\"2.0\",\"id\":",
    "\"isError\":false",
    "true,\"isError\"",
    "],\"structuredContent\":{\"",
    "invalid_arguments",
    "connections_list",
];

fn secrets() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = OTHERS.iter().map(|&text| text.to_owned()).collect();
    for entry in ALL.iter() {
        names(&json!(*entry.schemas().input), &mut all);
        names(&json!(*entry.schemas().output), &mut all);
    }
    all.extend(
        [
            "structuredContent",
            "inputRequests",
            "notifications/progress",
            "protocolVersion",
        ]
        .map(str::to_owned),
    );
    all.retain(|name| name.len() >= 8);
    all
}

fn hide(session: &Session, secret: &str) {
    let secret = Secret::new(secret.to_owned());
    assert!(session.scrubber().add(&secret, Strength::Named));
}

/// The answer to a call, which must be a message with this id.
async fn answer(wire: &mut Wire, tool: &str, arguments: &Value) -> Value {
    let id = "structuredContent";
    let params = json!({"name": tool, "arguments": arguments});
    let line = wire.ask(id, "tools/call", params).await;
    let message: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&message["jsonrpc"], &message["id"]),
        (&json!("2.0"), &json!(id)),
        "{line}"
    );
    assert!(
        message["error"].is_object() || message["result"].is_object(),
        "{line}"
    );
    if let Some(text) = message["result"]["content"][0]["text"].as_str() {
        let text: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("{line}"));
        assert_eq!(text, message["result"]["structuredContent"], "{line}");
    }
    message
}

#[tokio::test]
async fn every_answer_is_a_message_with_its_fields_when_all_names_are_secrets() {
    let (plain, hidden) = (World::new().await, World::new().await);
    let mut before = Wire::open(plain.sure(), Era::Modern).await;
    let session = hidden.sure();
    for secret in secrets() {
        hide(&session, &secret);
    }
    let mut after = Wire::open(session, Era::Modern).await;
    let mut counted = 0;
    for entry in ALL.iter().filter(|entry| entry.spec.effect.only_reads()) {
        let tool = entry.spec.name;
        for arguments in [example(tool, ""), json!({"noSuchArgument": 1})] {
            let expected = answer(&mut before, tool, &arguments).await;
            let shown = answer(&mut after, tool, &arguments).await;
            let fields = |message: &Value| {
                let fields = message["result"]["structuredContent"].as_object();
                fields.map(|fields| fields.keys().cloned().collect::<Vec<_>>())
            };
            assert_eq!(fields(&shown), fields(&expected), "{tool}");
            if shown["result"]["isError"] == false {
                counted += 1;
            }
        }
    }
    assert!(counted > 15, "{counted}");
    let refusal = json!({"message": "connectionId", "detail": "x", "code": "SC400"});
    hidden.zone.inject(Fault::new(Effect::json(400, &refusal)));
    for entry in ALL.iter() {
        answer(&mut after, entry.spec.name, &example(entry.spec.name, "")).await;
    }
    let lists =
        |lines: [String; 2]| lines.map(|line| serde_json::from_str::<Value>(&line).unwrap());
    assert_eq!(lists(before.listed().await), lists(after.listed().await));
}

#[tokio::test]
async fn one_name_as_a_secret_changes_no_message() {
    let world = World::new().await;
    for secret in secrets() {
        let session = world.session();
        hide(&session, &secret);
        let mut wire = Wire::open(session, Era::Handshake).await;
        for (tool, arguments) in [
            ("connections_list", json!({"teamId": 22})),
            ("connections_get", json!({"connectionId": "x"})),
        ] {
            answer(&mut wire, tool, &arguments).await;
        }
    }
}

/// The list of the protocol's names has all that are sent.
#[tokio::test]
async fn each_name_around_an_answer_is_known_as_one_of_the_protocol() {
    let world = World::new().await;
    let mut found = BTreeSet::new();
    for era in [Era::Handshake, Era::Modern] {
        let mut wire = Wire::with(world.session(), era, json!({"elicitation": {}})).await;
        let mut lines = Vec::from(wire.listed().await);
        lines.push(wire.ask("a", "ping", json!({})).await);
        lines.push(wire.ask("b", "no/such", json!({})).await);
        lines.push(wire.call("connections_list", &json!({"teamId": 22})).await);
        lines.push(wire.call("connections_get", &json!({})).await);
        if era == Era::Modern {
            lines.push(wire.ask("d", "server/discover", json!({})).await);
            let delete = json!({"connectionId": 203});
            lines.push(wire.call("connections_delete", &delete).await);
        }
        for line in lines {
            names(&serde_json::from_str(&line).unwrap(), &mut found);
        }
    }
    let unknown: Vec<&String> = found
        .iter()
        .filter(|name| !is_part_of_the_protocol(name))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(
        found.contains("inputRequests") && found.contains("isError"),
        "{found:?}"
    );
}
