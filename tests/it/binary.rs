//! The real binary as a child: raw lines in, raw lines out, and everything that it ever wrote.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_mins(1);

/// A server that is running.
pub(crate) struct Binary {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    stderr: JoinHandle<Vec<u8>>,
    heard: String,
}

/// What it left behind.
pub(crate) struct Left {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl Left {
    pub(crate) fn all(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}

/// A command with nothing in its environment but what is given.
fn command(home: &Path, environment: &[(&str, &str)], words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_make-credentials-mcp"));
    command
        .env_clear()
        .env("MAKE_CREDENTIALS_HOME", home)
        .env("TMPDIR", home)
        .env("HOME", home)
        .envs(environment.iter().copied())
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // Not where the tests are started: files of a project there are none of theirs.
    if home.is_dir() {
        command.current_dir(home);
    }
    command
}

/// A folder of its own.
pub(crate) fn home(name: &str) -> PathBuf {
    let home = std::env::temp_dir().join(format!("mcm-attack-{name}-{}", std::process::id()));
    let _left_over = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home).unwrap();
    home
}

async fn ended(child: Child) -> Left {
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output());
    let output = output.await.expect("the command goes on").unwrap();
    Left {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

/// Runs a command to its end, with nothing on stdin.
pub(crate) async fn run(home: &Path, environment: &[(&str, &str)], words: &[&str]) -> Left {
    let child = command(home, environment, words)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    ended(child).await
}

/// The same from this folder, as the user whose folder is `home`.
pub(crate) async fn run_in(folder: &Path, home: &Path, words: &[&str]) -> Left {
    let child = command(home, &[("MAKE_CREDENTIALS_HOME", "")], words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    ended(child).await
}

/// Runs a command to its end, with this text on stdin.
pub(crate) async fn run_with(
    home: &Path,
    environment: &[(&str, &str)],
    words: &[&str],
    stdin: &str,
) -> Left {
    let mut child = command(home, environment, words).spawn().unwrap();
    // A command that asks for nothing may have closed it by now.
    let _closed = child
        .stdin
        .take()
        .unwrap()
        .write_all(stdin.as_bytes())
        .await;
    ended(child).await
}

impl Binary {
    /// `serve`, past the handshake.
    pub(crate) async fn serve(home: &Path, environment: &[(&str, &str)], flags: &[&str]) -> Self {
        let mut server = Self::start(home, environment, flags);
        server.say(crate::stdio::INITIALIZE).await;
        server.hear().await;
        server
            .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            .await;
        server
    }

    /// `serve`, before anything was said.
    pub(crate) fn start(home: &Path, environment: &[(&str, &str)], flags: &[&str]) -> Self {
        let words: Vec<&str> = std::iter::once("serve")
            .chain(flags.iter().copied())
            .collect();
        let mut child = command(home, environment, &words).spawn().unwrap();
        let mut errors = child.stderr.take().unwrap();
        let stderr = tokio::spawn(async move {
            let mut all = Vec::new();
            errors.read_to_end(&mut all).await.unwrap();
            all
        });
        Self {
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            stderr,
            heard: String::new(),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// What it holds in memory.
    pub(crate) fn memory_kib(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let mut words = line.unwrap().split_whitespace();
        words.nth(1).unwrap().parse().unwrap()
    }

    pub(crate) async fn say(&mut self, line: &str) {
        self.stdin.write_all(line.as_bytes()).await.unwrap();
        self.stdin.write_all(b"\n").await.unwrap();
    }

    /// The next line, which must be JSON.
    pub(crate) async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line())
            .await
            .expect("no answer")
            .unwrap()
            .expect("the server ended the stream");
        self.heard.push_str(&line);
        self.heard.push('\n');
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("a line that is no JSON: {line}"))
    }

    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let line = json!({"jsonrpc": "2.0", "id": method, "method": method, "params": params});
        self.say(&line.to_string()).await;
        self.hear().await
    }

    /// One call; what comes before its answer is heard as well.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.say(&crate::stdio::call(1, tool, &arguments)).await;
        loop {
            let answer = self.hear().await;
            if answer.get("id").is_some() {
                return answer;
            }
        }
    }

    /// What it has said so far, as far as it was read.
    pub(crate) fn heard(&self) -> &str {
        &self.heard
    }

    /// Stops the process where it is.
    #[cfg(target_os = "linux")]
    pub(crate) fn stop_process(&self) {
        signal(self.id(), "-STOP");
    }

    /// Ends the process where it is.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Whether it ends within a moment.
    pub(crate) async fn has_ended(mut self) -> bool {
        let patience = Duration::from_secs(2);
        tokio::time::timeout(patience, self.child.wait())
            .await
            .is_ok()
    }

    /// Calls all of them at once; the results in the order of the calls.
    pub(crate) async fn call_all(&mut self, calls: &[(&str, Value)]) -> Vec<Value> {
        for (id, (tool, arguments)) in calls.iter().enumerate() {
            self.say(&crate::stdio::call(id, tool, arguments)).await;
        }
        let mut answers = vec![Value::Null; calls.len()];
        for _ in calls {
            let (id, mut answer) = loop {
                let heard = self.hear().await;
                // Notifications carry none.
                if let Some(id) = heard["id"].as_u64() {
                    break (id, heard);
                }
            };
            answers[usize::try_from(id).unwrap()] = answer["result"].take();
        }
        answers
    }

    /// Hangs up; everything that it wrote.
    pub(crate) async fn end(self) -> Left {
        self.left(true).await
    }

    /// Waits for a server that ends while its client is still there; everything that it wrote.
    pub(crate) async fn outlive(self) -> Left {
        self.left(false).await
    }

    async fn left(self, hang_up: bool) -> Left {
        let Self {
            mut child,
            stdin,
            mut stdout,
            stderr,
            mut heard,
        } = self;
        let kept = if hang_up {
            drop(stdin);
            None
        } else {
            Some(stdin)
        };
        let ended = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = stdout.next_line().await.unwrap() {
                heard.push_str(&line);
                heard.push('\n');
            }
            child.wait().await.unwrap()
        });
        let status = ended.await.expect("the server goes on");
        drop(kept);
        Left {
            stdout: heard,
            stderr: String::from_utf8(stderr.await.unwrap()).unwrap(),
            code: status.code(),
        }
    }
}

/// Every file below a folder, with its bytes.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path, bytes));
            }
        }
    }
    found
}

/// Lets a stopped process go on.
#[cfg(target_os = "linux")]
pub(crate) fn go_on(process: u32) {
    signal(process, "-CONT");
}

#[cfg(target_os = "linux")]
fn signal(process: u32, which: &str) {
    let sent = std::process::Command::new("kill")
        .args([which, &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
