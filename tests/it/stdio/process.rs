//! The transport on the real stdin and stdout of a process: pipes, sockets, files, and how it ends.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio as Descriptor};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use make_credentials_mcp::mcp::stdio::{Limits, Stdio};
use serde_json::{Value, json};

use super::server::{Server, serve};
use super::{INITIALIZE, call, text};

/// Not a test: the process that the tests below start.
#[test]
#[ignore = "the server process of the other tests"]
#[expect(clippy::exit, reason = "the test harness must not print its result")]
fn child() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (stdio, ended) = Stdio::from_process(Limits::default(), Arc::new(|line| line)).unwrap();
        serve(Server::new(ended), stdio).await;
    });
    runtime.shutdown_background();
    std::process::exit(0);
}

pub(super) struct Process {
    pub(super) child: Child,
    pub(super) to: Option<Box<dyn Write + Send>>,
    pub(super) answers: Receiver<Value>,
}

pub(super) fn command() -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "stdio::process::child",
        "--ignored",
        "--nocapture",
        "-q",
    ]);
    command.stderr(Descriptor::null());
    command
}

fn read_all(from: impl Read + Send + 'static) -> Receiver<Value> {
    let (heard, answers) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(from).lines().map_while(Result::ok);
        for line in lines.skip_while(|line| !line.starts_with('{')) {
            let answer = serde_json::from_str(&line).expect("a line that is no JSON");
            if heard.send(answer).is_err() {
                break;
            }
        }
    });
    answers
}

impl Process {
    pub(super) fn with_pipes() -> Self {
        let mut child = command()
            .stdin(Descriptor::piped())
            .stdout(Descriptor::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let answers = read_all(child.stdout.take().unwrap());
        Self {
            child,
            to: Some(Box::new(to)),
            answers,
        }
    }

    /// As hosts written for Node start us.
    pub(super) fn with_sockets() -> Self {
        let (to, stdin) = UnixStream::pair().unwrap();
        let (from, stdout) = UnixStream::pair().unwrap();
        let child = command()
            .stdin(OwnedFd::from(stdin))
            .stdout(OwnedFd::from(stdout))
            .spawn()
            .unwrap();
        let answers = read_all(from);
        Self {
            child,
            to: Some(Box::new(to)),
            answers,
        }
    }

    /// From a file, into a pipe.
    fn with_file(input: &str) -> Self {
        let path = std::env::temp_dir().join(format!("stdio-test-{}", std::process::id()));
        File::create(&path)
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let stdin = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let mut child = command()
            .stdin(stdin)
            .stdout(Descriptor::piped())
            .spawn()
            .unwrap();
        let answers = read_all(child.stdout.take().unwrap());
        Self {
            child,
            to: None,
            answers,
        }
    }

    pub(super) fn open(mut self) -> Self {
        assert_eq!(self.ask(INITIALIZE)["id"], "init");
        self
    }

    pub(super) fn say(&mut self, line: &str) {
        self.to
            .as_mut()
            .unwrap()
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    pub(super) fn hear(&self) -> Value {
        self.answers
            .recv_timeout(Duration::from_secs(20))
            .expect("no answer")
    }

    pub(super) fn ask(&mut self, line: &str) -> Value {
        self.say(line);
        self.hear()
    }

    pub(super) fn alive(&mut self) {
        assert_eq!(
            self.ask(r#"{"jsonrpc":"2.0","id":"alive","method":"ping"}"#)["id"],
            "alive"
        );
    }

    /// The most memory it ever had, in KiB.
    pub(super) fn memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn ends_within(&mut self, time: Duration) -> Duration {
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < time, "it goes on");
            std::thread::sleep(Duration::from_millis(1));
        }
        start.elapsed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn pipes_and_sockets_carry_calls_and_end_with_stdin() {
    for mut process in [Process::with_pipes(), Process::with_sockets()] {
        process = process.open();
        for id in 0..100 {
            let answer = process.ask(&call(id, "big", &json!({"bytes": 100_000})));
            assert_eq!((&answer["id"], text(&answer).len()), (&json!(id), 100_000));
        }
        process.say(&call("w", "wait", &json!({})));
        process.alive();
        process.to = None;
        assert_eq!(text(&process.hear()), "Stdin");
        process.ends_within(Duration::from_millis(500));
    }
}

#[test]
fn a_file_as_stdin_is_answered_to_its_last_line() {
    let input = format!(
        "{INITIALIZE}\n{}\n{}",
        call(1, "echo", &json!({"text": "a"})),
        call(2, "echo", &json!({"text": "b"}))
    );
    let mut process = Process::with_file(&input);
    let mut ids: Vec<_> = (0..3).map(|_| process.hear()["id"].to_string()).collect();
    ids.sort();
    assert_eq!(ids, ["\"init\"", "1", "2"]);
    process.ends_within(Duration::from_secs(2));
}

/// Nothing is written and stdin stays open: only the pipe itself says that its reader is gone.
#[test]
#[cfg(target_os = "linux")]
fn a_closed_pipe_ends_an_idle_process() {
    let mut child = command()
        .stdin(Descriptor::piped())
        .stdout(Descriptor::piped())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (
        child.stdin.take().unwrap(),
        BufReader::new(child.stdout.take().unwrap()),
    );
    writeln!(to, "{INITIALIZE}").unwrap();
    let mut line = String::new();
    while !line.starts_with('{') {
        line.clear();
        from.read_line(&mut line).unwrap();
    }
    drop(from);
    let mut process = Process {
        child,
        to: Some(Box::new(to)),
        answers: channel().1,
    };
    process.ends_within(Duration::from_secs(1));
}

/// `cargo test --release -- --ignored --nocapture what_a_call_costs`
#[test]
#[ignore = "prints figures"]
#[expect(clippy::print_stderr, reason = "a measurement")]
fn what_a_call_costs() {
    for (name, process) in [
        ("pipes", Process::with_pipes()),
        ("sockets", Process::with_sockets()),
    ] {
        let mut process = process.open();
        let mut times = Vec::new();
        for id in 0..20_000 {
            let line = call(id, "echo", &json!({"text": "x"}));
            let start = Instant::now();
            process.ask(&line);
            times.push(start.elapsed());
        }
        times.sort();
        eprintln!(
            "{name}: p50 {:?}, p99 {:?}, {} KiB",
            times[10_000],
            times[19_800],
            process.memory()
        );
    }
}
