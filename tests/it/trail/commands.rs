//! `audit list`, `audit verify`, `audit export` through the real binary.

use std::collections::BTreeMap;
use std::path::PathBuf;

use make_credentials_mcp::sandbox::{Options, Sandbox};
use serde_json::Value;

use crate::binary::{self, Left, files};

struct Desk {
    zone: Sandbox,
    home: PathBuf,
}

impl Desk {
    /// A home in which three calls were made: a read, a refusal and a change.
    async fn new(name: &str) -> Self {
        let zone = Sandbox::start(Options::default()).await.unwrap();
        let home = binary::home(&format!("audit-{name}"));
        let desk = Self { zone, home };
        let connection = "--args={\"connectionId\":101}";
        desk.run(&["call", "connections_get", connection]).await;
        desk.run(&["call", "keys_delete", "--args={\"keyId\":402}"])
            .await;
        desk.run(&["call", "connections_verify", connection]).await;
        desk
    }

    /// The files of the trail, with their bytes.
    fn trail(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all: BTreeMap<_, _> = files(&self.home).into_iter().collect();
        all.retain(|path, _| path.to_str().unwrap().contains("/audit."));
        all
    }

    async fn run(&self, words: &[&str]) -> Left {
        let zone = self.zone.zone();
        let environment = [
            ("MAKE_API_KEY", self.zone.operator_token()),
            ("MAKE_ZONE", zone.as_str()),
        ];
        binary::run(&self.home, &environment, words).await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _kept_for_the_reader = std::fs::remove_dir_all(&self.home);
    }
}

#[tokio::test]
async fn the_list_shows_what_was_done_and_filters_it() {
    let desk = Desk::new("list").await;
    let before = desk.trail();
    let all = desk.run(&["audit", "list"]).await;
    assert_eq!(all.code, Some(0), "{}", all.all());
    for part in [
        "connections_get",
        "GET /connections/101 answered 200",
        "denied: confirmation_required",
        "sends POST /connections/101/test",
        "of 4: answered 200",
    ] {
        assert!(all.stdout.contains(part), "{part}: {}", all.stdout);
    }
    for (words, count) in [
        (&["--tool", "connections_get"][..], 1),
        (&["--agent", "env"], 4),
        (&["--agent", "other"], 0),
        (&["--outcome", "denied"], 1),
        (&["--outcome", "answered"], 2),
        (&["--since", "1h"], 5),
        (&["--since", "2199-01-01T00:00:00Z"], 0),
        (&["--limit", "2"], 2),
        (&["--limit", "0"], 0),
    ] {
        let words: Vec<&str> = ["audit", "list", "--json"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let left = desk.run(&words).await;
        let lines: Vec<Value> = left
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), count, "{words:?}: {}", left.all());
        assert_eq!(left.stderr, "", "{words:?}");
    }
    assert_eq!(
        desk.run(&["audit", "list", "--since", "soon"]).await.code,
        Some(2)
    );
    assert!(desk.trail() == before, "reading wrote something");
}

#[tokio::test]
async fn verifying_says_where_and_ends_with_1() {
    let desk = Desk::new("verify").await;
    let good = desk.run(&["audit", "verify"]).await;
    assert_eq!(good.code, Some(0), "{}", good.all());
    assert_eq!(
        good.stdout,
        "the trail holds: 5 lines in 1 file(s), the last is 5\n"
    );
    let exported = desk.run(&["audit", "export"]).await;
    let path = desk.home.join("audit.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!((exported.code, &exported.stdout), (Some(0), &text));
    std::fs::File::create(&path).unwrap();
    let forged = text.replace("keyId\":402", "keyId\":403");
    write(&path, &forged);
    let bad = desk.run(&["audit", "verify"]).await;
    assert_eq!(bad.code, Some(1));
    assert!(
        bad.stdout
            .contains("audit.jsonl:3 (sequence 3): was changed"),
        "{}",
        bad.stdout
    );
    let json = desk.run(&["audit", "verify", "--json"]).await;
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["holds"], false);
    assert_eq!(json["findings"][0]["line"], 3);
    let exported = desk.run(&["audit", "export"]).await;
    assert_eq!((exported.code, exported.stdout.as_str()), (Some(1), ""));
    let exported = desk.run(&["audit", "export", "--unverified"]).await;
    assert_eq!((exported.code, exported.stdout), (Some(0), forged));
    let list = desk.run(&["audit", "list"]).await;
    assert!(
        list.stderr.contains("not as it was written"),
        "{}",
        list.stderr
    );
    // The whole trail gone, and the state still knows of it.
    for name in ["audit.jsonl", "audit.head"] {
        std::fs::remove_file(desk.home.join(name)).unwrap();
    }
    let gone = desk.run(&["audit", "verify"]).await;
    assert_eq!(gone.code, Some(1));
    assert!(
        gone.stdout.contains("state.db knows the line"),
        "{}",
        gone.stdout
    );
}

#[tokio::test]
async fn without_its_key_the_trail_is_shown_and_called_unverified() {
    let desk = Desk::new("keyless").await;
    std::fs::remove_dir_all(desk.home.join("secrets")).unwrap();
    let list = desk.run(&["audit", "list"]).await;
    assert!(list.stdout.contains("connections_get"), "{}", list.all());
    assert!(list.stderr.contains("unverified"), "{}", list.stderr);
    let verify = desk.run(&["audit", "verify"]).await;
    assert_eq!(verify.code, Some(1), "{}", verify.all());
    assert!(verify.stderr.contains("trail-key"), "{}", verify.stderr);
    // Neither of them makes another key.
    assert!(!desk.home.join("secrets").exists());
}

#[tokio::test]
async fn following_shows_what_is_written_from_now_on() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let desk = Desk::new("follow").await;
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_make-credentials-mcp"))
        .env_clear()
        .env("MAKE_CREDENTIALS_HOME", &desk.home)
        .args(["audit", "list", "--follow", "--limit=1", "--json"])
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = async || {
        let line = tokio::time::timeout(std::time::Duration::from_secs(30), lines.next_line());
        let line = line.await.unwrap().unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    assert_eq!(next().await["kind"], "outcome");
    desk.run(&["call", "keys_get", "--args={\"keyId\":401}"])
        .await;
    assert_eq!(next().await["tool"], "keys_get");
    child.kill().await.unwrap();
}

#[tokio::test]
async fn where_nothing_was_done_there_is_no_trail() {
    let home = binary::home("audit-none");
    let verify = binary::run(&home, &[], &["audit", "verify"]).await;
    assert_eq!(
        (verify.code, verify.stdout.as_str()),
        (Some(0), "there is no trail yet\n")
    );
    let list = binary::run(&home, &[], &["audit", "list"]).await;
    assert_eq!((list.code, list.all().as_str()), (Some(0), "\n"));
    assert!(files(&home).is_empty());
    std::fs::remove_dir_all(home).unwrap();
}

fn write(path: &std::path::Path, text: &str) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
