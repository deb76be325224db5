//! A secret that is stored at Make, or that a person is about to type there, goes where it was meant
//! to go: nobody moves the rest of the key, the connection or the form around it.

use serde_json::{Value, json};

use super::{VALUE, agent, binding, named};
use crate::world::{World, call};
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;

const URL: &str = "https://api.example.com";
const EVIL: &str = "https://evil.example";

fn says(body: &Value) -> Effect {
    Effect::json(200, &body)
}

fn changes(world: &World) -> Vec<String> {
    let sent = world.sent();
    let changes = sent.into_iter().filter(|line| !line.starts_with("GET "));
    changes.collect()
}

#[tokio::test]
async fn the_place_of_a_key_does_not_change_without_its_secret() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    let set = binding(
        &["keys_create", "keys_update"],
        &[("url", URL), ("apiHost", URL)],
    );
    world.keep("SHOP", VALUE, &set).await;
    let types = json!({"keysTypes": [{"name": "apikeyauth", "parameters": [
        {"name": "key", "type": "password"}, {"name": "url", "type": "url"}, {"name": "apiHost", "type": "text"}]}]});
    let types = Fault::new(says(&types)).on("GET", "/keys/types");
    world.zone.inject(types);
    for parameters in [json!({"url": EVIL}), json!({"apiHost": EVIL})] {
        let arguments = json!({"keyId": 402, "parameters": parameters});
        let failure = call(&bot, "keys_update", arguments).await.unwrap_err();
        assert_eq!(failure.code, Code::InvalidArguments, "{}", failure.message);
        assert!(failure.message.contains("leaves the secret"));
    }
    // A name that only sounds like a place is one.
    let elsewhere = json!({"key": named("SHOP"), "url": URL, "apiHost": EVIL});
    let arguments = json!({"keyId": 402, "parameters": elsewhere});
    let failure = call(&bot, "keys_update", arguments).await.unwrap_err();
    assert_eq!(failure.code, Code::NotGranted, "{}", failure.message);
    assert_eq!(changes(&world), [""; 0]);
    let right = json!({"key": named("SHOP"), "url": URL, "apiHost": URL});
    let arguments = json!({"keyId": 402, "parameters": right});
    call(&bot, "keys_update", arguments).await.unwrap();
}

#[tokio::test]
async fn a_connection_whose_other_half_cannot_be_seen_is_not_changed() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    world
        .keep("SHOP", VALUE, &binding(&["connections_update"], &[]))
        .await;
    for (editable, data, code) in [
        // The secret stays, and would go to another place.
        (json!(["url"]), json!({"url": EVIL}), Code::InvalidArguments),
        // The place stays, and whoever made the connection chose it.
        (
            json!(["apiKey"]),
            json!({"apiKey": named("SHOP")}),
            Code::NotGranted,
        ),
    ] {
        world.zone.clear_faults();
        let schema = says(&json!({"editableParameters": editable}));
        let schema = Fault::new(schema).on("GET", "/connections/104/editable-data-schema");
        world.zone.inject(schema);
        let arguments = json!({"connectionId": 104, "data": data});
        let failure = call(&bot, "connections_update", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, code, "{editable}: {}", failure.message);
    }
    assert_eq!(changes(&world), [""; 0]);
}

#[tokio::test]
async fn what_is_filled_in_for_a_person_holds_no_secret_and_fixes_no_place() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    let tool = "credential_requests_create_by_credentials";
    let key = |prefill: Value| json!({"teamId": 22, "keys": [{"type": "apikeyauth", "prefill": prefill}]});
    let connection = |prefill: Value| json!({"teamId": 22, "connections": [{"type": "airtable2", "prefill": prefill}]});
    let secret = json!({"hard": {"key": "sk-live-123456789"}});
    let flow = json!({"teamId": 22, "templateId": 602, "prefill": {"soft": {"apiKey": "sk-live-123456789"}}});
    for (tool, arguments, code) in [
        (tool, key(secret), Code::PlaintextSecretRefused),
        (
            tool,
            connection(json!({"soft": {"api_token": "sk-live-123456789"}})),
            Code::PlaintextSecretRefused,
        ),
        ("template_flows_start", flow, Code::PlaintextSecretRefused),
        (
            tool,
            connection(json!({"hard": {"url": EVIL}})),
            Code::InvalidArguments,
        ),
        (
            tool,
            connection(json!({"hard": {"loginHost": EVIL}})),
            Code::InvalidArguments,
        ),
    ] {
        let failure = call(&bot, tool, arguments).await.unwrap_err();
        assert_eq!(failure.code, code, "{}", failure.message);
    }
    assert_eq!(changes(&world), [""; 0]);
    // What the person sees and can change may be filled in.
    let soft = connection(json!({"soft": {"url": URL}}));
    call(&bot, tool, soft).await.unwrap();
}
