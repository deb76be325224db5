//! What the operator pins beside a secret binds it: each pinned field is one of the type's, and is
//! sent; and an empty place is a place.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;
use serde_json::{Map, Value, json};

use super::{ALL_TOOLS, VALUE, agent, binding, named};
use crate::world::{World, call};

const PLACES: [&str; 6] = ["url", "host", "relay", "region", "apiRoot", "port"];

fn says(path: &str, body: &Value) -> Fault {
    Fault::new(Effect::json(200, body)).on("GET", path)
}

/// Types of keys and fields of a connection that have these fields beside a secret.
fn declare(world: &World, names: &[&str]) {
    let text = |name: &&str| json!({"name": name, "type": "text"});
    let mut parameters = vec![json!({"name": "key", "type": "password"})];
    parameters.extend(names.iter().map(text));
    let types = json!({"keysTypes": [{"name": "apikeyauth", "parameters": parameters}]});
    world.zone.inject(says("/keys/types", &types));
    let mut editable = vec!["apiKey", "url"];
    editable.extend(names);
    let schema = json!({"editableParameters": editable});
    let path = "/connections/104/editable-data-schema";
    world.zone.inject(says(path, &schema));
}

/// Where the secret goes.
fn field(tool: &str) -> String {
    let name = if tool.starts_with("keys") {
        "key"
    } else {
        "apiKey"
    };
    name.to_owned()
}

fn arguments(tool: &str, fields: &Map<String, Value>) -> Value {
    match tool {
        "keys_create" => {
            json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "parameters": fields})
        }
        "keys_update" => json!({"keyId": 402, "parameters": fields}),
        "connections_create" => {
            json!({"teamId": 22, "name": "C", "accountName": "airtable2", "data": fields})
        }
        _ => json!({"connectionId": 104, "data": fields}),
    }
}

fn changes(world: &World) -> usize {
    let sent = world.sent().into_iter();
    sent.filter(|line| !line.starts_with("GET ")).count()
}

#[tokio::test]
async fn a_pin_that_names_no_field_of_the_type_keeps_the_secret_back() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    declare(&world, &["relay"]);
    let pins = [
        ("url", "https://api.example.com"),
        ("host", "api.example.com"),
    ];
    let bound = binding(&["keys_create", "keys_update"], &pins[..1]);
    world.keep("SHOP", VALUE, &bound).await;
    let bound = binding(&["connections_update"], &pins);
    world.keep("CRM", VALUE, &bound).await;
    for (tool, secret, relay) in [
        ("keys_create", "SHOP", false),
        ("keys_update", "SHOP", true),
        ("connections_update", "CRM", true),
    ] {
        for sent in 0..=2 {
            let mut fields = Map::new();
            fields.insert(field(tool), named(secret));
            if relay {
                fields.insert("relay".to_owned(), named(secret));
            }
            let pins = pins.iter().take(sent);
            fields.extend(pins.map(|(name, value)| ((*name).to_owned(), json!(value))));
            let result = call(&bot, tool, arguments(tool, &fields)).await;
            let code = result.unwrap_err().code;
            assert!(
                // What a change would empty is refused first.
                matches!(
                    code,
                    Code::NotGranted | Code::InvalidArguments | Code::WouldBreak
                ),
                "{tool} {fields:?}: {code:?}"
            );
        }
    }
    assert_eq!(changes(&world), 0);
}

/// Place fields × {left out, null, empty, blank} × tools, beside a secret that nothing is pinned for.
#[tokio::test]
async fn an_empty_place_is_pinned_or_left_out() {
    for place in PLACES {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        declare(&world, &[place]);
        let url: &[(&str, &str)] = &[("url", "https://api.example.com")];
        for tool in ALL_TOOLS {
            let is_update = tool == "connections_update";
            if is_update && place == "url" {
                continue;
            }
            let pins = if is_update { url } else { &[] };
            world.keep("FREE", VALUE, &binding(&ALL_TOOLS, pins)).await;
            let mut pinned = pins.to_vec();
            pinned.push((place, ""));
            world
                .keep("EMPTY", VALUE, &binding(&ALL_TOOLS, &pinned))
                .await;
            for (secret, value) in [
                ("FREE", None),
                ("FREE", Some(Value::Null)),
                ("FREE", Some(json!(""))),
                ("FREE", Some(json!(" "))),
                ("EMPTY", None),
                ("EMPTY", Some(Value::Null)),
                ("EMPTY", Some(json!(""))),
                ("EMPTY", Some(json!(" "))),
            ] {
                let mut fields: Map<String, Value> = pins
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), json!(value)))
                    .collect();
                fields.insert(field(tool), named(secret));
                let case = format!("{tool} {place} {secret} {value:?}");
                let passes = match (secret, &value) {
                    // Of a new one it is the default; of a stored one it may be another place.
                    ("FREE", None) => tool.ends_with("_create"),
                    ("EMPTY", Some(value)) => value.as_str() == Some(""),
                    _ => false,
                };
                let value_is_left_out = value.is_none();
                fields.extend(value.map(|value| (place.to_owned(), value)));
                let before = changes(&world);
                let result = call(&bot, tool, arguments(tool, &fields)).await;
                let code = result.err().map(|failure| failure.code);
                // Left out, it would be emptied: that is refused first.
                let wanted = if value_is_left_out && is_update {
                    Code::WouldBreak
                } else {
                    Code::NotGranted
                };
                let wanted = (!passes).then_some(wanted);
                assert_eq!(code, wanted, "{case}");
                assert_eq!(changes(&world) - before, usize::from(passes), "{case}");
            }
        }
    }
}

/// The place alone: the secret that is stored would go to the default.
#[tokio::test]
async fn a_place_is_not_emptied_while_its_secret_stays() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    declare(&world, &["relay"]);
    for value in [json!(""), json!(" "), json!(null)] {
        let fields = json!({"relay": value});
        let given = arguments("keys_update", fields.as_object().unwrap());
        let failure = call(&bot, "keys_update", given).await.unwrap_err();
        assert_eq!(failure.code, Code::InvalidArguments, "{value}");
        assert!(failure.message.contains("leaves the secret"), "{value}");
    }
    assert_eq!(changes(&world), 0);
}

/// A stored key of a type with parameters that Make does not list may hold a place in one of them.
#[tokio::test]
async fn a_secret_joins_no_stored_key_whose_type_cannot_be_read_whole() {
    for below in [
        json!("rpc://more"),
        json!({"name": "url"}),
        json!(["rpc://more"]),
        json!([{"type": "text"}]),
        json!([7]),
    ] {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        world.keep("SHOP", VALUE, &binding(&ALL_TOOLS, &[])).await;
        let types = json!({"keysTypes": [{"name": "apikeyauth", "parameters": [
            {"name": "key", "type": "password"},
            {"name": "placement", "type": "select", "options": [{"value": "header", "nested": below}]}]}]});
        world.zone.inject(says("/keys/types", &types));
        let fields = json!({"key": named("SHOP")});
        let fields = fields.as_object().unwrap();
        let given = arguments("keys_update", fields);
        let failure = call(&bot, "keys_update", given).await.unwrap_err();
        assert_eq!(failure.code, Code::NotGranted, "{below}");
        assert_eq!(changes(&world), 0, "{below}");
        let given = arguments("keys_create", fields);
        call(&bot, "keys_create", given).await.unwrap();
    }
}
