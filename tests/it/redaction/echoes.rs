//! Make gives a secret back, in every writing: in an answer, in a refusal, in a blueprint, in the
//! address of a page. Nothing of it leaves or stays on the disk.

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::{SECRET, json as inside_json, writings};
use crate::binary;
use crate::examples::example;
use crate::faults::universal;
use crate::named::{ALL_TOOLS, agent, binding, named};
use crate::untrusted::wire::{Era, Wire};
use crate::world::World;

/// What the client reads.
fn shown(line: &str) -> Value {
    let message: Value = serde_json::from_str(line).unwrap();
    let shown = message["result"]["structuredContent"].clone();
    let text = message["result"]["content"][0]["text"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), shown);
    shown
}

/// No text and no name in it holds this, and no line of it does.
fn assert_silent(place: &str, line: &str, writing: &str) {
    fn texts(value: &Value, see: &mut dyn FnMut(&str)) {
        match value {
            Value::String(text) => see(text),
            Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
            Value::Object(fields) => fields.iter().for_each(|(name, field)| {
                see(name);
                texts(field, see);
            }),
            _ => {}
        }
    }
    assert!(!line.contains(writing), "{place}: {line}");
    let message: Value = serde_json::from_str(line).unwrap();
    texts(&message, &mut |text| {
        assert!(!text.contains(writing), "{place}: {text}");
    });
}

#[tokio::test]
async fn an_echo_in_any_writing_is_hidden_from_the_client_and_from_the_disk() {
    for (way, writing) in writings(SECRET) {
        let world = World::new().await;
        world.keep("SHOP", SECRET, &binding(&ALL_TOOLS, &[])).await;
        let mut wire = Wire::open(agent(&world, "bot"), Era::Handshake).await;
        let create = json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "idempotencyKey": "k",
            "parameters": {"key": named("SHOP")}});
        let says = |status, body: &Value| world.zone.inject(Fault::new(Effect::json(status, body)));
        let mut lines = Vec::new();

        let effect = Effect::json(200, &universal(&writing));
        world.zone.inject(Fault::new(effect).on("POST", "/keys"));
        let made = wire.call("keys_create", &create).await;
        assert_eq!(shown(&made)["key"]["name"], "[redacted]", "{way}");
        world.zone.clear_faults();
        let again = wire.call("keys_create", &create).await;
        assert_eq!(shown(&again)["key"]["name"], "[redacted]", "{way}");
        lines.extend([made, again]);

        let refusal =
            json!({"message": format!("bad: {writing}"), "detail": writing, "code": writing});
        says(400, &refusal);
        let refused = wire.call("keys_list", &json!({"teamId": 22})).await;
        let message = shown(&refused)["make"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut parts = message.split(&[' ', ';']).filter(|part| !part.is_empty());
        assert!(
            parts.all(|part| ["bad:", "[redacted]"].contains(&part)),
            "{way}: {message}"
        );
        assert!(message.contains("[redacted]"), "{way}: {message}");
        world.zone.clear_faults();
        lines.push(refused);

        says(200, &universal(&writing));
        let tool = "templates_get_blueprint";
        let blueprint = wire.call(tool, &example(tool, "")).await;
        let module = shown(&blueprint)["flow"][0].clone();
        assert_eq!(
            module["parameters"],
            json!({"[redacted]": "[redacted]"}),
            "{way}"
        );
        lines.push(blueprint);
        for tool in [
            "credential_requests_create",
            "credential_requests_get",
            "connections_list",
        ] {
            lines.push(wire.call(tool, &example(tool, "")).await);
        }
        world.zone.clear_faults();

        for line in &lines {
            assert_silent(way, line, &writing);
        }
        for (path, bytes) in binary::files(&world.home) {
            let text = String::from_utf8_lossy(&bytes);
            for writing in [&writing, &inside_json(&writing)] {
                assert!(!text.contains(writing), "{way}: {}", path.display());
            }
        }
    }
}
