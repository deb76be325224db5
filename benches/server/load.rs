//! A client that says and reads lines, and checks that every call was answered with a connection.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::child::Child;

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
pub(crate) const DISCOVER: &str = r#"{"jsonrpc":"2.0","id":"init","method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;

/// What ours asks Make for.
pub(crate) const COLUMNS: [&str; 14] = [
    "id",
    "name",
    "accountName",
    "accountLabel",
    "packageName",
    "expire",
    "metadata",
    "teamId",
    "upgradeable",
    "accountType",
    "editable",
    "uid",
    "connectedSystemId",
    "scopes",
];

#[derive(Deserialize)]
struct Answer {
    id: u32,
    result: Outcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    #[serde(default)]
    is_error: bool,
    structured_content: Structured,
}

#[derive(Deserialize)]
struct Structured {
    connection: Option<Connection>,
    renamed: Option<bool>,
}

#[derive(Deserialize)]
struct Connection {
    id: u64,
}

/// The handshake.
pub(crate) fn open(server: &mut Child) -> Result<()> {
    server.say(INITIALIZE)?;
    ensure!(server.hear()?.contains("\"init\""), "no handshake");
    server.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
}

/// Asks once for the tools.
pub(crate) fn list(server: &mut Child) -> Result<()> {
    server.say(r#"{"jsonrpc":"2.0","id":0,"method":"tools/list"}"#)?;
    ensure!(server.hear()?.contains("connections_get"), "no tools");
    Ok(())
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// `connections_get`: reads.
    Get,
    /// `connections_update` with a name: changes.
    Rename,
}

fn call(tool: Tool, id: u32) -> String {
    let (name, more) = match tool {
        Tool::Get => ("connections_get", String::new()),
        Tool::Rename => ("connections_update", format!(r#","name":"Number {id}""#)),
    };
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"{name}","arguments":{{"connectionId":101{more}}}}}}}"#
    )
}

/// Reads one answer, checks it and returns its id.
fn answer(server: &mut Child) -> Result<u32> {
    let line = server.hear()?;
    let answer: Answer = serde_json::from_str(line).with_context(|| line.to_owned())?;
    let content = answer.result.structured_content;
    let is_it = content.connection.is_some_and(|found| found.id == 101);
    let good = !answer.result.is_error && (is_it || content.renamed == Some(true));
    ensure!(good, "not the connection");
    Ok(answer.id)
}

/// One call after another. Returns how long each took.
pub(crate) fn sequential(server: &mut Child, tool: Tool, calls: u32) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for id in 0..calls {
        let begun = Instant::now();
        server.say(&call(tool, id))?;
        ensure!(answer(server)? == id, "the answer to another call");
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// So many calls at once, a new one for each answer. Returns how long all took.
pub(crate) fn pipelined(server: &mut Child, calls: u32, in_flight: u32) -> Result<Duration> {
    let begun = Instant::now();
    let mut answered = vec![false; usize::try_from(calls)?];
    let mut asked = 0;
    while asked < in_flight.min(calls) {
        server.say(&call(Tool::Get, asked))?;
        asked += 1;
    }
    for _ in 0..calls {
        let id = answer(server)?;
        let first = answered.get_mut(usize::try_from(id)?);
        let first = first.context("an unknown id")?;
        ensure!(!*first, "answered twice");
        *first = true;
        if asked < calls {
            server.say(&call(Tool::Get, asked))?;
            asked += 1;
        }
    }
    Ok(begun.elapsed())
}
