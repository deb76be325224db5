//! What an agent may fill in beforehand of a form that a person completes at Make.

use make_credentials_mcp::tools::Code;
use serde_json::{Value, json};

use super::agent;
use crate::world::{With, World, call};

const TOOL: &str = "credential_requests_create_by_credentials";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

fn arguments(form: &str, how: &str, name: &str, value: &Value) -> Value {
    let kind = if form == "keys" {
        "apikeyauth"
    } else {
        "airtable2"
    };
    json!({"teamId": 22, form: [{"type": kind, "prefill": {how: {name: value}}}]})
}

/// The spellings of a name of one or two words.
fn spellings(first: &str, second: &str) -> Vec<String> {
    let upper = |text: &str| text.to_uppercase();
    let capital = |text: &str| {
        let mut letters = text.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    let mut all = vec![
        format!("{first}_{second}"),
        format!("{first}-{second}"),
        format!("{first}.{second}"),
        format!("{first}{second}"),
        format!("{first}{}", capital(second)),
        format!("{}{}", capital(first), capital(second)),
        format!("{}_{}", upper(first), upper(second)),
    ];
    if second.is_empty() {
        all = vec![
            first.to_owned(),
            upper(first),
            capital(first),
            format!("my_{first}"),
        ];
    }
    all
}

#[tokio::test]
async fn no_spelling_of_a_secret_or_of_a_fixed_place_is_filled_in() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    let mut tried = 0;
    for (first, second) in [
        ("pass", ""),
        ("pwd", ""),
        ("authorization", ""),
        ("bearer", ""),
        ("passcode", ""),
        ("signature", ""),
        ("api", "key"),
        ("auth", "header"),
        ("shared", "secret"),
        ("session", "cookie"),
        ("user", "pwd"),
        ("login", "pin"),
    ] {
        for name in spellings(first, second) {
            for form in ["connections", "keys"] {
                for how in ["hard", "soft"] {
                    for value in [json!("hunter2"), json!(JWT), json!(123_456)] {
                        let given = arguments(form, how, &name, &value);
                        let failure = call(&bot, TOOL, given).await.unwrap_err();
                        let case = format!("{form} {how} {name} {value}");
                        assert_eq!(failure.code, Code::PlaintextSecretRefused, "{case}");
                    }
                }
            }
            tried += 1;
        }
    }
    for (first, second) in [
        ("smtp", ""),
        ("gateway", ""),
        ("webhook", ""),
        ("relay", ""),
        ("authority", ""),
        ("api", "root"),
        ("token", "url"),
        ("login", "host"),
        ("base", "uri"),
        ("proxy", "address"),
    ] {
        for name in spellings(first, second) {
            for form in ["connections", "keys"] {
                for value in ["evil.example", "https://evil.example/x", "evil"] {
                    let given = arguments(form, "hard", &name, &json!(value));
                    let failure = call(&bot, TOOL, given).await.unwrap_err();
                    let case = format!("{form} {name} {value}");
                    assert_eq!(failure.code, Code::InvalidArguments, "{case}");
                    assert!(failure.next.contains("prefill.soft"), "{case}");
                }
            }
            tried += 1;
        }
    }
    assert!(tried >= 100, "{tried}");
    assert!(world.sent().is_empty(), "{:?}", world.sent());
    println!("prefill: {tried} spellings, all refused");
}

#[tokio::test]
async fn what_may_be_filled_in_arrives_as_it_is_and_the_rest_does_not() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    let secret = Some(Code::PlaintextSecretRefused);
    let place = Some(Code::InvalidArguments);
    let url = json!("https://api.example.com/v1");
    for (form, name, value, hard, soft) in [
        // Known to be harmless.
        ("keys", "placement", json!("header"), None, None),
        ("keys", "name", json!("X-API-Key"), None, None),
        ("keys", "authUser", json!("jane@example.com"), None, None),
        ("keys", "keyEncoding", json!("hex"), None, None),
        ("keys", "production", json!(true), None, None),
        ("connections", "username", json!("jane"), None, None),
        ("connections", "clientId", json!("4f1c-9d07"), None, None),
        // By what they are called; by what they hold not.
        ("keys", "authUser", json!(JWT), secret, secret),
        (
            "connections",
            "username",
            json!("a:b@evil.example"),
            secret,
            secret,
        ),
        ("connections", "clientId", url.clone(), secret, secret),
        // A place: where the person can change it, and with nothing else in it.
        ("connections", "url", url.clone(), place, None),
        ("connections", "port", json!(993), place, None),
        (
            "connections",
            "email",
            json!("jane@example.com"),
            place,
            None,
        ),
        (
            "connections",
            "url",
            json!("https://u:p@a.example"),
            place,
            secret,
        ),
        (
            "connections",
            "url",
            json!("https://a.example/?key=1"),
            place,
            secret,
        ),
        (
            "connections",
            "loginHost",
            json!("login.example.com"),
            place,
            None,
        ),
        (
            "connections",
            "webhook",
            json!("https://hooks.example/T0/B0/x"),
            place,
            secret,
        ),
        // Not known.
        ("connections", "note", json!("x"), secret, None),
        ("connections", "note", json!("hunter2"), secret, secret),
        ("connections", "note", json!("evil.example"), place, secret),
        ("connections", "limit", json!(100), secret, None),
        ("connections", "limit", json!(1000), secret, secret),
        ("connections", "verbose", json!(true), secret, None),
        ("connections", "useProxy", json!(true), place, None),
        // A secret: nowhere.
        ("keys", "key", json!("abc"), secret, secret),
        ("connections", "apiKey", json!("abc"), secret, secret),
        ("connections", "token", json!(1), secret, secret),
    ] {
        for (how, refusal) in [("hard", hard), ("soft", soft)] {
            world.zone.clear_requests();
            let given = arguments(form, how, name, &value);
            let result = call(&bot, TOOL, given.clone()).await;
            let code = result.err().map(|failure| failure.code);
            assert_eq!(code, refusal, "{form} {how} {name} {value}");
            let posted = world.sent().iter().any(|line| line.starts_with("POST"));
            assert_eq!(posted, refusal.is_none(), "{form} {how} {name} {value}");
        }
    }
}

