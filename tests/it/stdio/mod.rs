//! The stdio transport under rmcp's server: raw lines in, raw lines out.

mod ends;
mod flow;
mod garbage;
mod memory;
mod process;
mod rows;
mod server;

use std::time::Duration;

use make_credentials_mcp::mcp::stdio::{Ended, Limits, Stdio};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines};
use tokio::task::JoinHandle;

use server::Server;

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"elicitation":{}},"clientInfo":{"name":"t","version":"1"}}}"#;
pub(crate) const META: &str = r#""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
const PATIENCE: Duration = Duration::from_secs(20);

/// A client that says and reads raw lines.
pub(crate) struct Client {
    pub(crate) to: Option<DuplexStream>,
    pub(crate) from: Option<Lines<BufReader<DuplexStream>>>,
    pub(crate) ended: Ended,
    pub(crate) server: Server,
    serving: JoinHandle<String>,
}

impl Client {
    /// Connected, nothing said yet.
    pub(crate) fn start(limits: Limits) -> Self {
        Self::with_scrub(limits, |line| line)
    }

    pub(crate) fn with_scrub(
        limits: Limits,
        scrub: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let (to, input) = tokio::io::duplex(64 * 1024);
        let (output, from) = tokio::io::duplex(64 * 1024);
        let (stdio, ended) = Stdio::new(input, output, limits, std::sync::Arc::new(scrub));
        let server = Server::new(ended.clone());
        let serving = tokio::spawn(server::serve(server.clone(), stdio));
        let from = BufReader::with_capacity(1024 * 1024, from).lines();
        Self {
            to: Some(to),
            from: Some(from),
            ended,
            server,
            serving,
        }
    }

    /// Past the handshake.
    pub(crate) async fn open(limits: Limits) -> Self {
        let mut client = Self::start(limits);
        client.say(INITIALIZE).await;
        let answer = client.hear().await;
        assert_eq!(
            answer["result"]["protocolVersion"], "2025-06-18",
            "{answer}"
        );
        client
            .say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            .await;
        client
    }

    pub(crate) async fn say(&mut self, line: impl AsRef<[u8]>) {
        let to = self.to.as_mut().unwrap();
        to.write_all(line.as_ref()).await.unwrap();
        to.write_all(b"\n").await.unwrap();
    }

    /// The next line of the server.
    pub(crate) async fn hear(&mut self) -> Value {
        self.maybe_hear()
            .await
            .expect("the server ended the stream")
    }

    pub(crate) async fn maybe_hear(&mut self) -> Option<Value> {
        let from = self.from.as_mut().unwrap();
        let line = tokio::time::timeout(PATIENCE, from.next_line())
            .await
            .expect("no answer");
        line.unwrap()
            .map(|line| serde_json::from_str(&line).expect("a line that is no JSON"))
    }

    pub(crate) async fn ask(&mut self, line: impl AsRef<[u8]>) -> Value {
        self.say(line).await;
        self.hear().await
    }

    /// Nothing more than this was answered so far, and the server still works.
    pub(crate) async fn alive(&mut self) {
        let answer = self
            .ask(r#"{"jsonrpc":"2.0","id":"alive","method":"ping"}"#)
            .await;
        assert_eq!(
            answer,
            json!({"jsonrpc": "2.0", "id": "alive", "result": {}})
        );
    }

    pub(crate) fn hang_up(&mut self) {
        self.to = None;
    }

    /// How the server ended.
    pub(crate) async fn outcome(self) -> String {
        tokio::time::timeout(PATIENCE, self.serving)
            .await
            .expect("the server goes on")
            .unwrap()
    }
}

pub(crate) fn call(id: impl serde::Serialize, tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}})
    .to_string()
}

pub(crate) fn cancel(id: impl serde::Serialize) -> String {
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}})
        .to_string()
}

/// The text of a tool's result.
pub(crate) fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no text: {answer}"))
}

/// `[code, id]` of an error.
pub(crate) fn error(answer: &Value) -> Value {
    assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
    assert!(
        answer.get("id").is_some(),
        "an id must be there, if only null: {answer}"
    );
    json!([answer["error"]["code"], answer["id"]])
}

pub(crate) fn seats(max_in_flight: usize) -> Limits {
    Limits {
        max_in_flight,
        ..Limits::default()
    }
}

/// Lets the server do what it can do now.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}
