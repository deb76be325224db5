//! The protocol on the real binary: four revisions, what results carry, how it starts and ends.

use std::time::{Duration, Instant};

use make_credentials_mcp::sandbox::{Effect, Fault, Sandbox};
use serde_json::{Value, json};

use crate::binary::{Binary, home};
use crate::timing::in_time;
use crate::world::World;

fn environment(zone: &Sandbox) -> Vec<(&'static str, String)> {
    vec![
        ("MAKE_API_KEY", zone.operator_token().to_owned()),
        ("MAKE_ZONE", zone.zone()),
    ]
}

fn start(world: &World, flags: &[&str]) -> Binary {
    let owned = environment(&world.zone);
    let pairs: Vec<(&str, &str)> = owned.iter().map(|(k, v)| (*k, v.as_str())).collect();
    Binary::start(
        &home(&world.zone.zone().replace([':', '/'], "-")),
        &pairs,
        flags,
    )
}

fn opener(version: &str) -> String {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}})
    .to_string()
}

const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

fn modern(id: u32, method: &str, mut params: Value) -> String {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"}});
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

#[tokio::test]
async fn each_older_revision_is_agreed_on_and_an_unknown_one_gets_the_newest_of_them() {
    for (asked, agreed) in [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let world = World::new().await;
        let mut server = start(&world, &[]);
        server.say(&opener(asked)).await;
        let answer = server.hear().await;
        assert_eq!(answer["result"]["protocolVersion"], agreed, "{asked}");
        assert_eq!(
            answer["result"]["serverInfo"]["name"],
            "make-credentials-mcp"
        );
        assert!(
            answer["result"]["instructions"]
                .as_str()
                .unwrap()
                .contains("Never ask a person")
        );
        server.say(INITIALIZED).await;
        let call = server
            .ask(
                "tools/call",
                json!({"name": "connections-get", "arguments": {"connectionId": 101}}),
            )
            .await;
        assert_eq!(
            call["result"]["structuredContent"]["connection"]["id"], 101,
            "SDK names work too"
        );
        assert!(
            call["result"].get("resultType").is_none(),
            "{asked} does not know it"
        );
        let text: Value =
            serde_json::from_str(call["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, call["result"]["structuredContent"]);
        assert_eq!(server.end().await.code, Some(0));
    }
}

#[tokio::test]
async fn a_batch_of_the_oldest_revision_is_answered() {
    let world = World::new().await;
    let mut server = start(&world, &[]);
    server.say(&opener("2025-03-26")).await;
    server.hear().await;
    server.say(INITIALIZED).await;
    let ping = |id: u32| json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
    server.say(&json!([ping(1), ping(2)]).to_string()).await;
    let mut ids = vec![
        server.hear().await["id"].as_u64(),
        server.hear().await["id"].as_u64(),
    ];
    ids.sort_unstable();
    assert_eq!(ids, [Some(1), Some(2)]);
    assert_eq!(server.end().await.code, Some(0));
}

#[tokio::test]
async fn results_of_the_newest_revision_say_who_answered_and_who_may_cache() {
    let world = World::new().await;
    let mut server = start(&world, &[]);
    for (id, method, params, listed) in [
        (1, "server/discover", json!({}), false),
        (2, "tools/list", json!({}), true),
        (3, "prompts/list", json!({}), true),
        (
            4,
            "prompts/get",
            json!({"name": "connect_app", "arguments": {"app": "slack"}}),
            false,
        ),
        (
            5,
            "tools/call",
            json!({"name": "agent_status", "arguments": {}}),
            false,
        ),
    ] {
        server.say(&modern(id, method, params)).await;
        let answer = server.hear().await;
        let result = &answer["result"];
        assert_eq!(
            result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "make-credentials-mcp",
            "{method}: {answer}"
        );
        assert_eq!(result["resultType"], "complete", "{method}");
        if listed {
            assert_eq!(result["cacheScope"], "private", "{method}");
            assert!(result["ttlMs"].is_u64(), "{method}");
        }
    }
    assert_eq!(server.end().await.code, Some(0));
}

#[tokio::test]
async fn malformed_parameters_and_unknown_names_are_errors_of_the_protocol() {
    let world = World::new().await;
    let mut server = start(&world, &[]);
    server.say(&opener("2025-11-25")).await;
    server.hear().await;
    server.say(INITIALIZED).await;
    for (method, params, code) in [
        ("tools/call", json!({"arguments": {}}), -32602),
        (
            "tools/call",
            json!({"name": "agent_status", "arguments": []}),
            -32602,
        ),
        ("tools/call", json!({"name": "connection_list"}), -32602),
        ("tools/list", json!({"cursor": "x"}), -32602),
        ("tools/list", json!({"cursor": 5}), -32602),
        ("tools/list", json!({"cursor": ["x"]}), -32602),
        ("prompts/list", json!({"cursor": 5, "_meta": {}}), -32602),
        ("prompts/get", json!({"name": "none"}), -32602),
        ("prompts/get", json!({"name": "connect_app"}), -32602),
        ("no/such", json!({}), -32601),
    ] {
        let answer = server.ask(method, params.clone()).await;
        assert_eq!(answer["error"]["code"], code, "{method} {params}: {answer}");
    }
    for params in [json!({}), json!({"cursor": null}), json!({"_meta": {}})] {
        let answer = server.ask("prompts/list", params.clone()).await;
        assert!(answer["result"]["prompts"].is_array(), "{params}: {answer}");
    }
    let answer = server
        .ask("tools/call", json!({"name": "connection_list"}))
        .await;
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("connections_list")
    );
    assert!(world.zone.requests().is_empty());
    assert_eq!(server.end().await.code, Some(0));
}

#[tokio::test]
async fn a_client_may_say_as_often_as_it_likes_that_it_is_initialized() {
    let world = World::new().await;
    let mut server = Binary::serve(&world.home, &[], &[]).await;
    server.ask("ping", json!({})).await;
    let before = server.memory_kib();
    let line = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let many = vec![line; 1000].join("\n");
    for _ in 0..40 {
        server.say(&many).await;
    }
    server.ask("ping", json!({})).await;
    let grown = server.memory_kib().saturating_sub(before);
    assert!(grown < 8 * 1024, "{grown} KiB more");
}

#[tokio::test]
async fn a_start_sends_nothing_and_makes_no_file() {
    let world = World::new().await;
    let name = world.zone.zone().replace([':', '/'], "-");
    let mut server = start(&world, &[]);
    server.say(&opener("2025-11-25")).await;
    server.hear().await;
    assert_eq!(server.end().await.code, Some(0));
    assert!(world.zone.requests().is_empty());
    let home = std::env::temp_dir().join(format!("mcm-attack-{name}-{}", std::process::id()));
    assert_eq!(std::fs::read_dir(home).unwrap().count(), 0);
}

fn names(answer: &Value) -> Vec<&str> {
    let tools = answer["result"]["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect()
}

async fn listing(world: &World, token: &str, flags: &[&str]) -> (Value, Duration) {
    let zone = world.zone.zone();
    let pairs = [("MAKE_API_KEY", token), ("MAKE_ZONE", zone.as_str())];
    let mut server = Binary::serve(&home("listing"), &pairs, flags).await;
    let began = Instant::now();
    let answer = server.ask("tools/list", json!({})).await;
    let took = began.elapsed();
    server.end().await;
    (answer, took)
}

#[tokio::test]
async fn tools_whose_scope_the_token_lacks_are_not_listed() {
    let world = World::new().await;
    let token = world.zone.issue_token("narrow", &["keys:read"]);
    let (answer, _) = listing(&world, &token, &[]).await;
    assert_eq!(
        names(&answer),
        [
            "keys_list",
            "keys_get",
            "keys_list_types",
            "agent_status",
            "secrets_list",
            "users_me",
            "users_current_authorization"
        ]
    );
    let (answer, _) = listing(
        &world,
        world.zone.operator_token(),
        &["--read-only", "--toolsets", "keys,tokens"],
    )
    .await;
    assert_eq!(
        names(&answer),
        [
            "keys_list",
            "keys_get",
            "keys_list_types",
            "agent_status",
            "api_tokens_list"
        ]
    );
}

#[tokio::test]
async fn when_make_cannot_say_the_scopes_everything_is_listed_in_time() {
    let world = World::new().await;
    world.zone.inject(
        Fault::new(Effect::Delay { ms: 20_000 }).on("GET", "/users/me/current-authorization"),
    );
    let (answer, took) = listing(&world, world.zone.operator_token(), &[]).await;
    assert_eq!(names(&answer).len(), 50 + 1);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn without_a_token_the_server_starts_and_says_what_to_do() {
    let mut server = Binary::serve(&home("bare"), &[], &[]).await;
    assert_eq!(
        names(&server.ask("tools/list", json!({})).await),
        ["agent_status"]
    );
    let status = server
        .ask("tools/call", json!({"name": "agent_status"}))
        .await;
    assert_eq!(status["result"]["structuredContent"]["ready"], false);
    let other = server.ask("tools/call", json!({"name": "keys_list"})).await;
    assert_eq!(
        other["result"]["structuredContent"]["code"],
        "secret_unavailable"
    );
    assert_eq!(server.end().await.code, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_change_that_has_left_is_seen_to_its_end_when_the_system_ends_the_server() {
    let world = World::new().await;
    let owned = environment(&world.zone);
    let pairs: Vec<(&str, &str)> = owned.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut server = Binary::serve(&home("term"), &pairs, &[]).await;
    world
        .zone
        .inject(Fault::new(Effect::Delay { ms: 700 }).on("POST", "/connections"));
    let arguments = json!({"teamId": 22, "name": "Late", "accountName": "google"});
    server
        .say(&crate::stdio::call(1, "connections_create", &arguments))
        .await;
    while world.zone.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let pid = rustix::process::Pid::from_raw(server.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let left = server.outlive().await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(
        left.stdout.contains("\"Late\""),
        "its outcome was told: {}",
        left.stdout
    );
}

#[cfg(unix)]
#[tokio::test]
async fn an_idle_server_ends_at_once_when_the_system_asks() {
    in_time(Duration::from_secs(1), async || {
        let mut server = Binary::serve(&home("idle"), &[], &[]).await;
        server.ask("ping", json!({})).await;
        let pid = rustix::process::Pid::from_raw(server.id().try_into().unwrap()).unwrap();
        let start = Instant::now();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert_eq!(server.outlive().await.code, Some(0));
        start.elapsed()
    })
    .await;
}

#[tokio::test]
async fn a_call_that_waits_for_a_person_does_not_hold_the_process() {
    let world = World::new().await;
    let owned = environment(&world.zone);
    let pairs: Vec<(&str, &str)> = owned.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut server = Binary::serve(&home("waits"), &pairs, &[]).await;
    let request = make_credentials_mcp::sandbox::seeded::PENDING_REQUEST;
    let arguments = json!({"requestId": request, "timeoutS": 45});
    server
        .say(&crate::stdio::call(
            1,
            "credential_requests_wait",
            &arguments,
        ))
        .await;
    while world.zone.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let began = Instant::now();
    assert_eq!(server.end().await.code, Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}
