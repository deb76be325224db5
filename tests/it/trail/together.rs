//! Several processes at once, and processes that are killed while they write.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use make_credentials_mcp::audit::Outcome;
use tokio::process::{Child, Command};

use super::{Home, change, key, lines, read};

const EACH: usize = 500;
const ROTATE_AT: u64 = 100_000;

/// Starts one of the ignored tests below in a process of its own, in this folder.
fn child(home: &Home, name: &str) -> Child {
    std::fs::create_dir_all(&home.0).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", name])
        .current_dir(&home.0)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

fn here() -> make_credentials_mcp::audit::Trail {
    let home = std::env::current_dir().unwrap();
    make_credentials_mcp::audit::Trail::rotating(Some(home), key(), ROTATE_AT)
}

/// Runs in a process of its own.
#[tokio::test]
#[ignore = "writes a trail into the current folder"]
async fn a_child_that_writes() {
    let trail = here();
    for round in 0..EACH {
        if round % 50 == 0 {
            trail
                .intend(change())
                .await
                .unwrap()
                .otherwise(Outcome::Answered);
        } else {
            trail.note(read()).await.unwrap();
        }
    }
}

/// Runs in a process of its own.
#[tokio::test]
#[ignore = "writes a trail into the current folder until it is killed"]
async fn a_child_that_goes_on() {
    let trail = here();
    loop {
        for _ in 0..20 {
            trail.note(read()).await.unwrap();
        }
        let intent = trail.intend(change()).await.unwrap();
        trail.settle(intent, Outcome::Answered, Some(200)).await;
    }
}

#[tokio::test]
async fn four_processes_write_one_chain_and_lose_no_line() {
    let home = Home::new("four");
    let mut children: Vec<Child> = (0..4)
        .map(|_| child(&home, "trail::together::a_child_that_writes"))
        .collect();
    for child in &mut children {
        assert!(child.wait().await.unwrap().success());
    }
    let report = home.report(None).await;
    assert!(report.holds() && report.notes.is_empty(), "{report:?}");
    assert!(report.files > 3);
    let mut by_process: BTreeMap<u64, usize> = BTreeMap::new();
    for entry in std::fs::read_dir(&home.0).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "jsonl") {
            for line in lines(&path) {
                if line["kind"] == "call" || line["kind"] == "intent" {
                    *by_process.entry(line["pid"].as_u64().unwrap()).or_default() += 1;
                }
            }
        }
    }
    assert_eq!(by_process.len(), 4);
    assert!(
        by_process.values().all(|count| *count == EACH),
        "{by_process:?}"
    );
}

#[tokio::test]
async fn killed_writers_leave_at_most_a_torn_tail() {
    for round in 0..8_u64 {
        // Not one trail for all: verifying takes time by length.
        let home = Home::new(&format!("killed-{round}"));
        for again in 0..5 {
            kill_two(&home, round * 5 + again).await;
        }
        home.trail().intend(change()).await.unwrap();
        let report = home.report(None).await;
        assert!(report.holds(), "{report:?}");
    }
}

async fn kill_two(home: &Home, round: u64) {
    let length = || std::fs::metadata(home.path("audit.jsonl")).map_or(0, |found| found.len());
    let before = length();
    let mut children: Vec<Child> = (0..2)
        .map(|_| child(home, "trail::together::a_child_that_goes_on"))
        .collect();
    // Starting takes longer than writing: wait until they are at it. The file may be exchanged.
    let begun = std::time::Instant::now();
    while length() == before {
        assert!(begun.elapsed() < Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_micros(round * 777 % 20_000)).await;
    for child in &mut children {
        child.kill().await.unwrap();
    }
    let report = home.report(None).await;
    assert!(report.holds(), "round {round}: {report:?}");
}

/// A kill hardly ever comes in the middle of a write, so here it is done by hand, at every byte.
#[tokio::test]
async fn a_line_that_was_torn_anywhere_is_repaired() {
    let home = Home::new("torn");
    let trail = home.trail();
    trail.note(read()).await.unwrap();
    let head = std::fs::read(home.path("audit.head")).unwrap();
    let whole = std::fs::read(home.path("audit.jsonl")).unwrap();
    trail.note(read()).await.unwrap();
    let after = std::fs::read(home.path("audit.jsonl")).unwrap();
    for length in whole.len()..=after.len() {
        std::fs::File::create(home.path("audit.head")).unwrap();
        put(&home, "audit.head", &head);
        put(&home, "audit.jsonl", &after[..length]);
        let torn = home.report(None).await;
        assert!(torn.holds(), "{length}: {torn:?}");
        let complete = length == after.len();
        assert_eq!(
            torn.notes.len(),
            usize::from(length > whole.len()),
            "{torn:?}"
        );
        drop(home.trail().intend(change()).await.unwrap());
        let report = home.report(None).await;
        assert!(report.holds(), "{length}: {report:?}");
        let repaired = length > whole.len() && !complete;
        assert_eq!(report.notes.len(), usize::from(repaired), "{report:?}");
    }
}

fn put(home: &Home, name: &str, bytes: &[u8]) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(home.path(name)).unwrap();
    file.write_all(bytes).unwrap();
}
