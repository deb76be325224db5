//! The real binary, killed at every step of an issue and of a rotation, under every fault of Make:
//! after the next commands exactly one token of the agent works, nothing of ours is left over and
//! no foreign token was touched.
#![cfg(all(unix, debug_assertions))]

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use make_credentials_mcp::sandbox::{Effect, Fault, Options};
use serde_json::json;

use super::Scene;

const TOKENS: &str = "/users/me/api-tokens";
const CHECK: &str = "/users/me/current-authorization";

/// Every place where the process may die, in the order in which they are passed.
const PLACES: [&str; 17] = [
    "intent", "create", "named", "store", "stored", "try", "verified", "switch", "switched",
    "served", "delete", "retired", "tidy", "finish", "unstore", "close", "never",
];

/// How many stories run at once.
const AT_ONCE: usize = 10;

fn status(status: u16) -> Effect {
    Effect::json(status, &r#"{"message":"m"}"#)
}

/// A fault of Make, as it is injected into a zone. The checks of the operator's own token come
/// first and pass.
fn inject(scene: &Scene, fault: &str) {
    let checks = |effect| Fault::new(effect).on("GET", CHECK).after(1);
    let fault = match fault {
        "none" => return,
        "create lost" => Fault::new(Effect::CommitThenClose)
            .on("POST", TOKENS)
            .times(1),
        "create late" => Fault::new(Effect::CommitLater { ms: 600 })
            .on("POST", TOKENS)
            .times(1),
        "create refused" => Fault::new(status(403)).on("POST", TOKENS).times(1),
        "list late" => {
            let lag = Duration::from_millis(250);
            return scene.zone.set_token_habits(lag, Duration::from_millis(250));
        }
        "list in part" => Fault::new(Effect::HalfOfTheRows).on("GET", TOKENS).times(3),
        "delete lost" => Fault::new(Effect::CommitThenClose)
            .on("DELETE", &format!("{TOKENS}/20"))
            .times(1),
        "delete refused" => Fault::new(status(403)).on("DELETE", &format!("{TOKENS}/20")),
        "verify 401" => checks(status(401)).times(40),
        "verify 403" => checks(status(403)).times(40),
        "verify never" => checks(Effect::CloseBeforeAnswer).times(100),
        other => panic!("no such fault: {other}"),
    };
    scene.zone.inject(fault);
}

const FAULTS: [&str; 11] = [
    "none",
    "create lost",
    "create late",
    "create refused",
    "list late",
    "list in part",
    "delete lost",
    "delete refused",
    "verify 401",
    "verify 403",
    "verify never",
];

/// Those that matter for a first token.
const ISSUE: [&str; 6] = [
    "none",
    "create lost",
    "create late",
    "list in part",
    "delete refused",
    "verify never",
];

/// Commands run until nothing is left to do, as an operator would run them.
async fn settle(scene: &Scene, story: &str) {
    let mut listed = json!(null);
    for _ in 0..40 {
        let left = scene.recover().await;
        assert!(left.code.is_some(), "{story}: {}", left.all());
        listed = scene.list().await;
        if listed["pendingRevocations"] == json!([]) && listed["unfinished"] == json!([]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    panic!("{story}: never settled: {listed}");
}

async fn tell(rotates: bool, place: &'static str, fault: &'static str) -> bool {
    let story = format!(
        "{} {place} {fault}",
        if rotates { "rotate" } else { "issue" }
    );
    let scene = Scene::of(&story.replace(' ', "-"), Options::default()).await;
    let foreign = scene.zone.issue_token("Postman", &["user:read"]);
    let words: &[&str] = if rotates {
        scene.issue("reporter").await;
        &["agent", "rotate", "reporter"]
    } else {
        &["agent", "add", "reporter", "--teams=22"]
    };
    inject(&scene, fault);
    let left = scene.operate_and_die(words, place).await;
    let died = left.code.is_none();
    if rotates {
        // At no moment is the agent without a token that works.
        scene.zone.clear_faults();
        assert!(scene.works("reporter").await, "{story}: no working token");
    }
    // Whatever of ours works is in use or written down.
    let listed = scene.list().await;
    let written = listed["pendingRevocations"].as_array().unwrap().len();
    assert!(
        scene.ours().len() <= written + usize::from(rotates) + 1,
        "{story}: {listed}"
    );
    scene.zone.clear_faults();
    settle(&scene, &story).await;
    let listed = scene.list().await;
    let agents = listed["agents"].as_array().unwrap();
    assert_eq!(scene.ours().len(), agents.len(), "{story}: {listed}");
    if rotates {
        assert_eq!(agents.len(), 1, "{story}");
    }
    if let Some(agent) = agents.first() {
        assert_eq!(json!(scene.ours()[0]), agent["token"]["label"], "{story}");
        assert!(scene.works("reporter").await, "{story}");
    } else {
        scene.issue("reporter").await;
    }
    assert!(scene.zone.live_tokens().contains(&foreign), "{story}");
    assert!(
        scene
            .zone
            .live_tokens()
            .contains(&scene.zone.operator_token().to_owned())
    );
    died
}

#[tokio::test]
async fn killed_anywhere_under_any_fault_it_is_finished_or_undone() {
    let mut stories = Vec::new();
    for rotates in [true, false] {
        for place in PLACES {
            // An issue has no former token, so fewer things can go wrong with it.
            for fault in FAULTS.into_iter().filter(|f| rotates || ISSUE.contains(f)) {
                stories.push((rotates, place, fault));
            }
        }
    }
    let told: Vec<_> = stream::iter(stories)
        .map(async |(rotates, place, fault)| (place, tell(rotates, place, fault).await))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for place in PLACES {
        let died = told
            .iter()
            .filter(|(at, died)| *at == place && *died)
            .count();
        assert!(
            (died > 0) == (place != "never"),
            "{place}: died {died} times"
        );
    }
}
