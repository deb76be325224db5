//! No token and no secret in any byte that leaves: every tool, every way in which Make can fail,
//! every command, through the real binary.

use std::path::Path;

use futures_util::future::join_all;
use make_credentials_mcp::grants;
use make_credentials_mcp::sandbox::{CANARY, Effect, Fault, Options, Sandbox};
use make_credentials_mcp::tools::ALL;
use serde_json::{Value, json};

use crate::arguments::{least, most, working};
use crate::binary::{self, Binary, Left};
use crate::canary::Canary;
use crate::faults::{self, universal};

const EVERYTHING: &str = "--toolsets=connections,keys,credential_requests,templates,template_flows,account,tokens,deprecated";

/// A zone, a home, and what must not be seen.
struct Scene {
    zone: Sandbox,
    home: std::path::PathBuf,
    canary: Canary,
}

impl Scene {
    async fn new(name: &str) -> Self {
        let options = Options {
            locked_connections: true,
            ..Options::default()
        };
        let zone = Sandbox::start(options).await.unwrap();
        let canary = Canary::of(zone.operator_token());
        let home = binary::home(&format!("leaks-{name}"));
        Self { zone, home, canary }
    }

    async fn serve(&self, flags: &[&str]) -> Binary {
        let zone = self.zone.zone();
        let environment = [
            ("MAKE_API_KEY", self.zone.operator_token()),
            ("MAKE_ZONE", zone.as_str()),
            ("MAKE_CREDENTIALS_LOG", "debug"),
        ];
        let flags: Vec<&str> = [EVERYTHING]
            .into_iter()
            .chain(flags.iter().copied())
            .collect();
        Binary::serve(&self.home, &environment, &flags).await
    }

    /// The whole trace of a server that ends now: what it wrote and what it left on disk.
    async fn assert_clean(&self, place: &str, server: Binary) -> Left {
        let left = server.end().await;
        self.assert_silent(place, &left);
        left
    }

