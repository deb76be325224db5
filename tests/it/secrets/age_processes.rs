//! The encrypted file shared by several processes, some of which are killed. The child is this
//! test binary again, running the test `child_that_writes` alone.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Home, at, secret};

const HOME: &str = "IT_SECRETS_HOME";
const MARK: &str = "IT_SECRETS_MARK";
const COUNT: &str = "IT_SECRETS_COUNT";

fn child(home: &Home, mark: &str, count: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "secrets::age_processes::child_that_writes"])
        .args(["--ignored", "--nocapture"])
        .env(HOME, home.path())
        .env(MARK, mark)
        .env(COUNT, count.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "run by the tests below, in a process of its own"]
async fn child_that_writes() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    let mark = std::env::var(MARK).unwrap();
    let count: usize = std::env::var(COUNT).unwrap().parse().unwrap();
    let stores = super::stores(Some(home.into()), &[]);
    for number in 0..count {
        let name = at(&format!("age:{mark}/{number}"));
        let value = secret(&format!("{mark}-{number}-{}", "x".repeat(200)));
        stores.put(&name, &value).await.unwrap();
    }
}

#[tokio::test]
async fn two_processes_lose_nothing_of_each_other() {
    let home = Home::new();
    let mut children = ["a", "b"].map(|mark| child(&home, mark, 100));
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let stores = home.stores();
    let names = stores.names(&at("age:a")).await.unwrap();
    assert_eq!(names.len(), 200);
    for name in names {
        let value = stores.get(&at(&format!("age:{name}"))).await.unwrap();
        let start = format!("{}-x", name.replace('/', "-"));
        assert!(value.expose().starts_with(&start));
    }
}

#[tokio::test]
async fn a_kill_leaves_the_old_vault_or_the_new_one() {
    let home = Home::new();
    let stores = home.stores();
    let kept = at("age:kept");
    let (mut most, mut written) = (0, 0);
    for round in 0..40_u64 {
        let before = written_last(&home);
        let mut child = child(&home, &format!("r{round}"), 100_000);
        if round < 10 {
            // These fall into the making of key and folder.
            tokio::time::sleep(Duration::from_micros(5_000 + 1_370 * round)).await;
        } else {
            // Starting may take any time; from then on later each time, so that the kill falls
            // into each step of a writing.
            let begun = std::time::Instant::now();
            while written_last(&home) == before {
                assert!(begun.elapsed() < Duration::from_mins(1));
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
            tokio::time::sleep(Duration::from_micros(700 * (round - 10))).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let names = stores.names(&kept).await.unwrap();
        // All that were written are there: numbers without a gap.
        for done in 0..=round {
            let mark = format!("r{done}/");
            let mut numbers: Vec<usize> = names
                .iter()
                .filter_map(|name| name.strip_prefix(&mark)?.parse().ok())
                .collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (0..numbers.len()).collect::<Vec<_>>(), "{mark}");
        }
        stores
            .put(&kept, &secret(&round.to_string()))
            .await
            .unwrap();
        assert_eq!(stores.get(&kept).await.unwrap().expose(), round.to_string());
        assert!(names.len() + 1 >= most);
        written += usize::from(names.len() > most);
        most = names.len();
        // Kept small, so that a round stays short.
        if names.len() > 100 {
            std::fs::remove_file(home.vault()).unwrap();
            most = 0;
        }
    }
    assert!(written > 10, "only {written} kills fell into the writing");
}

/// When the file was written last: each writing puts a new one in its place.
fn written_last(home: &Home) -> Option<std::time::SystemTime> {
    std::fs::metadata(home.vault()).ok()?.modified().ok()
}
