//! A disk that is full, a file that may grow no further, a file that is none: no change without
//! its intent, every line whole, and the next change goes through once there is room again.

use std::path::Path;
use std::process::Command;

use make_credentials_mcp::sandbox::{Options, Sandbox};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};

use super::{Home, key, lines};
use crate::binary::{self, Binary};
use crate::world::{World, call};

const CHANGE: &str = "connections_verify";

/// Says what a test could use on this machine.
#[expect(
    clippy::print_stderr,
    reason = "a test must not pass without saying what it did"
)]
fn used(what: &str) {
    eprintln!("used {what}");
}

fn arguments() -> Value {
    json!({"connectionId": 101})
}

fn changes(zone: &Sandbox) -> usize {
    let requests = zone.requests();
    requests
        .iter()
        .filter(|request| request.method != "GET")
        .count()
}

async fn assert_whole(home: &Path) {
    let all = lines(&home.join("audit.jsonl"));
    assert!(!all.is_empty());
    let trail = make_credentials_mcp::audit::Trail::at(Some(home.to_owned()), key());
    let (_, report) = trail.verify(None).await.unwrap();
    assert!(report.holds(), "{report:?}");
}

/// A small file system of its own, gone when dropped.
struct Small<'a>(&'a Path);

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _gone_with_the_machine = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_changes_and_with_room_again_it_does() {
    let world = World::new().await;
    std::fs::create_dir_all(&world.home).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"])
        .arg(&world.home)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        used("a file-size limit, since nothing may be mounted here");
        return under_a_file_size_limit("instead-of-a-disk").await;
    }
    used("a tmpfs of 512 KiB");
    let _small = Small(&world.home);
    let session = world.session();
    call(&session, CHANGE, arguments()).await.unwrap();
    let filler = world.home.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write(&mut file, &[b'x'; 1024]).is_ok_and(|written| written > 0) {}
    let mut refused = None;
    // What is left of the last page takes some more lines.
    for _ in 0..100 {
        let before = changes(&world.zone);
        if let Err(failure) = call(&session, CHANGE, arguments()).await {
            assert_eq!(changes(&world.zone), before, "it left without its intent");
            refused = Some(failure);
            break;
        }
    }
    let refused = serde_json::to_value(refused.unwrap()).unwrap();
    assert_eq!(refused["code"], "audit_unavailable");
    assert_eq!(refused["retryable"], true);
    call(&session, "connections_get", arguments())
        .await
        .unwrap();
    assert_whole(&world.home).await;
    drop(file);
    std::fs::remove_file(filler).unwrap();
    let before = changes(&world.zone);
    call(&session, CHANGE, arguments()).await.unwrap();
    assert_eq!(changes(&world.zone), before + 1);
    assert_whole(&world.home).await;
}

#[tokio::test]
async fn under_a_file_size_limit_nothing_changes_and_without_it_it_does() {
    under_a_file_size_limit("limit").await;
}

/// The real server, since a limit is for a whole process.
async fn under_a_file_size_limit(name: &str) {
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = binary::home(&format!("full-{name}"));
    let address = zone.zone();
    let environment = [
        ("MAKE_API_KEY", zone.operator_token()),
        ("MAKE_ZONE", address.as_str()),
    ];
    let mut server = Binary::serve(&home, &environment, &[]).await;
    let process = Pid::from_raw(server.id().cast_signed());
    let limit = |bytes: Option<u64>| {
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(process, Resource::Fsize, limit).unwrap();
    };
    let answer = server.call_all(&[(CHANGE, arguments())]).await;
    assert_ne!(answer[0]["isError"], json!(true), "{answer:?}");
    let size = std::fs::metadata(home.join("audit.jsonl")).unwrap().len();
    for room in [0, 1, 100, 200] {
        limit(Some(size + room));
        let before = changes(&zone);
        let answer = server.call_all(&[(CHANGE, arguments())]).await;
        assert_eq!(
            answer[0]["structuredContent"]["code"], "audit_unavailable",
            "{room}: {answer:?}"
        );
        assert_eq!(changes(&zone), before);
        assert!(!lines(&home.join("audit.jsonl")).is_empty());
        assert_eq!(
            std::fs::metadata(home.join("audit.jsonl")).unwrap().len(),
            size
        );
    }
    limit(None);
    let before = changes(&zone);
    let answer = server.call_all(&[(CHANGE, arguments())]).await;
    assert_ne!(answer[0]["isError"], json!(true), "{answer:?}");
    assert_eq!(changes(&zone), before + 1);
    let left = server.end().await;
    // The first refusal is told, the others are not.
    assert_eq!(
        left.stderr.matches("the trail is not written").count(),
        1,
        "{}",
        left.stderr
    );
    let verified = binary::run(&home, &[], &["audit", "verify"]).await;
    assert_eq!(verified.code, Some(0), "{}", verified.all());
    std::fs::remove_dir_all(home).unwrap();
}

/// `/dev/full` in the place of the file, by a link and as a device.
#[tokio::test]
async fn what_is_no_plain_file_is_not_written_to() {
    let world = World::new().await;
    std::fs::create_dir_all(&world.home).unwrap();
    let path = world.home.join("audit.jsonl");
    let link = std::os::unix::fs::symlink("/dev/full", &path);
    link.unwrap();
    let session = world.session();
    let refused = call(&session, CHANGE, arguments()).await.unwrap_err();
    assert_eq!(
        serde_json::to_value(refused).unwrap()["code"],
        "audit_unavailable"
    );
    std::fs::remove_file(&path).unwrap();
    let made = Command::new("mknod")
        .arg(&path)
        .args(["c", "1", "7"])
        .status();
    if made.is_ok_and(|status| status.success()) {
        used("a link to /dev/full and a device of its own");
        call(&session, CHANGE, arguments()).await.unwrap_err();
        std::fs::remove_file(&path).unwrap();
    } else {
        used("a link to /dev/full; no device may be made here");
    }
    std::fs::create_dir(&path).unwrap();
    call(&session, CHANGE, arguments()).await.unwrap_err();
    std::fs::remove_dir(&path).unwrap();
    assert_eq!(changes(&world.zone), 0);
    call(&session, CHANGE, arguments()).await.unwrap();
    assert_eq!(changes(&world.zone), 1);
}

#[tokio::test]
async fn without_a_home_reading_works_and_changing_does_not() {
    let zone = Sandbox::start(Options::default()).await.unwrap();
    let home = Home::new("none");
    std::fs::create_dir_all(&home.0).unwrap();
    let address = zone.zone();
    let environment = [
        ("MAKE_API_KEY", zone.operator_token()),
        ("MAKE_ZONE", address.as_str()),
        ("MAKE_CREDENTIALS_HOME", "/dev/null/nowhere"),
    ];
    let args = "--args={\"connectionId\":101}";
    let get = binary::run(&home.0, &environment, &["call", "connections_get", args]).await;
    assert_eq!(get.code, Some(0), "{}", get.all());
    assert!(
        get.stderr.contains("the trail is not written"),
        "{}",
        get.stderr
    );
    let verify = binary::run(&home.0, &environment, &["call", CHANGE, args]).await;
    assert_eq!(verify.code, Some(1), "{}", verify.all());
    assert!(
        verify.stdout.contains("audit_unavailable"),
        "{}",
        verify.stdout
    );
    assert_eq!(changes(&zone), 0);
}
