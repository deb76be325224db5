//! A named secret joins a connection that exists: only with its whole address, as the operator has
//! pinned it, in the same call.

use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use super::{VALUE, agent, binding, named};
use crate::world::{World, call};

const URL: &str = "https://api.example.com";
const EVIL: &str = "evil.example";
const SCHEMA: &str = "/connections/104/editable-data-schema";

fn schema(names: &Value) -> Fault {
    let body = json!({"editableParameters": names});
    Fault::new(Effect::json(200, &body)).on("GET", SCHEMA)
}

fn changes(world: &World) -> Vec<String> {
    let sent = world.sent().into_iter();
    sent.filter(|line| !line.starts_with("GET ")).collect()
}

#[tokio::test]
async fn a_secret_does_not_join_a_host_that_the_agent_chose_and_that_cannot_be_seen() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    let tools = ["connections_create", "connections_update"];
    world
        .keep("CRM", VALUE, &binding(&tools, &[("region", "eu")]))
        .await;
    let made = json!({"teamId": 22, "name": "C", "accountName": "regional-crm",
        "data": {"host": EVIL, "region": "eu"}});
    let made = call(&bot, "connections_create", made).await.unwrap();
    let id = made["connection"]["id"].as_u64().unwrap();
    world.zone.clear_requests();
    for data in [
        json!({"region": "eu", "apiKey": named("CRM")}),
        json!({"region": null, "apiKey": named("CRM")}),
    ] {
        let arguments = json!({"connectionId": id, "data": data});
        let failure = call(&bot, "connections_update", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::NotGranted, "{}", failure.message);
        assert!(failure.next.contains("connections_create"));
    }
    assert_eq!(changes(&world), [""; 0]);
    let stored = world.zone.stored_in_connection(id).unwrap();
    assert_eq!(stored, json!({"host": EVIL, "region": "eu"}));
    // The zone would have kept the host.
    let plain = json!({"connectionId": id, "data": {"region": "us", "apiKey": null}});
    call(&bot, "connections_update", plain).await.unwrap();
    let stored = world.zone.stored_in_connection(id).unwrap();
    assert_eq!(stored, json!({"host": EVIL, "region": "us"}));
}

/// Editable fields, what is pinned, the data beside the secret, and the refusal.
type Row = (
    &'static [&'static str],
    &'static [(&'static str, &'static str)],
    Value,
    Option<Code>,
);

fn rows() -> Vec<Row> {
    let denied = Some(Code::NotGranted);
    let url: &[(&str, &str)] = &[("url", URL)];
    let both: &[(&str, &str)] = &[("url", URL), ("region", "eu")];
    vec![
        (&["url", "apiKey"], url, json!({"url": URL}), None),
        (&["url", "apiKey"], &[], json!({"url": URL}), denied),
        (&["url", "apiKey"], url, json!({"url": null}), denied),
        (&["url", "apiKey"], url, json!({"url": ""}), denied),
        (
            &["url", "apiKey"],
            url,
            json!({"url": "https://evil.example"}),
            denied,
        ),
        (
            &["url", "region", "apiKey"],
            both,
            json!({"url": URL, "region": "eu"}),
            None,
        ),
        (
            &["url", "region", "apiKey"],
            url,
            json!({"url": URL, "region": "eu"}),
            denied,
        ),
        // Whether Make empties what is left out is not proven.
        (
            &["url", "region", "apiKey"],
            url,
            json!({"url": URL, "region": null}),
            denied,
        ),
        (
            &["url", "relay", "apiKey"],
            url,
            json!({"url": URL, "relay": null}),
            denied,
        ),
        (
            &["url", "relay", "apiKey"],
            url,
            json!({"url": URL, "relay": "evil.example"}),
            denied,
        ),
        (
            &["url", "relay", "apiKey"],
            url,
            json!({"url": URL, "relay": ""}),
            denied,
        ),
        (
            &["url", "apiKey", "password"],
            url,
            json!({"url": URL, "password": null}),
            None,
        ),
        (
            &["url", "apiKey", "username"],
            url,
            json!({"url": URL, "username": "jane"}),
            None,
        ),
        (
            &["url", "apiKey", "username"],
            url,
            json!({"url": URL, "username": null}),
            None,
        ),
        (
            &["url", "apiKey", "username"],
            url,
            json!({"url": URL, "username": "x:y@evil.example/"}),
            denied,
        ),
        // Parts of an address do not say where the rest of it points.
        (
            &["region", "apiKey"],
            &[("region", "eu")],
            json!({"region": "eu"}),
            denied,
        ),
        (
            &["subdomain", "apiKey"],
            &[("subdomain", "shop")],
            json!({"subdomain": "shop"}),
            denied,
        ),
        (
            &["organization", "apiKey"],
            &[("organization", "o")],
            json!({"organization": "o"}),
            denied,
        ),
        (
            &["relay", "apiKey"],
            &[("relay", "r.example")],
            json!({"relay": "r.example"}),
            denied,
        ),
        (&["apiKey"], &[], json!({}), denied),
    ]
}

