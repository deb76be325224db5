//! The stage of the demo: the zone, the real binary as a child, a client of it, and a record of
//! every byte that passed.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt as _};
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::columns::{Look, WHOLE, beside, paint, wrapped};
use super::operator::Operator;
use crate::cli::text;
use crate::sandbox::{CANARY, RecordedRequest, Sandbox};

/// The team that the agent of the demo is bound to.
pub(super) const TEAM: u64 = 22;

/// The value that the agent uses and never has.
const SECRET: &str = "sk-live-51QK7vTz0815";

/// How the operator makes the agent, after `agent add`.
const GRANTS: &[&str] = &[
    "agent",
    "add",
    "shop-bot",
    "--teams",
    "22",
    "--access",
    "write",
    "--toolsets",
    "account,connections,keys,credential_requests,templates,template_flows",
    "--operator-token-stdin",
    "--zone",
];

pub(super) struct Stage<'a> {
    pub(super) zone: &'a Sandbox,
    client: RunningService<RoleClient, ()>,
    child: Child,
    operator: Operator,
    /// Every byte this binary wrote, on both streams.
    seen: Arc<Mutex<Vec<u8>>>,
    /// Requests of the zone that were shown already.
    shown: usize,
    steps: u32,
}

impl<'a> Stage<'a> {
    /// The operator makes an agent, and a client starts the server as that agent.
    pub(super) async fn open(zone: &'a Sandbox) -> anyhow::Result<Self> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let operator = Operator::new(Arc::clone(&seen));
        heading(1, "An agent gets a key of its own, to one team.");
        let mut words = GRANTS.to_vec();
        let address = zone.zone();
        words.push(&address);
        let said = operator.runs(&words, zone.operator_token()).await?;
        let requests = zone.requests();
        let (read, changed): (Vec<_>, Vec<_>) = requests.iter().partition(|it| it.method == "GET");
        let mut sent: Vec<String> = changed.into_iter().map(line).collect();
        sent.push(format!("and {} reads", read.len()));
        let said = said.get(..4).unwrap_or_default().join("\n");
        beside((Look::Plain, &said), (Look::Dim, &sent.join("\n")));

        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--agent", "shop-bot"])
            .env_clear()
            .env("MAKE_CREDENTIALS_HOME", operator.home())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the server could not be started")?;
        let (near, far) = tokio::io::duplex(64 * 1024);
        let output = child.stdout.take().context("no stdout")?;
        let errors = child.stderr.take().context("no stderr")?;
        let (_, passed_on) = tokio::io::split(far);
        tokio::spawn(record(output, Arc::clone(&seen), Some(passed_on)));
        tokio::spawn(record(errors, Arc::clone(&seen), None::<tokio::io::Sink>));
        let input = child.stdin.take().context("no stdin")?;
        let (read, _) = tokio::io::split(near);
        let client = ().serve((read, input)).await.context("the protocol was not opened")?;
        Ok(Self {
            zone,
            client,
            child,
            operator,
            seen,
            shown: requests.len(),
            steps: 1,
        })
    }

    /// Prints the question of a step.
    pub(super) fn step(&mut self, question: &str) {
        self.steps += 1;
        heading(self.steps, question);
    }

    pub(super) async fn tools(&self) -> anyhow::Result<usize> {
        Ok(self.client.peer().list_all_tools().await?.len())
    }

    /// Calls a tool and shows both sides. The answer must be of the wanted kind.
    pub(super) async fn call(
        &mut self,
        tool: &'static str,
        arguments: Value,
        wanted: Wanted,
    ) -> anyhow::Result<Value> {
        let fields: Map<String, Value> = arguments.as_object().cloned().unwrap_or_default();
        let request = CallToolRequestParams::new(tool).with_arguments(fields);
        let result: CallToolResult = self.client.peer().call_tool(request).await?;
        let answer = result.structured_content.clone().unwrap_or_default();
        let code = answer
            .get("code")
            .and_then(Value::as_str)
            .unwrap_or("answer");
        let failed = result.is_error == Some(true);
        let sent = self.sent_since();
        beside(
            (Look::Plain, &format!("→ {tool} {arguments}")),
            (Look::Dim, &sent),
        );
        let look = if failed { Look::Bad } else { Look::Good };
        beside((look, &format!("← {answer}")), (Look::Plain, ""));
        let as_told = match wanted {
            Wanted::Answer => !failed,
            Wanted::Refusal(code_wanted) => failed && code == code_wanted,
        };
        anyhow::ensure!(as_told, "{tool} did not come out as told: {answer}");
        Ok(answer)
    }

