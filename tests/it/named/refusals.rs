//! Where a named secret may not go although name, tool, type and field are right; and when its
//! value is read.

use make_credentials_mcp::grants::Confirmation;
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::secrets::SecretReference;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use super::{ALL_TOOLS, VALUE, agent, binding, named};
use crate::trail::lines;
use crate::world::{With, World, call};

const URL: &str = "https://api.example.com";

fn key() -> Value {
    json!({"teamId": 22, "name": "K", "typeName": "apikeyauth", "parameters": {"key": named("SHOP")}})
}

fn connection(kind: &str, data: &Value) -> Value {
    json!({"teamId": 22, "name": "C", "accountName": kind, "data": data})
}

#[tokio::test]
async fn a_connection_goes_where_the_operator_set_it_and_nowhere_else() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    world
        .keep("SET", VALUE, &binding(&ALL_TOOLS, &[("url", URL)]))
        .await;
    let mut by_type = binding(&ALL_TOOLS, &[]);
    by_type.types = ["airtable2".parse().unwrap()].into();
    world.keep("TYPED", VALUE, &by_type).await;
    let secret = |name: &str, more: Value| {
        let mut data = more.as_object().unwrap().clone();
        data.insert("apiKey".to_owned(), named(name));
        Value::Object(data)
    };
    let mut refused = 0;
    for (kind, data) in [
        ("airtable2", secret("SET", json!({}))),
        (
            "airtable2",
            secret("SET", json!({"url": "https://evil.example"})),
        ),
        (
            "airtable2",
            secret("SET", json!({"url": "https://api.example.com/"})),
        ),
        (
            "airtable2",
            secret("SET", json!({"url": "HTTPS://API.EXAMPLE.COM"})),
        ),
        ("airtable2", secret("SET", json!({"url": null}))),
        (
            "airtable2",
            secret("SET", json!({"url": URL, "baseUrl": URL})),
        ),
        (
            "airtable2",
            secret("SET", json!({"url": URL, "host": "evil.example"})),
        ),
        (
            "airtable2",
            secret("SET", json!({"url": URL, "useProxy": true})),
        ),
        (
            "airtable2",
            secret("SET", json!({"url": URL, "Url": "https://evil.example"})),
        ),
        (
            "airtable2",
            secret("SET", json!({"url": URL, "region": "eu"})),
        ),
        ("app#their-crm", secret("SET", json!({"url": URL}))),
        ("airtable2", secret("TYPED", json!({"url": URL}))),
        (
            "airtable2",
            secret("TYPED", json!({"server": "evil.example"})),
        ),
        ("openai-gpt-3", secret("TYPED", json!({}))),
    ] {
        let arguments = connection(kind, &data);
        let failure = call(&bot, "connections_create", arguments)
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::NotGranted, "{kind} {data}");
        refused += 1;
    }
    assert!(world.sent().is_empty(), "{:?}", world.sent());
    for data in [
        secret("SET", json!({"url": URL})),
        secret("TYPED", json!({})),
        secret("TYPED", json!({"username": "jane"})),
    ] {
        call(&bot, "connections_create", connection("airtable2", &data))
            .await
            .unwrap();
    }
    println!("named secrets: {refused} ways to another place, all refused");
}

