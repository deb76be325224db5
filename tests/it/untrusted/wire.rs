//! The real server in this process, and a client that says and reads its raw lines.

use std::time::Duration;

use make_credentials_mcp::mcp::{self, stdio};
use make_credentials_mcp::tools::Session;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines};

const PATIENCE: Duration = Duration::from_secs(30);

/// In which form the client speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// With a handshake.
    Handshake,
    /// Without one.
    Modern,
}

/// A connection to a server of one session.
pub(crate) struct Wire {
    to: DuplexStream,
    from: Lines<BufReader<DuplexStream>>,
    era: Era,
    /// What the client can show a person.
    can: Value,
}

impl Wire {
    pub(crate) async fn open(session: Session, era: Era) -> Self {
        Self::with(session, era, json!({})).await
    }

    /// With a client that can ask in these ways.
    pub(crate) async fn with(session: Session, era: Era, can: Value) -> Self {
        let (to, input) = tokio::io::duplex(1 << 20);
        let (output, from) = tokio::io::duplex(1 << 20);
        let scrub = mcp::scrub(session.scrubber().clone());
        let (transport, ended) = stdio::Stdio::new(input, output, stdio::Limits::default(), scrub);
        tokio::spawn(mcp::serve(
            session,
            transport,
            ended,
            std::future::pending(),
        ));
        let from = BufReader::with_capacity(1 << 20, from).lines();
        let mut wire = Self { to, from, era, can };
        if era == Era::Handshake {
            let params = json!({"protocolVersion": "2025-06-18", "capabilities": wire.can,
                "clientInfo": {"name": "t", "version": "1"}});
            wire.ask("open", "initialize", params).await;
            wire.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
                .await;
        }
        wire
    }

    async fn say(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.to.write_all(line.as_bytes()).await.unwrap();
    }

    /// The line that answers a request.
    pub(crate) async fn ask(&mut self, id: &str, method: &str, mut params: Value) -> String {
        if self.era == Era::Modern {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": self.can,
                "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"}});
        }
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        let answers = format!("\"id\":\"{id}\"");
        loop {
            let line = tokio::time::timeout(PATIENCE, self.from.next_line()).await;
            let line = line.expect("no answer").unwrap().expect("the server ended");
            if line.contains(&answers) {
                return line;
            }
        }
    }

    pub(crate) async fn call(&mut self, tool: &str, arguments: &Value) -> String {
        let params = json!({"name": tool, "arguments": arguments});
        self.ask("call", "tools/call", params).await
    }

    /// Everything that a client shows a model beside answers, byte for byte.
    pub(crate) async fn listed(&mut self) -> [String; 2] {
        [
            self.ask("list", "tools/list", json!({})).await,
            self.ask("list", "prompts/list", json!({})).await,
        ]
    }
}