    /// A person at the terminal agrees to a call that waits.
    pub(super) async fn approve(&self, id: &str) -> anyhow::Result<()> {
        for line in self.operator.runs(&["approve", id, "--yes"], "").await? {
            aside(&line);
        }
        Ok(())
    }

    /// The operator keeps a secret under a name that this agent may use.
    pub(super) async fn keep_secret(&self, name: &str) -> anyhow::Result<()> {
        let bound = [
            "--for",
            "shop-bot",
            "--tools",
            "keys_create",
            "--types",
            "apikeyauth",
        ];
        let words = [&["secret", "set", name], &bound[..]].concat();
        for line in self.operator.runs(&words, SECRET).await? {
            aside(&line);
        }
        Ok(())
    }

    /// What went to Make since the last step.
    fn sent_since(&mut self) -> String {
        let requests = self.zone.requests();
        let new: Vec<String> = requests.iter().skip(self.shown).map(line).collect();
        self.shown = requests.len();
        if new.is_empty() {
            "(nothing was sent)".to_owned()
        } else {
            new.join("\n")
        }
    }

    /// Ends the server as clients do and searches every byte for the tokens and the secret. Returns
    /// whether they were found only where they belong, and the server ended by itself.
    pub(super) async fn close(mut self) -> anyhow::Result<bool> {
        self.client.close().await?;
        let patience = std::time::Duration::from_secs(5);
        let ended = tokio::time::timeout(patience, self.child.wait()).await;
        let ended_well = matches!(&ended, Ok(Ok(status)) if status.success());
        let seen = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let requests = self.zone.requests();
        let sent: Vec<u8> = requests
            .iter()
            .flat_map(|request| {
                [
                    request.method.as_bytes(),
                    request.target.as_bytes(),
                    &request.body,
                ]
            })
            .flatten()
            .copied()
            .collect();
        self.step("Where were the tokens and the secret?");
        aside(&format!(
            "In {} bytes that this binary wrote (stdout and stderr) and {} bytes of paths and bodies sent:",
            seen.len(),
            sent.len()
        ));
        // Every token of the simulated zone ends in the same group, also the agent's own.
        let tokens = count(&seen, CANARY) + count(&sent, CANARY);
        let shown = count(&seen, SECRET);
        let used = count(&sent, SECRET);
        verdict("tokens", tokens, tokens == 0);
        verdict("the secret, in what was written", shown, shown == 0);
        verdict("the secret, in what Make got", used, used == 1);
        aside(&format!(
            "Tokens travelled in the Authorization header of {} requests to their own zone, and nowhere else.",
            requests
                .iter()
                .filter(|request| request.token_prefix.is_some())
                .count()
        ));
        anyhow::ensure!(ended_well, "the server did not end when its client left");
        Ok(tokens == 0 && shown == 0 && used == 1)
    }
}

fn heading(number: u32, words: &str) {
    text::painted(format!(
        "\n{}",
        paint(Look::Bold, &format!("{number}. {words}"))
    ));
}

fn verdict(what: &str, times: usize, is_right: bool) {
    let look = if is_right { Look::Good } else { Look::Bad };
    let times = match times {
        1 => "once".to_owned(),
        _ => format!("{times} times"),
    };
    let words = format!("{what}: {times}");
    text::painted(format!("  {}", paint(look, &words)));
}

/// Prints what somebody else did.
pub(super) fn aside(words: &str) {
    for line in wrapped(words, WHOLE) {
        text::painted(format!("  {}", paint(Look::Dim, &line)));
    }
}

/// What a step is expected to come to.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    Answer,
    /// A failure with this code.
    Refusal(&'static str),
}

/// A request in one line, its columns left out.
fn line(request: &RecordedRequest) -> String {
    let target = request
        .target
        .strip_prefix("/api/v2")
        .unwrap_or(&request.target);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cols"))
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    let query = kept
        .join("&")
        .replace("%5B", "[")
        .replace("%5D", "]")
        .replace("%3A", ":")
        .replace("%2F", "/");
    let body = String::from_utf8_lossy(&request.body);
    let space = if body.is_empty() { "" } else { " " };
    format!(
        "{} {path}{mark}{query}{space}{body} → {}",
        request.method, request.status
    )
}

fn count(bytes: &[u8], text: &str) -> usize {
    bytes
        .windows(text.len())
        .filter(|window| window.eq_ignore_ascii_case(text.as_bytes()))
        .count()
}

/// Keeps every byte and passes it on.
async fn record(
    mut from: impl AsyncRead + Unpin,
    seen: Arc<Mutex<Vec<u8>>>,
    mut to: Option<impl tokio::io::AsyncWrite + Unpin>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let bytes = buffer.get(..count).unwrap_or_default();
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        if let Some(to) = &mut to
            && to.write_all(bytes).await.is_err()
        {
            return;
        }
    }
}
