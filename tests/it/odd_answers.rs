//! Answers that no server library would send, and answers without end: each call ends by itself,
//! in time and in bounded memory, and the next one is not touched by it.

use std::time::{Duration, Instant};

use make_credentials_mcp::make::{self, Client, Zone};
use make_credentials_mcp::sandbox::{Effect, Fault};
use make_credentials_mcp::secret::{Scrubber, Secret};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{Code, Session};
use serde_json::{Value, json};

use crate::listener::Listener;
use crate::trail::Home;
use crate::world::{With, World, call};

/// A session whose zone is this listener.
fn session_at(listener: &Listener) -> (Home, Session) {
    let agent = With::default().agent();
    let token = Secret::new("2544847b-1111-4222-8333-c0ffeec0ffee".to_owned());
    let zone = Zone::parse(&listener.address()).unwrap();
    let client = Client::new(make::Access { token, zone });
    let session = Session::new(
        agent,
        Ok(client),
        Scrubber::default(),
        State::at(None),
        32_768,
    );
    let home = Home::new(&format!("odd-{}", listener.port));
    let trail = home.trail();
    (home, session.recording(trail))
}

fn good(id: u64) -> String {
    let body = json!({"connection": {"id": id, "name": "n", "teamId": 22}}).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Each with what is wrong with it.
fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let body = good(1).split("\r\n\r\n").nth(1).unwrap().to_owned();
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\n{more}\r\n\r\n{body}").into_bytes();
    let chunk = |size: &str| {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{size}\r\n{{}}").into_bytes()
    };
    let bare = |line: &str| format!("HTTP/1.1 {line}\r\n\r\n").into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("no http", b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        ("http 0.9", b"<html>hello</html>".to_vec()),
        ("half a head", b"HTTP/1.1 200 OK\r\nContent-".to_vec()),
        ("zeroes", vec![0; 100_000]),
        ("many headers", head(&vec!["x: y"; 5000].join("\r\n"))),
        (
            "a long header",
            head(&format!("x: {}", "y".repeat(1 << 20))),
        ),
        (
            "two lengths",
            head("Content-Length: 3\r\nContent-Length: 5"),
        ),
        ("a negative length", head("Content-Length: -1")),
        (
            "a huge length",
            head(&format!("Content-Length: {}", u64::MAX)),
        ),
        ("a bad chunk", chunk("zz")),
        ("a huge chunk", chunk("ffffffffffffffff")),
        (
            "other protocols",
            bare("101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade"),
        ),
        ("endless hints", bare("103 Early Hints").repeat(10_000)),
        ("no content", bare("204 No Content")),
        ("not modified", bare("304 Not Modified")),
        (
            "compressed",
            head("Content-Encoding: gzip\r\nContent-Length: 3"),
        ),
        ("a strange status", bare("999 ?\r\nContent-Length: 0")),
    ]
}

