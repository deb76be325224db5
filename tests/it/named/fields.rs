//! Parameters of keys: what is not known to be harmless is a secret or a place, whatever type Make
//! gives it.

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use super::{ALL_TOOLS, VALUE, agent, binding, named};
use crate::world::{With, World, call};

/// Text parameters that no list names: the known attacks, and names made from parts.
fn unknown_names() -> Vec<String> {
    let known = [
        "relay",
        "apiRoot",
        "gateway",
        "ip",
        "authority",
        "publicKey",
        "username",
    ];
    let mut names: Vec<String> = known.map(str::to_owned).into();
    for first in ["my", "x_", "Alt", "second-"] {
        for second in ["relay", "Note", "pin", "label", "Path"] {
            names.push(format!("{first}{second}"));
        }
    }
    names
}

fn types(kind: &str, name: &str) -> Fault {
    let mut declared = json!({"name": name, "type": kind});
    if kind == "select" {
        declared["options"] = json!([{"value": "plain"}, {"value": "eu"}]);
    }
    let types = json!({"keysTypes": [{"name": "apikeyauth", "parameters": [
        {"name": "key", "type": "password"}, declared]}]});
    Fault::new(Effect::json(200, &types)).on("GET", "/keys/types")
}

fn calls(parameters: &Value) -> [(&'static str, Value); 2] {
    [
        (
            "keys_create",
            json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "parameters": parameters}),
        ),
        (
            "keys_update",
            json!({"keyId": 402, "parameters": parameters}),
        ),
    ]
}

fn changes(world: &World) -> usize {
    let sent = world.sent().into_iter();
    sent.filter(|line| !line.starts_with("GET ")).count()
}

#[tokio::test]
async fn an_unknown_text_parameter_takes_a_named_secret_and_no_literal_that_is_not_pinned() {
    for name in unknown_names() {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        world.zone.inject(types("text", &name));
        let pinned = binding(&ALL_TOOLS, &[(name.as_str(), "relay.example.com")]);
        world.keep("PINNED", VALUE, &pinned).await;
        world.keep("FREE", VALUE, &binding(&ALL_TOOLS, &[])).await;
        let right = "relay.example.com";
        for (secret, value, code) in [
            // Alone it is a secret in plain text, or moves the secret that is stored.
            (None, json!("evil.example"), None),
            (Some("FREE"), json!("evil.example"), Some(Code::NotGranted)),
            (Some("FREE"), json!(7), Some(Code::NotGranted)),
            (Some("FREE"), json!(true), Some(Code::NotGranted)),
            (
                Some("PINNED"),
                json!("evil.example"),
                Some(Code::NotGranted),
            ),
            (Some("PINNED"), json!([right]), Some(Code::NotGranted)),
            (Some("PINNED"), Value::Null, Some(Code::NotGranted)),
        ] {
            let mut parameters = json!({&name: value});
            if let Some(secret) = secret {
                parameters["key"] = named(secret);
            }
            for (tool, arguments) in calls(&parameters) {
                let failure = call(&bot, tool, arguments).await.unwrap_err();
                let alone = match tool {
                    "keys_create" => Code::PlaintextSecretRefused,
                    _ => Code::InvalidArguments,
                };
                assert_eq!(failure.code, code.unwrap_or(alone), "{tool} {parameters}");
            }
        }
        assert_eq!(changes(&world), 0, "{name}");
        for (parameters, wanted) in [
            (
                json!({&name: right, "key": named("PINNED")}),
                json!({&name: right, "key": VALUE}),
            ),
            (
                json!({&name: named("FREE"), "key": named("FREE")}),
                json!({&name: VALUE, "key": VALUE}),
            ),
        ] {
            for (tool, arguments) in calls(&parameters) {
                call(&bot, tool, arguments).await.unwrap();
                assert_eq!(world.last_body()["parameters"], wanted, "{tool} {name}");
            }
        }
        // What is left out of a new key is Make's default; of a stored one it may be a place.
        let [create, update] = calls(&json!({"key": named("FREE")}));
        call(&bot, create.0, create.1).await.unwrap();
        let failure = call(&bot, update.0, update.1).await.unwrap_err();
        assert_eq!(failure.code, Code::NotGranted, "{name}");
        assert_eq!(failure.details.unwrap()["fields"], json!([name]));
    }
}