#[tokio::test]
async fn plaintext_does_not_open_another_way_and_is_written_down() {
    let world = World::new().await;
    let loose = world.with(With {
        name: "bot",
        allow_plaintext: true,
        ..With::default()
    });
    world
        .keep(
            "SET",
            VALUE,
            &binding(&ALL_TOOLS, &[("url", URL), ("apiHost", "a.example")]),
        )
        .await;
    let beside = |more: Value| {
        let mut data = json!({"apiKey": named("SET"), "url": URL, "apiHost": "a.example"});
        data.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        connection("airtable2", &data)
    };
    let other = beside(json!({"tokenUrl": "https://evil.example"}));
    let failure = call(&loose, "connections_create", other).await.unwrap_err();
    assert_eq!(failure.code, Code::NotGranted);
    let failure = call(
        &loose,
        "connections_create",
        beside(json!({"apiHost": "evil.example"})),
    );
    assert_eq!(failure.await.unwrap_err().code, Code::NotGranted);
    // What the operator has written down himself is no secret, whatever it is called.
    let strict = agent(&world, "bot");
    call(&strict, "connections_create", beside(json!({})))
        .await
        .unwrap();
    let plain = json!({"teamId": 22, "name": "P", "typeName": "apikeyauth", "parameters": {"key": "plain-secret-77"}});
    call(&loose, "keys_create", plain).await.unwrap();
    let trail = lines(&world.home.join("audit.jsonl"));
    let intents: Vec<Value> = trail
        .iter()
        .filter(|line| line["kind"] == "intent")
        .map(|line| json!([line["tool"], line["secrets"], line["plaintext"]]))
        .collect();
    assert_eq!(
        json!(intents),
        json!([
            ["connections_create", ["SET"], null],
            ["keys_create", null, true]
        ])
    );
}

#[tokio::test]
async fn a_key_does_not_keep_a_place_that_somebody_set_before() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    world
        .keep("SHOP", VALUE, &binding(&ALL_TOOLS, &[("url", URL)]))
        .await;
    let types = json!({"keysTypes": [{"name": "apikeyauth", "parameters": [
        {"name": "key", "type": "password"}, {"name": "url", "type": "url"}, {"name": "endpoint", "type": "text"}]}]});
    let effect = Effect::json(200, &types);
    world
        .zone
        .inject(Fault::new(effect).on("GET", "/keys/types"));
    let update = |parameters: Value| json!({"keyId": 402, "parameters": parameters});
    for parameters in [
        json!({"key": named("SHOP")}),
        json!({"key": named("SHOP"), "url": URL}),
        json!({"key": named("SHOP"), "url": URL, "endpoint": "https://evil.example"}),
    ] {
        let failure = call(&bot, "keys_update", update(parameters))
            .await
            .unwrap_err();
        assert_eq!(failure.code, Code::NotGranted);
    }
    let both = binding(&ALL_TOOLS, &[("url", URL), ("endpoint", URL)]);
    world.keep("SHOP", VALUE, &both).await;
    let parameters = json!({"key": named("SHOP"), "url": URL, "endpoint": URL});
    call(&bot, "keys_update", update(parameters)).await.unwrap();
}

#[tokio::test]
async fn env_has_no_named_secrets() {
    let world = World::new().await;
    let mut whole = binding(&ALL_TOOLS, &[]);
    whole.agents.insert("env".parse().unwrap());
    world.keep("SHOP", VALUE, &whole).await;
    let env = agent(&world, "env");
    let failure = call(&env, "keys_create", key()).await.unwrap_err();
    assert_eq!(failure.code, Code::SecretUnavailable);
    let listed = call(&env, "secrets_list", json!({})).await.unwrap();
    assert_eq!(listed["secrets"], json!([]));
}

