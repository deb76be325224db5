//! What is written, and where.

use make_credentials_mcp::audit::Outcome;
use serde_json::json;

use super::{Home, change, lines, read};

#[tokio::test]
async fn an_intent_is_followed_by_its_outcome_and_everything_verifies() {
    let home = Home::new("basics");
    let trail = home.trail();
    trail.note(read()).await.unwrap();
    let intent = trail.intend(change()).await.unwrap();
    trail.settle(intent, Outcome::Answered, Some(204)).await;
    trail.note(read()).await.unwrap();
    let lines = lines(&home.path("audit.jsonl"));
    let kinds: Vec<_> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["file", "call", "intent", "outcome", "call"]);
    assert_eq!(lines[3]["intent"], json!(3));
    assert_eq!(lines[3]["outcome"], json!("answered"));
    let report = home.report(None).await;
    assert!(report.holds() && report.notes.is_empty(), "{report:?}");
    assert_eq!((report.files, report.lines), (1, 5));
    assert_eq!(report.last, trail.anchor());
}

#[tokio::test]
async fn files_are_exchanged_by_size_and_the_chain_goes_on() {
    let home = Home::new("rotation");
    let trail = home.rotating(2000);
    for _ in 0..50 {
        trail.note(read()).await.unwrap();
    }
    let report = home.report(None).await;
    assert!(report.holds() && report.notes.is_empty(), "{report:?}");
    assert!(report.files > 5, "{report:?}");
    assert_eq!(report.lines, 50 + report.files);
}

#[tokio::test]
async fn an_intent_that_nobody_settles_says_that_nothing_left() {
    let home = Home::new("dropped");
    let trail = home.trail();
    drop(trail.intend(change()).await.unwrap());
    let mut left = trail.intend(change()).await.unwrap();
    left.otherwise(Outcome::Unknown);
    drop(left);
    let lines = lines(&home.path("audit.jsonl"));
    assert_eq!(lines[2]["outcome"], json!("cancelled"));
    assert_eq!(lines[4]["outcome"], json!("unknown"));
}

#[tokio::test]
async fn several_trails_of_one_home_write_one_chain() {
    let home = Home::new("two");
    let (one, other) = (home.rotating(3000), home.rotating(3000));
    for _ in 0..30 {
        one.note(read()).await.unwrap();
        other.note(read()).await.unwrap();
        other.note(read()).await.unwrap();
    }
    let report = home.report(None).await;
    assert!(report.holds() && report.notes.is_empty(), "{report:?}");
    assert_eq!(report.lines, 90 + report.files);
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_the_owner_alone_and_links_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new("modes");
    let trail = home.rotating(500);
    for _ in 0..4 {
        trail.note(read()).await.unwrap();
    }
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.0), 0o700);
    for entry in std::fs::read_dir(&home.0).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    for name in ["audit.jsonl", "audit.head", "audit.lock"] {
        let home = Home::new("links");
        std::fs::create_dir_all(&home.0).unwrap();
        let elsewhere = home.path("elsewhere");
        std::fs::File::create(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, home.path(name)).unwrap();
        let refused = home.trail().intend(change()).await.unwrap_err();
        assert!(refused.to_string().contains(name), "{refused}");
        assert_eq!(elsewhere.metadata().unwrap().len(), 0, "{name}");
    }
}