#[tokio::test]
async fn a_parameter_beside_a_named_secret_is_as_plain_as_its_type_its_name_and_its_value() {
    let denied = Some(Code::NotGranted);
    for (kind, name, value, refusal) in [
        ("text", "authUser", json!("jane@example.com"), None),
        ("text", "name", json!("X-API-Key"), None),
        ("text", "name", json!("a.example/x"), denied),
        ("text", "authUser", json!("evil.example"), denied),
        ("text", "keyEncoding", json!("//h"), denied),
        ("text", "method", json!("h:443"), denied),
        ("text", "teamId", json!("10.0.0.1"), denied),
        ("text", "placement", json!("user@evil.example"), denied),
        ("text", "keyId", json!("4F1C"), None),
        ("select", "flavour", json!("plain"), None),
        ("select", "flavour", json!("https://evil.example"), denied),
        ("select", "region", json!("eu"), denied),
        ("boolean", "verbose", json!(true), None),
        ("boolean", "verbose", json!("evil"), denied),
        ("boolean", "useProxy", json!(true), denied),
        ("number", "rounds", json!(12), None),
        ("number", "port", json!(8443), denied),
        ("date", "validUntil", json!("2027-01-31"), None),
        ("url", "name", json!("https://evil.example"), denied),
        ("hologram", "placement", json!("header"), denied),
        ("email", "contact", json!("jane@example.com"), denied),
    ] {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        world.zone.inject(types(kind, name));
        world.keep("SHOP", VALUE, &binding(&ALL_TOOLS, &[])).await;
        let parameters = json!({name: value, "key": named("SHOP")});
        for (tool, arguments) in calls(&parameters) {
            let result = call(&bot, tool, arguments).await;
            let code = result.err().map(|failure| failure.code);
            assert_eq!(code, refusal, "{tool} {kind} {parameters}");
        }
        let sent = if refusal.is_none() { 2 } else { 0 };
        assert_eq!(changes(&world), sent, "{kind} {parameters}");
    }
}

#[tokio::test]
async fn the_key_of_an_aes_key_is_a_secret_although_make_calls_it_text() {
    let literal = "3132333435363738393031323334353637383930";
    let world = World::new().await;
    let bot = agent(&world, "bot");
    world.keep("AES", VALUE, &binding(&ALL_TOOLS, &[])).await;
    let key = |value: Value| json!({"teamId": 23, "name": "K", "typeName": "aes-key", "parameters": {"key": value, "keyEncoding": "hex"}});
    let update = |value: Value| json!({"keyId": 403, "parameters": {"key": value}});
    for (tool, arguments) in [
        ("keys_create", key(json!(literal))),
        ("keys_update", update(json!(literal))),
    ] {
        let failure = call(&bot, tool, arguments).await.unwrap_err();
        assert_eq!(failure.code, Code::PlaintextSecretRefused, "{tool}");
        assert_eq!(failure.details.unwrap(), json!({"fields": ["key"]}));
    }
    assert_eq!(changes(&world), 0);
    call(&bot, "keys_create", key(named("AES"))).await.unwrap();
    assert_eq!(world.last_body()["parameters"]["key"], VALUE);
    call(&bot, "keys_update", update(named("AES")))
        .await
        .unwrap();
    assert_eq!(world.last_body()["parameters"]["key"], VALUE);
    // Where plain text is allowed, a plan does not show it and no file holds it.
    let loose = world.with(With {
        name: "bot",
        allow_plaintext: true,
        ..With::default()
    });
    let failure = call(&loose, "keys_update", update(json!(literal))).await;
    let failure = failure.unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired);
    let plan = failure.details.unwrap()["plan"].to_string();
    assert!(plan.contains("a secret, which is not shown"), "{plan}");
    assert!(!plan.contains(literal), "{plan}");
    for (path, bytes) in crate::binary::files(&world.home) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(literal), "{}", path.display());
    }
}

#[tokio::test]
async fn a_plan_shows_what_is_pinned_beside_a_secret() {
    let world = World::new().await;
    world.zone.inject(types("text", "relay"));
    let pinned = binding(&ALL_TOOLS, &[("relay", "relay.example.com")]);
    world.keep("SHOP", VALUE, &pinned).await;
    let asking = world.with(With {
        name: "bot",
        confirmation: Confirmation::Ask,
        ..With::default()
    });
    let parameters = json!({"key": named("SHOP"), "relay": "relay.example.com"});
    let arguments = json!({"keyId": 402, "parameters": parameters});
    let failure = call(&asking, "keys_update", arguments).await.unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired, "{failure:?}");
    let plan = failure.details.unwrap()["plan"].to_string();
    assert!(plan.contains("kept as SHOP"), "{plan}");
    assert!(plan.contains("relay.example.com"), "{plan}");
}
