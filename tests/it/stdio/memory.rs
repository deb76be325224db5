//! What a process may grow to, whatever comes in.

use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::json;

use super::process::{Process, command};
use super::{INITIALIZE, call, error, text};

#[test]
fn what_is_not_read_is_not_kept_in_memory() {
    let (mut from, stdout) = UnixStream::pair().unwrap();
    let mut child = command()
        .stdin(Stdio::piped())
        .stdout(OwnedFd::from(stdout))
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    let process = Process {
        child,
        to: None,
        answers: channel().1,
    };
    let saying = std::thread::spawn(move || {
        writeln!(to, "{INITIALIZE}").unwrap();
        for id in 0..1000 {
            writeln!(to, "{}", call(id, "big", &json!({"bytes": 50_000}))).unwrap();
        }
        to
    });
    std::thread::sleep(Duration::from_secs(1));
    let memory = process.memory();
    assert!(memory < 40 * 1024, "{memory} KiB");
    let mut answers = 0;
    let mut reader = BufReader::new(&mut from);
    let mut line = String::new();
    while answers < 1001 {
        line.clear();
        assert!(reader.read_line(&mut line).unwrap() > 0);
        answers += usize::from(line.starts_with('{'));
    }
    drop(saying.join().unwrap());
}

/// Each of these took hundreds of megabytes or more without a limit of its own.
#[test]
fn memory_stays_bounded_on_the_worst_lines() {
    let mut process = Process::with_pipes().open();
    let mib = 1024 * 1024;
    let request = |id: &str, list: String| {
        format!(
            r#"{{"jsonrpc":"2.0","id":"{id}","method":"tools/call","params":{{"name":"count","arguments":{{"list":[{list}0]}}}}}}"#
        )
    };
    for (part, size, most) in [
        (r#"{"":0},"#, 15, 15_000),
        ("0,", 4, 90_000),
        ("[0],", 4, 30_000),
        (r#"{"a":{"b":[]}},"#, 4, 7000),
    ] {
        let bomb = request("bomb", part.repeat(size * mib / part.len()));
        assert_eq!(
            error(&process.ask(&bomb)),
            json!([-32600, "bomb"]),
            "{part}"
        );
        let noise = bomb.replace(r#""id":"bomb","#, "");
        assert_eq!(error(&process.ask(&noise)), json!([-32600, null]), "{part}");
        let heaviest = request("ok", part.repeat(most));
        assert_eq!(text(&process.ask(&heaviest)), (most + 1).to_string());
    }
    assert_eq!(
        error(&process.ask(&format!("[{}0]", "0,".repeat(mib)))),
        json!([-32600, null])
    );
    assert_eq!(
        error(&process.ask(&"[".repeat(15 * mib))),
        json!([-32700, null])
    );
    assert_eq!(
        error(&process.ask(&r#"{"":"#.repeat(mib))),
        json!([-32700, null])
    );
    for fill in ["x", "\u{e9}", "\\n"] {
        let line = call("text", "echo", &json!({})).replace(
            "{}",
            &format!(r#"{{"t":"{}"}}"#, fill.repeat(15 * mib / fill.len())),
        );
        assert_eq!(process.ask(&line)["id"], "text");
    }
    process.alive();
    let memory = process.memory();
    assert!(memory < 96 * 1024, "{memory} KiB");
}

#[test]
fn memory_stays_bounded_on_many_heavy_requests() {
    let mut process = Process::with_pipes().open();
    // Many that are heavy but allowed, at once.
    let heavy: Vec<_> = (0..100)
        .map(|id| {
            call(
                id,
                "sleep",
                &json!({"ms": 5, "pad": vec![json!({"": 0}); 5000]}),
            )
        })
        .collect();
    let mut to = process.to.take().unwrap();
    let saying = std::thread::spawn(move || {
        for line in heavy {
            writeln!(to, "{line}").unwrap();
        }
        to
    });
    for _ in 0..100 {
        assert_eq!(text(&process.hear()), "slept");
    }
    process.to = Some(saying.join().unwrap());
    process.alive();
    let memory = process.memory();
    assert!(memory < 96 * 1024, "{memory} KiB");
}

#[test]
fn memory_stays_bounded_on_a_hundred_thousand_bad_lines() {
    let mut process = Process::with_pipes().open();
    let kinds = [
        "garbage".to_owned(),
        r#"{"jsonrpc":"2.0","id":1.5,"method":"x"}"#.to_owned(),
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call""#.to_owned(),
        "[1,{},[]]".to_owned(),
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#
            .to_owned(),
        "[".repeat(300),
    ];
    let mut to = process.to.take().unwrap();
    let saying = std::thread::spawn(move || {
        for number in 0..100_000 {
            writeln!(to, "{}", kinds[number % kinds.len()]).unwrap();
        }
        to
    });
    let per_round = 1 + 1 + 1 + 3 + 1;
    let wanted = 100_000 / 6 * per_round + 6;
    for _ in 0..wanted {
        assert!(process.hear()["error"]["code"].is_number());
    }
    process.to = Some(saying.join().unwrap());
    process.alive();
    let memory = process.memory();
    assert!(memory < 40 * 1024, "{memory} KiB");
}

/// rmcp spawns a task for each and would go on reading before any of them runs.
#[test]
fn memory_stays_bounded_on_a_stream_of_heavy_notifications() {
    let mut process = Process::with_pipes().open();
    let list = "0,".repeat(5000);
    let line =
        format!(r#"{{"jsonrpc":"2.0","method":"notifications/x","params":{{"list":[{list}0]}}}}"#);
    for _ in 0..1000 {
        process.say(&line);
    }
    process.alive();
    let memory = process.memory();
    assert!(memory < 40 * 1024, "{memory} KiB");
}