#[tokio::test]
async fn broken_http_ends_as_a_failure() {
    let answers = broken();
    let calls = answers.into_iter().map(async |(name, answer)| {
        let zone = Listener::answering(answer).await;
        let (_home, session) = session_at(&zone);
        let started = Instant::now();
        for (tool, arguments) in [
            ("connections_get", json!({"connectionId": 101})),
            ("connections_verify", json!({"connectionId": 101})),
        ] {
            let failure = call(&session, tool, arguments).await.unwrap_err();
            let codes = [Code::Unavailable, Code::OutcomeUnknown];
            assert!(codes.contains(&failure.code), "{name}, {tool}: {failure:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
    });
    futures_util::future::join_all(calls).await;
}

/// A second answer behind the first must not become the answer to the next question.
#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_thrown_away() {
    let zone = Listener::answering(format!("{}{}", good(101), good(666)).into_bytes()).await;
    let (_home, session) = session_at(&zone);
    for _ in 0..3 {
        let answer = call(&session, "connections_get", json!({"connectionId": 101}));
        assert_eq!(answer.await.unwrap()["connection"]["id"], 101);
    }
    assert_eq!(zone.heard().len(), 3);
}

fn answers_with(body: &str) -> Fault {
    Fault::new(Effect::json(200, &body))
}

#[tokio::test]
async fn deep_wide_and_long_answers_are_refused_or_cut() {
    let world = World::new().await;
    let session = world.session();
    let rows = |row: &str| vec![row; (7 << 20) / (row.len() + 1)].join(",");
    for (name, body) in [
        ("deep", format!("{{\"connections\":{}", "[".repeat(4 << 20))),
        (
            "deep objects",
            format!("{{\"connections\":{}", "{\"a\":".repeat(1000)),
        ),
        (
            "rows",
            format!("{{\"connections\":[{}]}}", rows("{\"id\":1}")),
        ),
        (
            "a number",
            format!("{{\"connections\":[{{\"id\":{}}}]}}", "9".repeat(1 << 20)),
        ),
        (
            "a broken text",
            "{\"connections\":[{\"id\":1,\"name\":\"\\ud800\"}]}".to_owned(),
        ),
    ] {
        world.zone.inject(answers_with(&body));
        let failure = call(&session, "connections_list", json!({"teamId": 22}));
        let failure = failure.await.unwrap_err();
        assert_eq!(failure.code, Code::Unavailable, "{name}");
        assert!(failure.message.len() < 200, "{name}: {}", failure.message);
        world.zone.clear_faults();
    }
    let long = json!({"connection": {"id": 101, "teamId": 22, "name": "n".repeat(7 << 20)}});
    world.zone.inject(answers_with(&long.to_string()));
    let answer = call(&session, "connections_get", json!({"connectionId": 101}));
    assert!(answer.await.unwrap().to_string().len() < 1000);
}

/// Each is asked for, with an answer of Make in which a field that only describes is odd, and what
/// is shown of it.
fn oddly_described() -> Vec<(&'static str, Value, Value, &'static str, Value)> {
    let odd = json!({"id": 1, "teamId": 22, "name": null, "theme": 5, "editable": "true",
        "uid": {}, "scopesCnt": "3", "metadata": {"value": {"a": 1}, "type": 7}});
    let number = json!({"id": 2, "teamId": 22, "name": 12.5, "accountName": [],
        "metadata": {"value": 116_202_339, "type": null}});
    let text = json!({"id": 3, "teamId": 22, "name": "n", "metadata": "jane@example.com"});
    let key = json!({"id": 1, "teamId": 22, "name": null, "typeName": {}, "packageName": 1});
    let organization = json!({"id": 5, "name": null, "isPaused": 0, "teams": null,
        "license": {"apiLimit": "60", "portal": "no"}});
    let request = json!({"id": "r", "teamId": 22, "name": null, "status": null, "appNames": "slack",
        "makeProvider": [], "user": {"id": 3, "name": null}, "createdAt": 5});
    let user = json!({"authUser": {"id": 3, "name": null, "email": false, "timezone": {}}});
    let template = json!({"id": 5, "teamId": 22, "name": [], "usedApps": [1, null, "slack"]});
    vec![
        (
            "connections_list",
            json!({"teamId": 22, "fields": ["id", "name", "metadata"]}),
            json!({"connections": [odd, number, text]}),
            "/connections",
            json!([
                {"id": 1, "name": "", "metadata": {"type": "7"}},
                {"id": 2, "name": "12.5", "metadata": {"value": "116202339"}},
                {"id": 3, "name": "n"},
            ]),
        ),
        (
            "connections_get",
            json!({"connectionId": 1}),
            json!({"connection": odd}),
            "/connection",
            json!({"id": 1, "teamId": 22, "name": "", "theme": "5", "editable": true,
                "scopesCnt": 3, "metadata": {"type": "7"}}),
        ),
        (
            "keys_list",
            json!({"teamId": 22, "fields": ["id", "name", "typeName", "packageName"]}),
            json!({"keys": [key]}),
            "/keys",
            json!([{"id": 1, "name": "", "packageName": "1"}]),
        ),
        (
            "organizations_list",
            json!({"fields": ["id", "name", "isPaused", "license"]}),
            json!({"organizations": [organization]}),
            "/organizations",
            json!([{"id": 5, "name": "", "isPaused": false, "license": {"apiLimit": 60}}]),
        ),
        (
            "credential_requests_list",
            json!({"teamId": 22, "fields": ["id", "name", "status", "appNames", "createdAt"]}),
            json!({"requests": [request]}),
            "/requests",
            json!([{"id": "r", "name": "", "status": "", "appNames": ["slack"], "createdAt": "5"}]),
        ),
        (
            "templates_list",
            json!({"teamId": 22, "fields": ["id", "name", "usedApps"]}),
            json!({"templates": [template]}),
            "/templates",
            json!([{"id": 5, "usedApps": ["1", "slack"]}]),
        ),
        (
            "users_me",
            json!({}),
            user,
            "/user",
            json!({"id": 3, "name": "", "email": "false"}),
        ),
    ]
}

#[tokio::test]
async fn one_odd_value_that_only_describes_fails_no_list() {
    let world = World::new().await;
    let session = world.session();
    for (tool, arguments, answer, place, shown) in oddly_described() {
        world.zone.inject(answers_with(&answer.to_string()));
        let read = call(&session, tool, arguments).await;
        world.zone.clear_faults();
        let read = read.unwrap_or_else(|failure| panic!("{tool}: {failure:?}"));
        assert_eq!(read.pointer(place), Some(&shown), "{tool}: {read}");
    }
}

#[tokio::test]
async fn an_odd_id_is_never_read_as_something_else() {
    let world = World::new().await;
    let session = world.session();
    for row in [
        json!({"id": null, "name": "n"}),
        json!({"id": 1.5, "name": "n"}),
        json!({"id": 1, "teamId": {}, "name": "n"}),
    ] {
        let answer = json!({"connections": [row]});
        world.zone.inject(answers_with(&answer.to_string()));
        let failure = call(&session, "connections_list", json!({"teamId": 22}));
        assert_eq!(failure.await.unwrap_err().code, Code::Unavailable);
        world.zone.clear_faults();
    }
}

#[tokio::test]
async fn what_is_refused_is_repeated_neither_in_length_nor_at_length() {
    let world = World::new().await;
    let session = world.session();
    let long = "k".repeat(1 << 20);
    let text = "x".repeat(100_000);
    let imap =
        |data: Value| json!({"teamId": 22, "name": "n", "accountName": "imap", "data": data});
    let many: serde_json::Map<String, Value> = (0..10_000)
        .map(|n| (format!("field{n}"), json!("x")))
        .collect();
    for (tool, arguments) in [
        (
            "connections_list",
            json!({"teamId": 22, "scopes": {&long: [1]}}),
        ),
        (
            "connections_list",
            json!({"teamId": 22, "scopes": {"google": [text]}}),
        ),
        ("connections_list", json!({&long: 1})),
        ("connections_create", imap(json!({&long: "x"}))),
        ("connections_create", imap(json!(many))),
        (
            "connections_update",
            json!({"connectionId": 104, "data": {&long: "x"}}),
        ),
        (
            "keys_update",
            json!({"keyId": 401, "parameters": {&long: "***"}}),
        ),
        (
            "keys_create",
            json!({"teamId": 22, "name": "n", "typeName": "basicauth", "parameters": many}),
        ),
        ("connections_get", json!({"connectionId": long})),
    ] {
        let started = Instant::now();
        let failure = call(&world.sure(), tool, arguments).await.unwrap_err();
        let shown = serde_json::to_string(&failure).unwrap();
        assert!(shown.len() < 2500, "{tool}: {} bytes", shown.len());
        assert!(started.elapsed() < Duration::from_secs(5), "{tool}");
        assert!(!failure.retryable, "{tool}");
    }
    let name = format!("connections_{long}\u{e9}");
    let unknown = session.call(
        &name,
        serde_json::Map::new(),
        make_credentials_mcp::tools::CallContext::default(),
        std::future::pending(),
    );
    let patience = Duration::from_secs(1);
    assert!(tokio::time::timeout(patience, unknown).await.is_ok());
}

#[tokio::test]
async fn plain_secrets_without_end_are_refused_in_time() {
    let world = World::new().await;
    let session = world.with(With {
        allow_plaintext: true,
        ..With::default()
    });
    let started = Instant::now();
    let mut refused = 0;
    for round in 0..10 {
        let data: serde_json::Map<String, Value> = (0..200)
            .map(|n| {
                (
                    format!("f{n}"),
                    json!(format!("secret-{round}-{n}-of-many")),
                )
            })
            .collect();
        let arguments = json!({"teamId": 22, "name": "n", "accountName": "imap", "data": data});
        let failure = call(&session, "connections_create", arguments).await;
        refused += usize::from(failure.is_err_and(|f| f.code == Code::PlaintextSecretRefused));
    }
    assert!(refused >= 5, "{refused}");
    assert!(started.elapsed() < Duration::from_secs(10));
}
