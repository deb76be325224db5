//! Names, descriptions and other texts that an agent words itself hold no recognized secret.

use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use super::agent;
use crate::world::{With, World, call};

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

fn calls(text: &str) -> Vec<(&'static str, Value)> {
    let by_type = |more: Value| {
        let mut one = json!({"type": "apikeyauth"});
        one.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"teamId": 22, "keys": [one]})
    };
    let by_credentials = "credential_requests_create_by_credentials";
    let flow = |more: Value| {
        let mut start = json!({"teamId": 22, "templateId": 602});
        start
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        start
    };
    let apps = json!([{"appName": "slack", "appModules": ["*"]}]);
    vec![
        (
            "keys_create",
            json!({"teamId": 22, "name": text, "typeName": "basicauth", "parameters": {}}),
        ),
        ("keys_update", json!({"keyId": 401, "name": text})),
        (
            "connections_create",
            json!({"teamId": 22, "name": text, "accountName": "google"}),
        ),
        (
            "connections_create",
            json!({"teamId": 22, "name": "N", "accountName": "google", "scopes": [text]}),
        ),
        (
            "connections_update",
            json!({"connectionId": 104, "name": text}),
        ),
        ("templates_update", json!({"templateId": 601, "name": text})),
        (by_credentials, by_type(json!({"nameOverride": text}))),
        (by_credentials, by_type(json!({"description": text}))),
        (
            "credential_requests_create",
            json!({"teamId": 22, "name": text, "credentials": apps}),
        ),
        (
            "credential_requests_create",
            json!({"teamId": 22, "description": text, "credentials": apps}),
        ),
        (
            "template_flows_start",
            flow(json!({"scenario": {"name": text}})),
        ),
        (
            "template_flows_start",
            flow(json!({"redirectUri": format!("https://u:{text}@a.example")})),
        ),
        (
            "template_flows_start",
            flow(json!({"redirectUri": format!("https://a.example/?api_token={text}")})),
        ),
    ]
}

#[tokio::test]
async fn a_secret_in_a_text_of_the_agent_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    for (tool, arguments) in calls(JWT) {
        let failure = call(&bot, tool, arguments.clone()).await.unwrap_err();
        assert_eq!(
            failure.code,
            Code::PlaintextSecretRefused,
            "{tool} {arguments}"
        );
        assert!(!json!(failure).to_string().contains(JWT), "{tool}");
    }
    let sent = world.sent();
    assert!(sent.iter().all(|line| line.starts_with("GET ")), "{sent:?}");
    // Ordinary words are no secret.
    let ordinary = calls("Shop-key-2").into_iter();
    for (tool, arguments) in ordinary.filter(|(_, given)| given.get("redirectUri").is_none()) {
        if let Err(failure) = call(&bot, tool, arguments.clone()).await {
            assert_ne!(
                failure.code,
                Code::PlaintextSecretRefused,
                "{tool} {arguments}"
            );
        }
    }
    let loose = world.with(With {
        name: "bot",
        allow_plaintext: true,
        ..With::default()
    });
    let named = json!({"keyId": 401, "name": JWT});
    call(&loose, "keys_update", named).await.unwrap();
    assert!(loose.scrubber().clean_foreign(JWT).is_some());
}