#[tokio::test]
async fn every_place_of_an_existing_connection_is_sent_and_pinned_with_its_secret() {
    for (editable, pins, beside, refusal) in rows() {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        let bound = binding(&["connections_update"], pins);
        world.keep("SHOP", VALUE, &bound).await;
        world.zone.inject(schema(&json!(editable)));
        let mut data = beside.as_object().unwrap().clone();
        data.insert("apiKey".to_owned(), named("SHOP"));
        let arguments = json!({"connectionId": 104, "data": data});
        let result = call(&bot, "connections_update", arguments).await;
        let case = format!("{editable:?} {pins:?} {beside}");
        if let Some(code) = refusal {
            assert_eq!(result.unwrap_err().code, code, "{case}");
            assert_eq!(changes(&world), [""; 0], "{case}");
            continue;
        }
        assert!(result.is_ok(), "{case}: {result:?}");
        let mut wanted = data.clone();
        wanted.insert("apiKey".to_owned(), json!(VALUE));
        wanted.retain(|_, value| !value.is_null());
        assert_eq!(world.last_body(), Value::Object(wanted), "{case}");
    }
}

#[tokio::test]
async fn a_connection_whose_fields_change_before_the_send_gets_no_secret() {
    for (first, then, code) in [
        (
            json!(["url", "apiKey"]),
            json!(["url", "apiKey", "proxy"]),
            Some(Code::SecretUnavailable),
        ),
        (
            json!(["url", "apiKey"]),
            json!(["apiKey"]),
            Some(Code::SecretUnavailable),
        ),
        (json!(["url", "apiKey"]), json!(["apiKey", "url"]), None),
    ] {
        let world = World::new().await;
        let bot = agent(&world, "bot");
        let bound = binding(&["connections_update"], &[("url", URL)]);
        world.keep("SHOP", VALUE, &bound).await;
        world.zone.inject(schema(&first).times(1));
        world.zone.inject(schema(&then));
        let data = json!({"url": URL, "apiKey": named("SHOP")});
        let arguments = json!({"connectionId": 104, "data": data});
        let result = call(&bot, "connections_update", arguments).await;
        assert_eq!(result.err().map(|failure| failure.code), code, "{then}");
        assert_eq!(changes(&world).is_empty(), code.is_some(), "{then}");
    }
}

#[tokio::test]
async fn the_place_of_a_connection_does_not_change_while_a_secret_that_cannot_be_replaced_stays() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    for (editable, data) in [
        (json!(["url"]), json!({"url": URL})),
        (
            json!(["url", "username"]),
            json!({"url": URL, "username": "jane"}),
        ),
        (json!(["url", "note"]), json!({"url": URL, "note": null})),
    ] {
        world.zone.clear_faults();
        world.zone.inject(schema(&editable));
        let arguments = json!({"connectionId": 104, "data": data});
        let failure = call(&bot, "connections_update", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::InvalidArguments, "{editable}");
        assert!(failure.message.contains("leaves the secret"), "{editable}");
    }
    assert_eq!(changes(&world), [""; 0]);
}
