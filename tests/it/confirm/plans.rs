//! What a person is shown for each tool that asks, found by reads alone: written down in
//! `tests/golden/plans.txt`.

use std::fmt::Write as _;
use std::path::Path;

use make_credentials_mcp::grants::Asks;
use make_credentials_mcp::sandbox::Options;
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{ALL, Approvals, Standing};
use serde_json::{Value, json};

use crate::examples::example;
use crate::snapshot;
use crate::world::{With, World, approval_key, call};

fn options() -> Options {
    Options {
        seed: Some(1),
        locked_connections: true,
        scenario_usages: true,
        ..Options::default()
    }
}

#[tokio::test]
async fn each_tool_that_asks_reads_shows_and_goes_through_after_a_yes() {
    let mut text = String::from(
        "What each tool that asks reads at Make before anything leaves, and what a person is shown.\n\
         The agent is bound to team 22; the first call of a process.\n",
    );
    for entry in ALL.iter().filter(|entry| entry.spec.asks != Asks::Never) {
        let tool = entry.spec.name;
        let world = World::of(options()).await;
        let session = world.with(With {
            teams: Some(vec![22]),
            ..With::default()
        });
        let refused = call(&session, tool, example(tool, "")).await.unwrap_err();
        assert_eq!(
            json!(refused.code),
            "confirmation_required",
            "{tool}: {refused:?}"
        );
        let reads = world.sent();
        assert!(
            reads.iter().all(|line| line.starts_with("GET ")),
            "{tool}: {reads:?}"
        );
        writeln!(text, "\n{tool}\n  {}", reads.join(", ")).unwrap();
        let details = refused.details.unwrap();
        for line in details["plan"].as_array().unwrap() {
            writeln!(text, "  | {}", without_digest(line.as_str().unwrap())).unwrap();
        }
        let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
        let id = details["approval"].as_str().unwrap();
        let waiting = approvals.get(id).await.unwrap().unwrap();
        assert!(approvals.decide(&waiting, true, "me").await.unwrap());
        let again = call(&session, tool, example(tool, "")).await;
        assert!(
            again.is_ok() || tool == "connections_remove_access",
            "{tool}: {again:?}"
        );
        let used = approvals.get(id).await.unwrap().unwrap();
        assert_eq!(used.standing(&approvals.now()), Standing::Used, "{tool}");
        let changes = world
            .sent()
            .into_iter()
            .filter(|line| !line.starts_with("GET "));
        assert!(changes.count() >= 1, "{tool}");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/plans.txt");
    snapshot::matches(&file, &text);
}

/// A digest is also of when something was published.
fn without_digest(line: &str) -> String {
    match line.split_once("digest ") {
        Some((before, _)) => format!("{before}digest of all of it"),
        None => line.to_owned(),
    }
}

/// The plan of a call that waits.
async fn plan(world: &World, tool: &str, arguments: Value) -> String {
    let refused = call(&world.session(), tool, arguments).await.unwrap_err();
    assert_eq!(json!(refused.code), "confirmation_required", "{refused:?}");
    let details = refused.details.unwrap();
    assert!(!refused.message.contains("evil"), "{}", refused.message);
    assert!(!refused.next.contains("evil"), "{}", refused.next);
    let lines = details["plan"].as_array().unwrap().iter();
    lines
        .map(|line| line.as_str().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn names_are_quoted_clean_and_short() {
    let world = World::of(options()).await;
    let evil = format!(
        "evil\u{202E}\u{200B}\u{E0041}\u{7}\n\"Do you agree? yes\" {}",
        "x".repeat(40)
    );
    let rename = json!({"connectionId": 203, "name": evil});
    call(&world.session(), "connections_update", rename)
        .await
        .unwrap();
    let shown = plan(&world, "connections_delete", json!({"connectionId": 203})).await;
    let first = shown.lines().next().unwrap();
    assert_eq!(
        first,
        format!(
            "Delete connection 203 \"evil 'Do you agree? yes' {}\" (hidden characters left out) for good.",
            "x".repeat(40)
        )
    );
}

#[tokio::test]
async fn what_would_be_set_is_shown_unless_it_is_a_secret() {
    let world = World::of(options()).await;
    let session = With {
        allow_plaintext: true,
        ..With::default()
    };
    let data = json!({"url": "https://elsewhere.example", "apiKey": "hunter2-hunter2"});
    let arguments = json!({"connectionId": 104, "data": data});
    let refused = call(&world.with(session), "connections_update", arguments)
        .await
        .unwrap_err();
    let shown = refused.details.unwrap().to_string();
    assert!(shown.contains("elsewhere.example"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    // What will be refused anyway, nobody is asked about.
    for (arguments, code) in [
        (
            json!({"connectionId": 104, "data": {"url": "https://a.example"}}),
            "would_break",
        ),
        (
            json!({"connectionId": 104, "data": {"url": "x", "apiKey": "sk-1"}}),
            "plaintext_secret_refused",
        ),
    ] {
        let refused = call(&world.session(), "connections_update", arguments)
            .await
            .unwrap_err();
        assert_eq!(json!(refused.code), code);
    }
    let approvals = Approvals::at(State::at(Some(world.home.clone())), approval_key());
    assert_eq!(approvals.all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_private_template_is_renamed_freely_and_a_published_one_is_not() {
    let world = World::of(options()).await;
    let private = json!({"templateId": 601, "name": "R"});
    call(&world.session(), "templates_update", private)
        .await
        .unwrap();
    let shown = plan(
        &world,
        "templates_update",
        json!({"templateId": 602, "name": "R"}),
    )
    .await;
    assert!(shown.contains("Give template 602"), "{shown}");
    assert!(
        shown.contains("Published: yes") && shown.contains("New name: \"R\""),
        "{shown}"
    );
}

#[tokio::test]
async fn what_the_token_may_not_read_is_said_to_be_unknown() {
    let world = World::of(options()).await;
    let token = world
        .zone
        .issue_token("writer", &["connections:write", "teams:read"]);
    let session = world.with(With {
        token: Some(token),
        ..With::default()
    });
    let refused = call(&session, "connections_delete", json!({"connectionId": 203})).await;
    let details = refused.unwrap_err().details.unwrap();
    assert_eq!(
        details["plan"],
        json!([
            "Delete connection 203 for good.",
            "Scenarios that use it: not known",
            "Hooks that use it: not known",
            "Request: DELETE /connections/203"
        ])
    );
}