    fn assert_silent(&self, place: &str, left: &Left) {
        self.canary.assert_absent(place, left.all());
        assert!(!left.all().contains(CANARY), "{place}");
        for (path, bytes) in binary::files(&self.home) {
            self.canary
                .assert_absent(&format!("{place}, {}", path.display()), &bytes);
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!text.contains(CANARY), "{place}, {}", path.display());
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

/// Every tool with arguments of three kinds. A tool that waits is called once, and for another
/// request in each `round`: it asks about one only every ten seconds.
fn calls(round: usize) -> Vec<(&'static str, Value)> {
    let mut calls = Vec::new();
    for entry in ALL.iter() {
        let name = entry.spec.name;
        if entry.spec.effect == grants::Effect::Await {
            let arguments = json!({"requestId": format!("round-{round}"), "timeoutS": 1});
            calls.push((name, arguments));
            continue;
        }
        for arguments in [least(entry), most(entry), working(entry)] {
            calls.push((name, Value::Object(arguments)));
        }
    }
    calls
}

#[tokio::test]
async fn nothing_leaks_when_everything_works() {
    let scene = Scene::new("works").await;
    let mut server = scene.serve(&["--confirm=never"]).await;
    let cmdline = Path::new("/proc")
        .join(server.id().to_string())
        .join("cmdline");
    if let Ok(words) = std::fs::read(cmdline) {
        scene.canary.assert_absent("the command line", words);
    }
    server.ask("tools/list", json!({})).await;
    server.ask("prompts/list", json!({})).await;
    let mut failed = Vec::new();
    // What takes away comes last, so that the others find their objects.
    let (taking, rest): (Vec<_>, Vec<_>) = ALL.iter().partition(|e| e.spec.effect.destroys());
    for entry in rest.into_iter().chain(taking) {
        let call = (entry.spec.name, Value::Object(working(entry)));
        let answers = server.call_all(&[call]).await;
        let [answer] = answers.as_slice() else {
            unreachable!("one call, one answer")
        };
        if answer["isError"] == json!(true) {
            failed.push(format!("{}: {answer}", entry.spec.name));
        }
    }
    assert!(
        failed.len() * 4 < ALL.len(),
        "most tools should do their work here:\n{}",
        failed.join("\n")
    );
    server.call_all(&calls(0)).await;
    scene.assert_clean("the tools", server).await;
}

#[tokio::test]
async fn nothing_leaks_whatever_make_answers() {
    let scenes = faults::all().into_iter().map(async |(name, make_fault)| {
        let scene = Scene::new(name).await;
        let mut server = scene.serve(&["--confirm=never"]).await;
        scene
            .zone
            .inject(Fault::new(make_fault(scene.zone.operator_token())));
        for answer in server.call_all(&calls(0)).await {
            assert_same(name, &answer);
        }
        scene.assert_clean(name, server).await
    });
    let lefts = join_all(scenes).await;
    let redacted = lefts
        .iter()
        .filter(|left| left.stdout.contains("[redacted]"));
    assert!(
        redacted.count() >= 10,
        "echoed tokens should come back redacted"
    );
}

/// The text is the structured answer, for clients that read only one of them.
fn assert_same(name: &str, answer: &Value) {
    if let Some(text) = answer["content"][0]["text"].as_str() {
        let read: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("{name}: {text}"));
        assert_eq!(read, answer["structuredContent"], "{name}");
    }
}

#[tokio::test]
async fn tokens_in_names_come_back_redacted() {
    let scene = Scene::new("names").await;
    let mut server = scene.serve(&["--confirm=never"]).await;
    for (round, shape) in faults::shapes(scene.zone.operator_token())
        .into_iter()
        .enumerate()
    {
        scene.zone.inject(Fault::new(Effect::Status {
            status: 200,
            body: universal(&shape).to_string(),
            content_type: "application/json".to_owned(),
            headers: vec![
                ("x-imt-package-name".to_owned(), shape.clone()),
                ("x-imt-package-version".to_owned(), shape.clone()),
            ],
        }));
        server.call_all(&calls(round)).await;
        scene.zone.clear_faults();
    }
    let left = scene.assert_clean("names", server).await;
    assert!(left.stdout.matches("[redacted]").count() > 40);
}

#[tokio::test]
async fn no_command_prints_a_token() {
    let scene = Scene::new("commands").await;
    let (zone, token) = (scene.zone.zone(), scene.zone.operator_token().to_owned());
    let good = [
        ("MAKE_API_KEY", token.as_str()),
        ("MAKE_ZONE", zone.as_str()),
        ("MAKE_CREDENTIALS_LOG", "debug"),
    ];
    let swapped = [("MAKE_API_KEY", zone.as_str()), ("MAKE_ZONE", &token)];
    let odd = format!("{token}x");
    let no_uuid = [("MAKE_API_KEY", odd.as_str()), ("MAKE_ZONE", &zone)];
    let as_path = [("MAKE_API_KEY_FILE", token.as_str()), ("MAKE_ZONE", &zone)];
    let teams = format!("--teams={token}");
    let private = format!("--private-zone={token}");
    let arguments = format!("--args={{\"connectionId\": \"{token}\", \"{token}\": 1}}");
    let toolsets = format!("--toolsets={token}");
    for words in [
        &["tools"][..],
        &["tools", "--json"],
        &["tools", "--all", "--json"],
        &["call", "connections_get", "--args={\"connectionId\":101}"],
        &["call", "connections_get", &arguments],
        &["call", "api_tokens_list", "--toolsets=tokens"],
        &["call", &token],
        &["serve", &token],
        &["serve", &teams],
        &["serve", &private],
        &["serve", &toolsets],
        &["serve", "--agent", &token],
        &["serve", "--api-key", &token],
        &["serve", "--deny-tools", &token],
        &["agent", "add", &token],
        &["agent", "add", "bot", "--teams", &token],
        &["agent", "add", "bot", &teams],
        &["agent", "add", "bot", "--store", &token],
        &["agent", "add", "bot", "--zone", &token],
        &["agent", "add", "bot", "--expires", &token],
        &["agent", "add", "bot", "--allow-tools", &token],
        &["agent", "add", "bot", "--token-stdin", &private],
        &["agent", "add", "bot", "--token", &token],
        &["agent", "show", &token],
        &["agent", "rotate", &token],
        &["agent", "rotate", "--all", "--older-than", &token],
        &["agent", "remove", &token],
        &["agent", "list"],
        &["agent", "list", "--json"],
        &["operator", "login", "--zone", &token],
        &["operator", "login", &token],
        &["operator", "show"],
        &["operator", "logout", "--zone", &token],
        &["operator", "network", "--proxy", &token],
        &["operator", "network", "--ca-file", &token],
        &["agent", "--help"],
        &["agent", "add", "--help"],
        &["agent", "rotate", "--help"],
        &["operator", "--help"],
        &["operator", "login", "--help"],
        &["sandbox", "--port", &token],
        &["demo", &token],
        &[&token],
        &["--help"],
        &["serve", "--help"],
        &["tools", "--help"],
        &["call", "--help"],
        &["sandbox", "--help"],
        &["demo", "--help"],
    ] {
        for environment in [&good[..], &swapped, &no_uuid, &as_path, &[]] {
            let left = binary::run(&scene.home, environment, words).await;
            scene.assert_silent(&format!("{words:?}"), &left);
        }
    }
}

#[tokio::test]
async fn the_demo_shows_no_token() {
    let home = binary::home("leaks-demo");
    let left = binary::run(&home, &[], &["demo"]).await;
    assert!(!left.all().to_lowercase().contains(CANARY));
    std::fs::remove_dir_all(home).unwrap();
}

/// Secrets that an agent may pass by itself, echoed by Make in ways of its own.
#[tokio::test]
async fn plain_secrets_that_make_echoes_are_taken_out() {
    let scene = Scene::new("plain").await;
    let secret = "hunter2-\"quoted\"-\\and-long";
    let lines = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nq7Zt1xkWy0bGdFhPz8LmN3oVcRjS5uTe\n-----END KEY-----\n";
    let padded = "  sk-live-4f1c9d  ";
    let pin = 9_081_726_354_u64;
    let parts = ["hunter2", "MIIEvQ", "q7Zt1x", "sk-live", "9081726354"];
    let mut server = scene.serve(&["--confirm=never", "--allow-plaintext"]).await;
    let echo = format!(
        "bad: {} {secret} {lines} {} {} {pin} {}",
        "x".repeat(240),
        padded.trim(),
        lines.replace('\n', "\r\n"),
        secret.to_uppercase(),
    );
    for (status, body) in [
        (400, json!({"message": echo, "code": "IM005"})),
        (
            400,
            json!({"message": "m", "detail": secret, "suberrors": [{"message": lines}, {"message": padded.trim()}]}),
        ),
        (
            424,
            json!({"message": json!({"error": {"sent": secret, "key": lines}}).to_string()}),
        ),
        (
            406,
            json!({"code": "IM004", "metadata": [{"id": 1, "name": secret, "type": lines}]}),
        ),
        (200, universal(&echo)),
        (200, universal(secret)),
        (200, universal(lines)),
    ] {
        scene
            .zone
            .inject(Fault::new(Effect::json(status, &body)).on("POST", "/"));
        let parameters = json!({"authUser": secret, "authPass": lines, "a": padded, "b": pin, "c": {"d": [secret]}});
        server
            .call_all(&[
                ("keys_create", json!({"teamId": 22, "name": "K", "typeName": "basicauth", "parameters": parameters})),
                ("connections_create", json!({"teamId": 22, "name": "C", "accountName": "imap", "data": parameters})),
            ])
            .await;
        scene.zone.clear_faults();
    }
    let left = scene.assert_clean("plain secrets", server).await;
    for part in parts {
        let all = left.all().to_lowercase();
        if let Some(at) = all.find(&part.to_lowercase()) {
            let around: String = all.chars().skip(at.saturating_sub(200)).take(400).collect();
            panic!("{part} leaked: {around}");
        }
    }
}

/// Runs in a process of its own, started by the test below.
#[test]
#[ignore = "panics on purpose"]
fn a_child_that_panics() {
    let scrubber = make_credentials_mcp::secret::Scrubber::default();
    make_credentials_mcp::log::start(make_credentials_mcp::config::LogLevel::Debug, &scrubber);
    let payload = format!("2544847b-1111-4222-8333-{CANARY}");
    let _panicked = std::thread::spawn(move || panic!("{payload}")).join();
    let number: Result<u64, _> = "c0ffeec0ffeeg".parse();
    let _panicked = std::thread::spawn(move || number.expect(CANARY)).join();
}

#[tokio::test]
async fn a_panic_says_where_and_not_what() {
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "leaks::a_child_that_panics",
            "--nocapture",
        ])
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors.matches("panicked").count(), 2, "{errors}");
    assert!(errors.contains("leaks.rs"), "{errors}");
    assert!(!errors.contains(CANARY), "{errors}");
}