#[tokio::test]
async fn plaintext_opens_no_field_that_the_person_could_not_change() {
    let world = World::new().await;
    let loose = world.with(With {
        name: "bot",
        allow_plaintext: true,
        ..With::default()
    });
    for (how, name, code) in [
        ("hard", "password", None),
        ("soft", "password", None),
        ("soft", "note", None),
        ("hard", "note", Some(Code::InvalidArguments)),
        ("hard", "url", Some(Code::InvalidArguments)),
    ] {
        let given = arguments("connections", how, name, &json!("hunter2-hunter2"));
        let result = call(&loose, TOOL, given).await;
        let failed = result.err().map(|failure| failure.code);
        assert_eq!(failed, code, "{how} {name}");
    }
}

#[tokio::test]
async fn the_answers_of_a_flow_are_judged_by_their_values_and_shown_one_by_one() {
    let world = World::new().await;
    let bot = agent(&world, "bot");
    let id = "0b6e0d54-1111-4222-8333-444455556666";
    let start = |prefill: Value| json!({"teamId": 22, "templateId": 602, "prefill": prefill});
    let secret = Code::PlaintextSecretRefused;
    let many: serde_json::Map<String, Value> = (0..101)
        .map(|number| (format!("f{number}"), json!(1)))
        .collect();
    for (prefill, code) in [
        (json!({"soft": {id: JWT}}), secret),
        (json!({"hard": {id: {"a": ["b", JWT]}}}), secret),
        (json!({"soft": {id: "https://u:p@a.example"}}), secret),
        (
            json!({"soft": {id: "https://a.example/?api_token=x"}}),
            secret,
        ),
        (json!({"soft": {id: {"apiKey": "hunter2"}}}), secret),
        (json!({"soft": {"password": "hunter2"}}), secret),
        (
            json!({"hard": {id: "https://evil.example"}}),
            Code::InvalidArguments,
        ),
        (
            json!({"hard": {id: ["evil.example"]}}),
            Code::InvalidArguments,
        ),
        (json!({"soft": {"not an id": 1}}), Code::InvalidArguments),
        (
            json!({"soft": {id: "x".repeat(2_001)}}),
            Code::InvalidArguments,
        ),
        (json!({"hard": many}), Code::InvalidArguments),
    ] {
        let failure = call(&bot, "template_flows_start", start(prefill.clone())).await;
        assert_eq!(failure.unwrap_err().code, code, "{prefill}");
    }
    assert!(world.sent().is_empty(), "{:?}", world.sent());
    let long = "y".repeat(1_900);
    let prefill =
        json!({"hard": {id: 7, "first": long}, "soft": {"last": "https://docs.example/#gid=0"}});
    let failure = call(
        &world.session(),
        "template_flows_start",
        start(prefill.clone()),
    )
    .await;
    let details = failure.unwrap_err().details.unwrap();
    let plan: Vec<&str> = details["plan"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for line in [
        format!("Sends prefill.hard.{id}: 7"),
        "Sends prefill.soft.last: \"https://docs.example/#gid=0\"".to_owned(),
    ] {
        assert!(plan.contains(&line.as_str()), "{line}: {plan:?}");
    }
    let beginning = format!("Sends prefill.hard.first: \"{}…\"", "y".repeat(199));
    let long = plan.iter().find(|line| line.starts_with(&beginning));
    let long = long.unwrap_or_else(|| panic!("{plan:?}"));
    assert!(long.contains("(1900 characters, digest "), "{long}");
    call(&bot, "template_flows_start", start(prefill.clone()))
        .await
        .unwrap();
    assert_eq!(world.last_body()["prefill"], prefill);
}
