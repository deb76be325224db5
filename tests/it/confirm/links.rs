//! The page of a credential request goes to the person, where the client can show it.

use serde_json::{Value, json};

use super::{Place, modern};
use crate::binary::Binary;

const TOOL: &str = "credential_requests_create_by_credentials";

/// Arguments of one request to make, which is another one under each key.
fn arguments(key: &str) -> Value {
    json!({"teamId": 22, "keys": [{"type": "apikeyauth"}], "idempotencyKey": key})
}

async fn ask(server: &mut Binary, key: &str, can: &Value, brought: &Value) -> Value {
    server
        .say(&modern(1, TOOL, &arguments(key), can, brought))
        .await;
    server.hear().await
}

fn is_page(text: &Value) -> bool {
    text.as_str()
        .is_some_and(|text| text.contains("/credence/"))
}

#[tokio::test]
async fn between_two_calls_the_page_is_shown_once_and_nothing_is_made_twice() {
    let place = Place::new("links").await;
    let mut server = place.start(&[]);
    let can = json!({"url": {}});
    for (answer, given) in [("accept", true), ("decline", false), ("cancel", false)] {
        place.zone.clear_requests();
        let asked = ask(&mut server, answer, &can, &json!({})).await;
        assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
        let params = &asked["result"]["inputRequests"]["open"]["params"];
        assert_eq!(params["mode"], "url");
        assert!(is_page(&params["url"]), "{params}");
        let state = &asked["result"]["requestState"];
        let brought =
            json!({"requestState": state, "inputResponses": {"open": {"action": answer}}});
        let done = ask(&mut server, answer, &can, &brought).await;
        let made = &done["result"]["structuredContent"];
        assert_eq!(made["linkGiven"] == true, given, "{done}");
        assert_eq!(is_page(&made["publicUri"]), !given, "{done}");
        assert!(
            made["next"]
                .as_str()
                .unwrap()
                .contains("credential_requests_wait")
        );
        // The same once more makes nothing, and the person can have the page once more.
        let again = ask(&mut server, answer, &can, &json!({})).await;
        let shown = &again["result"]["inputRequests"]["open"]["params"]["url"];
        assert_eq!(*shown, params["url"], "{again}");
        assert_eq!(place.changes().len(), 1, "{:?}", place.changes());
    }
    // A client that shows forms alone gets the page in the answer, as before.
    let plain = ask(&mut server, "plain", &json!({"form": {}}), &json!({})).await;
    assert!(
        is_page(&plain["result"]["structuredContent"]["publicUri"]),
        "{plain}"
    );
    assert_eq!(server.end().await.code, Some(0));
}

#[tokio::test]
async fn inside_the_call_the_page_is_shown_where_the_client_can() {
    let place = Place::new("links-inside").await;
    let mut server = place.start(&[]);
    let open = json!({"jsonrpc": "2.0", "id": "init", "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {"elicitation": {"url": {}, "form": {}}},
        "clientInfo": {"name": "t", "version": "1"}}});
    server.say(&open.to_string()).await;
    server.hear().await;
    server
        .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        .await;
    for (answer, given) in [("accept", true), ("decline", false)] {
        server
            .say(&crate::stdio::call(1, TOOL, &arguments(answer)))
            .await;
        let asked = server.hear().await;
        assert_eq!(asked["method"], "elicitation/create", "{asked}");
        assert!(is_page(&asked["params"]["url"]), "{asked}");
        assert!(
            !asked["params"]["elicitationId"]
                .as_str()
                .unwrap()
                .is_empty()
        );
        let line = json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"action": answer}});
        server.say(&line.to_string()).await;
        let done = server.hear().await;
        let made = &done["result"]["structuredContent"];
        assert_eq!(
            (made["linkGiven"] == true, is_page(&made["publicUri"])),
            (given, !given),
            "{done}"
        );
    }
    assert_eq!(place.changes().len(), 2);
}
