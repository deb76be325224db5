//! `agent add` with the operator's token.

use std::time::Duration;

use make_credentials_mcp::sandbox::{Effect, Fault, Options, WiderTokens};
use serde_json::{Value, json};

use super::{OURS, READER, Scene, json};

const TOKENS: &str = "/users/me/api-tokens";
const ADD: [&str; 4] = ["agent", "add", "reporter", "--teams=22"];

#[tokio::test]
async fn a_token_with_exactly_the_scopes_is_issued_and_kept() {
    let scene = Scene::new("issue").await;
    let added = scene.issue("reporter").await;
    assert_eq!(added["agent"]["standing"], "active");
    assert_eq!(added["agent"]["token"]["scopes"], json!(READER));
    let label = added["agent"]["token"]["label"].as_str().unwrap();
    let parts: Vec<&str> = label.split('/').collect();
    assert_eq!(parts[..2], ["make-credentials-mcp", "reporter"]);
    assert_eq!((parts.len(), parts[2].len(), parts[3].len()), (4, 8, 16));
    assert_eq!(scene.ours(), [label]);
    assert!(scene.works("reporter").await);
    // The label was written down before the request left, and one creation was sent.
    let posts = |method: &str| {
        let requests = scene.zone.requests();
        let mine = requests.iter().filter(|request| request.method == method);
        mine.map(|request| request.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(posts("POST"), [format!("/api/v2{TOKENS}")]);
    // The harmless call that has to be refused.
    assert_eq!(
        posts("DELETE"),
        [format!("/api/v2{TOKENS}/1970-01-01T00%3A00%3A00.000Z")]
    );
    assert_eq!(scene.list().await["pendingRevocations"], json!([]));
    let told = scene.operate(&[
        "agent",
        "add",
        "second",
        "--teams=22,23",
        "--access=write",
        "--expires=90d",
    ]);
    let told = told.await;
    assert!(
        told.stdout.contains("Make e-mails the user"),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout.contains("write access, teams 22, 23, until "),
        "{}",
        told.stdout
    );
}

#[tokio::test]
async fn a_reader_gets_tests_by_name_alone_and_hears_what_that_means() {
    let scene = Scene::new("issue-tests").await;
    let words = [&ADD[..], &["--allow-tools=connections_verify", "--json"]].concat();
    let added = json(&scene.operate(&words).await);
    let scopes = added["agent"]["token"]["scopes"].as_array().unwrap();
    assert!(scopes.contains(&json!("connections:write")), "{scopes:?}");
    let warnings = added["warnings"].to_string();
    assert!(
        warnings.contains("Make counts that as writing"),
        "{warnings}"
    );
    assert!(
        added["tools"]
            .as_array()
            .unwrap()
            .contains(&json!("connections_verify"))
    );
}

#[tokio::test]
async fn without_teams_or_with_unknown_ones_nothing_is_made() {
    let scene = Scene::new("issue-teams").await;
    let left = scene.operate(&["agent", "add", "reporter"]).await;
    assert_eq!(left.code, Some(2));
    assert!(
        left.stdout.contains("\"Acme\" (organization 10)"),
        "{}",
        left.stdout
    );
    let left = scene
        .operate(&["agent", "add", "reporter", "--teams=22,99"])
        .await;
    assert_eq!(left.code, Some(1));
    assert!(left.stderr.contains("--teams names 99"), "{}", left.stderr);
    let sent = scene.zone.requests();
    assert!(sent.iter().all(|request| request.method == "GET"));
    assert_eq!(scene.list().await["agents"], json!([]));
}

#[tokio::test]
async fn an_operator_who_may_not_make_tokens_is_refused() {
    let scene = Scene::new("issue-operator").await;
    let zone = scene.zone.zone();
    let words = [&ADD[..], &["--operator-token-stdin", "--zone", &zone]].concat();
    let token = scene.zone.issue_token("weak", &["user:read"]);
    let left = scene.run(&words, &token).await;
    assert_eq!(left.code, Some(3));
    assert!(
        left.stderr.contains("lacks the scope user:write"),
        "{}",
        left.stderr
    );
    let none = [&ADD[..], &["--zone", &zone]].concat();
    let left = scene.run(&none, "").await;
    assert_eq!(left.code, Some(1));
    assert!(
        left.stderr
            .contains("--operator-token-stdin, or `operator login`"),
        "{}",
        left.stderr
    );
}

/// After a failure no token of ours works, there is no agent, and a later attempt succeeds.
async fn assert_undone(scene: &Scene, name: &str) {
    let mut listed = Value::Null;
    for _ in 0..60 {
        listed = scene.list().await;
        let clean = listed["pendingRevocations"] == json!([]) && listed["unfinished"] == json!([]);
        if clean {
            break;
        }
        scene.zone.clear_faults();
        tokio::time::sleep(Duration::from_millis(200)).await;
        scene.recover().await;
    }
    assert_eq!(listed["pendingRevocations"], json!([]), "{name}");
    assert_eq!(listed["unfinished"], json!([]), "{name}");
    assert_eq!(listed["agents"], json!([]), "{name}");
    assert_eq!(scene.ours(), Vec::<String>::new(), "{name}");
    scene.zone.clear_faults();
    scene.issue("reporter").await;
}

#[tokio::test]
async fn whatever_make_does_no_token_is_left_over() {
    let status = |status| Effect::json(status, &r#"{"message":"m"}"#);
    let check = "/users/me/current-authorization";
    let faults: Vec<(&str, Vec<Fault>)> = vec![
        (
            "create lost",
            vec![Fault::new(Effect::CommitThenClose).on("POST", TOKENS)],
        ),
        (
            "create 502",
            vec![Fault::new(Effect::CommitThenStatus { status: 502 }).on("POST", TOKENS)],
        ),
        (
            "create never",
            vec![Fault::new(Effect::CloseBeforeAnswer).on("POST", TOKENS)],
        ),
        (
            "create late",
            vec![Fault::new(Effect::CommitLater { ms: 700 }).on("POST", TOKENS)],
        ),
        (
            "create refused",
            vec![Fault::new(status(403)).on("POST", TOKENS)],
        ),
        (
            "create limited",
            vec![
                Fault::new(Effect::RateLimited {
                    plain: false,
                    retry_after: Some(1),
                })
                .on("POST", TOKENS),
            ],
        ),
        (
            "create no token",
            vec![Fault::new(status(200)).on("POST", TOKENS)],
        ),
        (
            "verify 401",
            vec![Fault::new(status(401)).on("GET", check).after(1).times(40)],
        ),
        (
            "verify 403",
            vec![Fault::new(status(403)).on("GET", check).after(1).times(40)],
        ),
        (
            "verify never",
            vec![
                Fault::new(Effect::CloseBeforeAnswer)
                    .on("GET", check)
                    .after(1)
                    .times(200),
            ],
        ),
        (
            "not refused",
            vec![
                Fault::new(status(404))
                    .on("DELETE", &format!("{TOKENS}/1970"))
                    .times(40),
            ],
        ),
        (
            "verify and delete refused",
            vec![
                Fault::new(status(403)).on("GET", check).after(1).times(40),
                Fault::new(status(403)).on("DELETE", &format!("{TOKENS}/20")),
            ],
        ),
        (
            "create lost and list in part",
            vec![
                Fault::new(Effect::CommitThenClose).on("POST", TOKENS),
                Fault::new(Effect::HalfOfTheRows).on("GET", TOKENS).times(6),
            ],
        ),
    ];
    let stories = faults.into_iter().map(async |(name, faults)| {
        let scene = Scene::new(&format!("issue-{}", name.replace(' ', "-"))).await;
        for fault in faults {
            scene.zone.inject(fault);
        }
        let left = scene.operate(&ADD).await;
        assert_eq!(left.code, Some(1), "{name}: {}", left.all());
        assert!(
            left.stderr.contains("did not get a token"),
            "{name}: {}",
            left.all()
        );
        // Nothing of ours works unless it is shown.
        let listed = scene.list().await;
        let shown = listed["pendingRevocations"].as_array().unwrap().len();
        assert!(scene.ours().len() <= shown, "{name}: {listed}");
        let sent = scene.zone.requests();
        let posts = sent.iter().filter(|request| request.method == "POST");
        assert_eq!(posts.count(), 1, "{name}: a second creation");
        assert_undone(&scene, name).await;
    });
    futures_util::future::join_all(stories).await;
}

#[tokio::test]
async fn a_token_that_can_do_more_than_told_is_undone() {
    let scene = Scene::new("issue-more").await;
    // Make says other scopes than were asked for.
    scene.zone.inject(
        Fault::new(Effect::json(
            200,
            &json!({"authorization": {"scope": ["connections:read", "scenarios:run"]}}),
        ))
        .on("GET", "/users/me/current-authorization")
        .after(1)
        .times(20),
    );
    let left = scene.operate(&ADD).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert!(
        left.stderr.contains("other things than asked for"),
        "{}",
        left.stderr
    );
    assert_undone(&scene, "more").await;
}

#[tokio::test]
async fn make_may_give_a_token_no_more_than_its_maker_has() {
    let options = Options {
        wider_tokens: WiderTokens::Refused,
        ..Options::default()
    };
    let scene = Scene::of("issue-wider", options).await;
    let zone = scene.zone.zone();
    let narrow = [
        "user:read",
        "user:write",
        "organizations:read",
        "teams:read",
    ];
    let token = scene.zone.issue_token("narrow", &narrow);
    let words = [&ADD[..], &["--operator-token-stdin", "--zone", &zone]].concat();
    let left = scene.run(&words, &token).await;
    assert_eq!(left.code, Some(1));
    assert!(
        left.stderr.contains("tick the agent's scopes"),
        "{}",
        left.stderr
    );
    assert_undone(&scene, "wider").await;
}

#[tokio::test]
async fn a_place_that_is_taken_or_only_read_is_refused() {
    let scene = Scene::new("issue-store").await;
    scene.issue("first").await;
    let words = [&ADD[..], &["--store=age:agent/first"]].concat();
    let left = scene.operate(&words).await;
    assert_eq!(left.code, Some(3));
    assert!(
        left.stderr
            .contains("there is a secret at age:agent/first already"),
        "{}",
        left.stderr
    );
    let words = [&ADD[..], &["--store=env:TOKEN"]].concat();
    let left = scene.operate(&words).await;
    assert_eq!(left.code, Some(1), "{}", left.all());
    assert_eq!(scene.ours().len(), 1);
    assert!(scene.ours()[0].starts_with(&format!("{OURS}first/")));
}