#[tokio::test]
async fn a_value_is_read_when_it_leaves_and_not_before() {
    let world = World::new().await;
    let asking = world.with(With {
        name: "bot",
        ..With::default()
    });
    let bot = agent(&world, "bot");
    world.keep("SHOP", VALUE, &binding(&ALL_TOOLS, &[])).await;
    let knows = |session: &make_credentials_mcp::tools::Session, value: &str| {
        session.scrubber().finds(value.as_bytes())
    };
    // Refused by a person who was not asked, by policy, by the other argument.
    let replace = json!({"keyId": 402, "parameters": {"key": named("SHOP")}});
    let failure = call(&asking, "keys_update", replace).await.unwrap_err();
    assert_eq!(failure.code, Code::ConfirmationRequired);
    // Who is asked learns which secret it is.
    let shown = json!(failure).to_string();
    assert!(shown.contains("kept as SHOP"), "{shown}");
    let foreign = world.with(With {
        name: "bot",
        teams: Some(vec![23]),
        confirmation: Confirmation::Never,
        ..With::default()
    });
    call(&foreign, "keys_create", key()).await.unwrap_err();
    assert!(!knows(&asking, VALUE) && !knows(&foreign, VALUE));
    call(&bot, "keys_create", key()).await.unwrap();
    assert!(knows(&bot, VALUE));
    // The next use takes the next value.
    let at: SecretReference = SecretReference::default_for("named/SHOP");
    let rotated = "sk-rotated-0001-99";
    world
        .stores()
        .put(&at, &Secret::new(rotated.to_owned()))
        .await
        .unwrap();
    let mut second = key();
    second["name"] = json!("K2");
    call(&bot, "keys_create", second.clone()).await.unwrap();
    assert_eq!(world.last_body()["parameters"]["key"], rotated);
    assert!(knows(&bot, rotated) && knows(&bot, VALUE));
    // Too short to hide, and gone.
    second["name"] = json!("K3");
    world
        .stores()
        .put(&at, &Secret::new("short".to_owned()))
        .await
        .unwrap();
    let sent = world.sent().len();
    let failure = call(&bot, "keys_create", second.clone()).await.unwrap_err();
    assert_eq!(failure.code, Code::SecretUnavailable, "{failure:?}");
    world.stores().delete(&at).await.unwrap();
    let failure = call(&bot, "keys_create", second.clone()).await.unwrap_err();
    assert_eq!(failure.code, Code::SecretUnavailable, "{failure:?}");
    let state = State::at(Some(world.home.clone()));
    state.forget_named_secret("SHOP").await.unwrap();
    let failure = call(&bot, "keys_create", second).await.unwrap_err();
    assert_eq!(failure.code, Code::SecretUnavailable);
    assert_eq!(world.sent().len(), sent);
    // An intent whose request did not leave says so.
    let trail = lines(&world.home.join("audit.jsonl"));
    let not_sent = trail
        .iter()
        .filter(|line| line["outcome"] == "not_sent" && line["code"] == "secret_unavailable");
    assert_eq!(not_sent.count(), 2);
}

#[tokio::test]
async fn the_list_names_what_the_agent_may_use_and_nothing_else() {
    let world = World::new().await;
    let mut narrow = binding(&["keys_create"], &[("url", URL)]);
    narrow.types = ["apikeyauth".parse().unwrap()].into();
    narrow.fields = ["parameters.key".to_owned()].into();
    world.keep("A", VALUE, &narrow).await;
    let mut theirs = binding(&ALL_TOOLS, &[]);
    theirs.agents = ["other".parse().unwrap()].into();
    world.keep("B", "another-secret-9f2", &theirs).await;
    let listed = call(&agent(&world, "bot"), "secrets_list", json!({}))
        .await
        .unwrap();
    assert_eq!(
        listed["secrets"],
        json!([{"name": "A", "tools": ["keys_create"], "types": ["apikeyauth"], "fields": ["parameters.key"], "with": {"url": URL}}])
    );
    assert!(world.sent().is_empty());
}

#[tokio::test]
async fn no_prefill_and_no_other_tool_takes_a_reference() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    world.keep("SHOP", VALUE, &binding(&ALL_TOOLS, &[])).await;
    let prefill = json!({"hard": {"key": named("SHOP")}});
    for (tool, arguments) in [
        (
            "credential_requests_create_by_credentials",
            json!({"teamId": 22, "keys": [{"type": "apikeyauth", "prefill": prefill}]}),
        ),
        (
            "template_flows_start",
            json!({"teamId": 22, "templateId": 602, "prefill": prefill}),
        ),
        (
            "connections_create",
            json!({"teamId": 22, "name": named("SHOP"), "accountName": "imap"}),
        ),
        ("keys_get", json!({"keyId": named("SHOP")})),
    ] {
        let failure = call(&bot, tool, arguments).await.unwrap_err();
        assert_eq!(failure.code, Code::InvalidArguments, "{tool}");
        assert!(
            failure.message.contains("keys_create"),
            "{tool}: {}",
            failure.message
        );
    }
    assert!(world.sent().is_empty());
}
