//! For tests: a listener in the place of Make that gives prepared answers in turn and keeps what it was asked. Once
//! they are used up it hangs up.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{CallContext, Outcome, Session};
use crate::audit::Trail;
use crate::grants::{Access, Agent, Confirmation, Grants, Standing, Teams, Toolset};
use crate::make::{Access as Token, Client, Zone};
use crate::secret::{Scrubber, Secret};
use crate::state::State;

pub(super) enum Prepared {
    /// A status and a body.
    Answer(u16, Value),
    /// The connection ends without an answer.
    HangUp,
}

pub(super) struct ScriptedZone {
    address: String,
    home: PathBuf,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl ScriptedZone {
    pub(super) async fn answering(answers: impl IntoIterator<Item = Prepared>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut answers: VecDeque<Prepared> = answers.into_iter().collect();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut start = vec![0; 16 * 1024];
                let read = stream.read(&mut start).await.unwrap_or(0);
                let text = String::from_utf8_lossy(start.get(..read).unwrap()).into_owned();
                log.lock().unwrap().push(asked(&text));
                let Some(Prepared::Answer(status, body)) = answers.pop_front() else {
                    continue;
                };
                let body = body.to_string();
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                let _gone = stream.write_all(answer.as_bytes()).await;
                let _gone = stream.shutdown().await;
            }
        });
        Self {
            address: format!("http://127.0.0.1:{port}"),
            home: std::env::temp_dir().join(format!("mcm-scripted-{port}-{}", std::process::id())),
            heard,
            task,
        }
    }

    /// A session of an agent with every tool and the operator's standing yes.
    pub(super) fn session(&self, teams: Teams) -> Session {
        let grants = Grants {
            teams,
            access: Access::Write,
            toolsets: Toolset::ALL.into(),
            confirmation: Confirmation::Never,
            ..Grants::none()
        };
        let agent = Agent {
            name: "bot".parse().unwrap(),
            standing: Standing::Active,
            grants,
        };
        let client = Client::new(Token {
            token: Secret::new("2544847b-1111-4222-8333-c0ffeec0ffee".to_owned()),
            zone: Zone::parse(&self.address).unwrap(),
        });
        let key = Arc::new(|| -> super::Later<Result<Secret, String>> {
            Box::pin(async { Ok(Secret::new("A".repeat(43))) })
        });
        let state = State::at(Some(self.home.clone()));
        Session::new(agent, Ok(client), Scrubber::default(), state, 1 << 20)
            .recording(Trail::at(Some(self.home.clone()), key))
    }

    /// A call of a tool by an agent of all teams: what it comes to.
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Outcome {
        let arguments: Map<String, Value> = serde_json::from_value(arguments).unwrap();
        let (session, context) = (self.session(Teams::All), CallContext::default());
        let call = session.call(tool, arguments, context, std::future::pending());
        let patience = std::time::Duration::from_secs(20);
        tokio::time::timeout(patience, call).await.unwrap()
    }

    /// What was asked, as `METHOD /path?query`, without the columns asked for.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for ScriptedZone {
    fn drop(&mut self) {
        self.task.abort();
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

fn asked(request: &str) -> String {
    let line = request.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (words.next(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.strip_prefix("/api/v2").unwrap_or(path);
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cols"))
        .collect();
    let mark = if rest.is_empty() { "" } else { "?" };
    format!(
        "{} {path}{mark}{}",
        method.unwrap_or_default(),
        rest.join("&")
    )
}
