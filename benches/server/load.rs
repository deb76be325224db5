//! A client that says and reads lines, and checks that every call was answered with a connection.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::child::Child;

pub(crate) const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
pub(crate) const DISCOVER: &str = r#"{"jsonrpc":"2.0","id":"init","method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;

/// What ours asks Make for.
pub(crate) const COLUMNS: [&str; 18] = [
    "id",
    "name",
    "accountName",
    "accountLabel",
    "packageName",
    "expire",
    "metadata",
    "teamId",
    "theme",
    "upgradeable",
    "scopesCnt",
    "scoped",
    "accountType",
    "editable",
    "uid",
    "connectedSystemId",
    "organizationId",
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
    connection: Connection,
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

fn call(id: u32) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"connections_get","arguments":{{"connectionId":101}}}}}}"#
    )
}

/// Reads one answer, checks it and returns its id.
fn answer(server: &mut Child) -> Result<u32> {
    let line = server.hear()?;
    let answer: Answer = serde_json::from_str(line).with_context(|| line.to_owned())?;
    let good = !answer.result.is_error && answer.result.structured_content.connection.id == 101;
    ensure!(good, "not the connection");
    Ok(answer.id)
}

/// One call after another. Returns how long each took.
pub(crate) fn sequential(server: &mut Child, calls: u32) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for id in 0..calls {
        let begun = Instant::now();
        server.say(&call(id))?;
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
        server.say(&call(asked))?;
        asked += 1;
    }
    for _ in 0..calls {
        let id = answer(server)?;
        let first = answered.get_mut(usize::try_from(id)?);
        let first = first.context("an unknown id")?;
        ensure!(!*first, "answered twice");
        *first = true;
        if asked < calls {
            server.say(&call(asked))?;
            asked += 1;
        }
    }
    Ok(begun.elapsed())
}
