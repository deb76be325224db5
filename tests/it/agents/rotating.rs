//! `agent rotate`: new tokens in the place of former ones, under running servers.

use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault};
use serde_json::{Value, json};

use super::{Scene, json};
use crate::binary::Binary;

fn token(listed: &Value) -> String {
    listed["agents"][0]["token"]["prefix"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Make shows a link once, and nobody can look up whose a flow is.
#[tokio::test]
async fn what_an_agent_has_made_is_its_own_after_a_rotation_too() {
    let scene = Scene::new("rotate-links").await;
    let grants = [
        "--teams=22",
        "--access=write",
        "--toolsets=credential_requests,template_flows,templates",
        "--confirm=never",
    ];
    let add = [&["agent", "add", "maker"][..], &grants].concat();
    assert_eq!(scene.operate(&add).await.code, Some(0));
    let mut server = Binary::serve(&scene.home, &[], &["--agent=maker"]).await;
    let wanted = json!({"keys": [{"type": "apikeyauth"}]});
    let made = server
        .call("credential_requests_create_by_credentials", wanted)
        .await;
    let made = made["result"]["structuredContent"].clone();
    let flow = server
        .call(
            "template_flows_start",
            crate::examples::example("template_flows_start", ""),
        )
        .await;
    let flow = flow["result"]["structuredContent"].clone();
    server.end().await;
    assert_eq!(
        scene.operate(&["agent", "rotate", "maker"]).await.code,
        Some(0)
    );
    let mut server = Binary::serve(&scene.home, &[], &["--agent=maker"]).await;
    let read = json!({"requestId": made["requestId"]});
    let read = server.call("credential_requests_get", read).await;
    assert!(made["publicUri"].is_string(), "{made}");
    assert_eq!(
        read["result"]["structuredContent"]["publicUri"], made["publicUri"],
        "{read}"
    );
    let read = json!({"flowId": flow["flowId"]});
    let read = server.call("template_flows_get", read).await;
    assert_eq!(read["result"]["isError"], json!(false), "{flow} {read}");
    server.end().await;
}

#[tokio::test]
async fn a_running_server_changes_tokens_without_dropping_a_call() {
    let scene = Scene::new("rotate-serving").await;
    scene.issue("reporter").await;
    let before = token(&scene.list().await);
    scene.zone.clear_requests();
    let mut server = Binary::serve(&scene.home, &[], &["--agent=reporter"]).await;
    let call = ("connections_get", json!({"connectionId": 101}));
    server.call_all(std::slice::from_ref(&call)).await;
    // Slow enough that calls are under way when the tokens change.
    scene
        .zone
        .inject(Fault::new(Effect::Delay { ms: 120 }).on("GET", "/connections"));
    let rotate = scene.operate(&["agent", "rotate", "reporter", "--json"]);
    let calls = async {
        let mut failed = Vec::new();
        for _ in 0..12 {
            for answer in server
                .call_all(&[call.clone(), call.clone(), call.clone()])
                .await
            {
                if answer["isError"] == json!(true) {
                    failed.push(answer.to_string());
                }
            }
        }
        failed
    };
    let (left, failed) = tokio::join!(rotate, calls);
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert_eq!(failed, Vec::<String>::new());
    server.end().await;
    let after = token(&scene.list().await);
    assert_ne!(before, after);
    assert_eq!(scene.ours().len(), 1);
    // The former token was used by calls, and after its deletion by nobody but who checked it.
    let requests = scene.zone.requests();
    let used = |prefix: &str| {
        let by = |request: &&make_credentials_mcp::sandbox::RecordedRequest| {
            request.token_prefix.as_deref() == Some(prefix)
        };
        requests
            .iter()
            .filter(by)
            .map(|r| (r.path.clone(), r.status))
            .collect::<Vec<_>>()
    };
    assert!(
        used(&before)
            .iter()
            .all(|(path, status)| *status == 200 || path.ends_with("current-authorization"))
    );
    assert!(
        used(&after)
            .iter()
            .any(|(path, _)| path.ends_with("/connections/101"))
    );
}

#[tokio::test]
async fn the_former_token_is_refused_before_it_is_called_gone() {
    let scene = Scene::new("rotate-grace").await;
    scene.issue("reporter").await;
    let grace = Duration::from_millis(500);
    scene
        .zone
        .set_token_habits(Duration::from_millis(200), grace);
    let left = scene.operate(&["agent", "rotate", "reporter"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(left.stdout.contains("is gone at Make"), "{}", left.stdout);
    assert_eq!(scene.ours().len(), 1);
    assert!(scene.works("reporter").await);
    // A token that outlives the patience stays written down until it is refused.
    scene
        .zone
        .set_token_habits(Duration::ZERO, Duration::from_secs(4));
    let left = scene.operate(&["agent", "rotate", "reporter"]).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert!(left.stdout.contains("unfinished"), "{}", left.stdout);
    assert!(scene.works("reporter").await);
    let listed = scene.list().await;
    assert_eq!(listed["pendingRevocations"][0]["agent"], "reporter");
    let red = scene.run(&["agent", "list"], "").await;
    assert!(
        red.stdout.contains("[red] agent reporter: a token"),
        "{}",
        red.stdout
    );
    tokio::time::sleep(Duration::from_secs(3)).await;
    scene.recover().await;
    assert_eq!(scene.list().await["pendingRevocations"], json!([]));
    assert_eq!(scene.ours().len(), 1);
}

#[tokio::test]
async fn all_that_are_old_enough_are_rotated_one_after_the_other() {
    let scene = Scene::new("rotate-all").await;
    for name in ["one", "two", "three"] {
        scene.issue(name).await;
    }
    let none = scene
        .operate(&["agent", "rotate", "--all", "--older-than=30d", "--json"])
        .await;
    assert_eq!(json(&none), json!({"rotations": []}));
    let all = scene
        .operate(&["agent", "rotate", "--all", "--older-than=0d", "--json"])
        .await;
    assert_eq!(all.code, Some(0), "{}", all.all());
    assert_eq!(json(&all)["rotations"].as_array().unwrap().len(), 3);
    assert_eq!(scene.ours().len(), 3);
    for name in ["one", "two", "three"] {
        assert!(scene.works(name).await, "{name}");
    }
}

#[tokio::test]
async fn two_commands_at_once_do_one_rotation_after_the_other() {
    let scene = Scene::new("rotate-twice").await;
    scene.issue("reporter").await;
    let rotate = || scene.operate(&["agent", "rotate", "reporter"]);
    let (one, two, three) = tokio::join!(rotate(), rotate(), rotate());
    for left in [one, two, three] {
        assert_eq!(left.code, Some(0), "{}", left.all());
    }
    assert_eq!(scene.ours().len(), 1);
    assert!(scene.works("reporter").await);
}

#[tokio::test]
async fn an_operator_of_another_make_user_is_refused() {
    let scene = Scene::new("rotate-other").await;
    scene.issue("reporter").await;
    let scopes = [
        "user:read",
        "user:write",
        "organizations:read",
        "teams:read",
    ];
    let john =
        scene
            .zone
            .issue_token_for(make_credentials_mcp::sandbox::seeded::JOHN, "john", &scopes);
    let words = ["agent", "rotate", "reporter", "--operator-token-stdin"];
    let left = scene.run(&words, &john).await;
    assert_eq!(left.code, Some(3), "{}", left.all());
    assert!(
        left.stderr.contains("belongs to the Make user 7"),
        "{}",
        left.stderr
    );
    assert_eq!(scene.ours().len(), 1);
}

#[tokio::test]
async fn old_tokens_turn_yellow_and_red() {
    let options = make_credentials_mcp::sandbox::Options {
        now: Some("2026-08-01T00:00:00Z".parse().unwrap()),
        ..Default::default()
    };
    let scene = Scene::of("rotate-ages", options).await;
    scene.issue("reporter").await;
    let agent = scene.list().await["agents"][0].clone();
    let light = agent["light"].as_str().unwrap();
    let days = agent["tokenAgeDays"].as_i64().unwrap();
    let wanted = match days {
        90.. => "red",
        30.. => "yellow",
        _ => "green",
    };
    assert_eq!(light, wanted, "{days} days");
    let older = scene
        .operate(&["agent", "rotate", "reporter", "--older-than=36500d"])
        .await;
    assert_eq!(older.code, Some(0), "{}", older.all());
    assert!(
        older.stdout.contains("no token is that old"),
        "{}",
        older.stdout
    );
}

#[tokio::test]
async fn an_expired_agent_loses_its_token_at_the_next_command() {
    let scene = Scene::new("rotate-expired").await;
    let words = ["agent", "add", "brief", "--teams=22", "--expires=0d"];
    assert_eq!(scene.operate(&words).await.code, Some(0));
    let red = scene.run(&["agent", "list"], "").await;
    assert!(
        red.stdout.contains("its token still works at Make"),
        "{}",
        red.stdout
    );
    let left = scene.recover().await;
    assert!(left.stderr.contains("is gone at Make"), "{}", left.all());
    assert_eq!(scene.ours(), Vec::<String>::new());
    assert_eq!(scene.list().await["agents"][0]["standing"], "revoked");
    // A revoked agent with nothing left to do may be forgotten, and its name used again.
    let left = scene.run(&["agent", "remove", "brief"], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    scene.issue("brief").await;
}
