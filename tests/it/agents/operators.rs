//! `operator login`, `show`, `logout` and `network`.

use serde_json::json;

use super::{Scene, json};
use crate::binary::{self, Binary};

#[tokio::test]
async fn an_operator_is_kept_used_and_forgotten() {
    let scene = Scene::new("operator").await;
    let zone = scene.zone.zone();
    let left = scene.operate(&["operator", "login"]).await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    for wanted in [
        "Make user 7 (\"Jane Doe\")",
        "22  \"Marketing\"",
        "as good as the account",
        &format!("agent add NAME --zone {zone} --teams 22"),
    ] {
        assert!(left.stdout.contains(wanted), "{wanted}: {}", left.stdout);
    }
    assert!(
        left.stderr.contains(&format!("{zone}/user/api")),
        "{}",
        left.stderr
    );
    assert!(
        left.stderr.contains("user:read and user:write"),
        "{}",
        left.stderr
    );
    let shown = json(&scene.run(&["operator", "show", "--json"], "").await);
    let operator = &shown["operators"][0];
    assert_eq!(operator["zone"], json!(zone));
    assert_eq!(operator["user"]["id"], 7);
    assert_eq!(
        operator["prefix"],
        json!(scene.zone.operator_token().get(..8))
    );
    // Commands need neither stdin nor a zone any more.
    let left = scene
        .run(&["agent", "add", "reporter", "--teams=22"], "")
        .await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let left = scene.run(&["agent", "rotate", "reporter"], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let left = scene.run(&["operator", "logout"], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    assert!(left.stdout.contains("still works"), "{}", left.stdout);
    let shown = scene.run(&["operator", "show"], "").await;
    assert!(
        shown.stdout.contains("no operator is kept"),
        "{}",
        shown.stdout
    );
    assert_eq!(
        scene.run(&["agent", "rotate", "reporter"], "").await.code,
        Some(1)
    );
}

#[tokio::test]
async fn a_token_that_may_not_make_others_is_not_kept() {
    let scene = Scene::new("operator-weak").await;
    let zone = scene.zone.zone();
    let words = [
        "operator",
        "login",
        "--operator-token-stdin",
        "--zone",
        &zone,
    ];
    let token = scene.zone.issue_token("weak", &["user:read"]);
    let left = scene.run(&words, &token).await;
    assert_eq!(left.code, Some(3), "{}", left.all());
    let left = scene.run(&words, "hunter2").await;
    assert_eq!(left.code, Some(1));
    assert!(!left.all().contains("hunter2"));
    let shown = json(&scene.run(&["operator", "show", "--json"], "").await);
    assert_eq!(shown, json!({"operators": []}));
}

/// Whoever opened one of the pipes would wait there for ever.
#[cfg(unix)]
#[tokio::test]
async fn a_server_opens_nothing_of_the_operator() {
    let scene = Scene::new("operator-serve").await;
    scene.operate(&["operator", "login"]).await;
    scene.issue("reporter").await;
    let folder = scene.home.join("operator");
    let mut pipes = 0;
    for (path, _) in binary::files(&folder) {
        std::fs::remove_file(&path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        pipes += 1;
    }
    assert!(pipes >= 2, "the entry and its key");
    let mut server = Binary::serve(&scene.home, &[], &["--agent=reporter"]).await;
    let listed = server.ask("tools/list", json!({})).await;
    assert!(listed["result"]["tools"].as_array().unwrap().len() > 10);
    let answers = server
        .call_all(&[
            ("agent_status", json!({})),
            ("users_me", json!({})),
            ("connections_list", json!({})),
        ])
        .await;
    for answer in answers {
        assert_ne!(answer["isError"], json!(true), "{answer}");
    }
    server.end().await;
    let call = ["call", "users_me", "--agent=reporter"];
    assert_eq!(binary::run(&scene.home, &[], &call).await.code, Some(0));
    let tools = binary::run(&scene.home, &[], &["tools", "--agent=reporter"]).await;
    assert_eq!(tools.code, Some(0));
}

/// The code that serves agents does not even name it.
#[test]
fn no_code_that_serves_names_the_operator() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![];
    for file in ["serve", "call", "tools", "env_agent", "registered_agent"] {
        files.push(root.join(format!("cli/{file}.rs")));
    }
    for folder in ["tools", "mcp"] {
        files.extend(
            binary::files(&root.join(folder))
                .into_iter()
                .map(|(path, _)| path),
        );
    }
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in [
            "kept_operator",
            "KeptOperator",
            "operator_stores",
            "Operator::",
        ] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[tokio::test]
async fn the_way_to_make_is_kept_and_used() {
    let scene = Scene::new("operator-network").await;
    let show = async |words: &[&str]| json(&scene.run(words, "").await);
    let base = ["operator", "network", "--json"];
    let plain = json!({"proxy": null, "caFile": null, "systemRoots": false, "privateZone": null});
    assert_eq!(show(&base).await, plain);
    let words = [&base[..], &["--proxy=http://proxy.example:3128"]].concat();
    assert_eq!(show(&words).await["proxy"], "http://proxy.example:3128");
    assert_eq!(show(&base).await["proxy"], "http://proxy.example:3128");
    for bad in [
        "--proxy=http://user:hunter2@proxy.example",
        "--proxy=socks5://proxy.example",
        "--ca-file=/nonexistent/ca.pem",
        "--ca-file=/dev/null",
    ] {
        let left = scene.run(&["operator", "network", bad], "").await;
        assert_ne!(left.code, Some(0), "{bad}");
        assert!(!left.all().contains("hunter2"), "{}", left.all());
    }
    assert_eq!(show(&base).await["proxy"], "http://proxy.example:3128");
    let words = [&base[..], &["--reset"]].concat();
    assert_eq!(show(&words).await, plain);
}

/// A request to a real zone goes through the proxy that the operator named, for every kind of
/// command. The host does not exist (RFC 6761), so nothing leaves the machine.
#[tokio::test]
async fn every_command_goes_through_the_proxy() {
    let scene = Scene::new("operator-proxy").await;
    let proxy = crate::listener::Listener::start().await;
    let flag = format!("--proxy={}", proxy.address());
    let zone = "--private-zone=make.example.invalid";
    let left = scene.run(&["operator", "network", &flag, zone], "").await;
    assert_eq!(left.code, Some(0), "{}", left.all());
    let token = "2544847b-1111-4222-8333-0123456789ab";
    let mut heard = 0;
    for words in [
        &["operator", "login", "--operator-token-stdin", zone][..],
        &[
            "agent",
            "add",
            "reporter",
            "--teams=22",
            "--token-stdin",
            zone,
        ],
    ] {
        let left = scene.run(words, token).await;
        assert_eq!(left.code, Some(1), "{}", left.all());
        let now = proxy.heard().len();
        assert!(now > heard, "{words:?} went another way");
        heard = now;
    }
    let environment = [("MAKE_API_KEY", token)];
    let left = binary::run(&scene.home, &environment, &["call", "users_me", zone]).await;
    assert_eq!(left.code, Some(1));
    assert!(proxy.heard().len() > heard);
}
