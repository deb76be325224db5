//! The trail: what is written, by whom at once, what is found when somebody changes it.

mod attacks;
mod basics;
mod calls;
mod commands;
#[cfg(target_os = "linux")]
mod full;
mod together;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use make_credentials_mcp::audit::{
    Anchor, Call, Caller, Change, Decision, End, Event, Kept, KeySource, Outcome, Report, Route,
    Trail,
};
use make_credentials_mcp::secret::Secret;
use serde_json::{Map, Value, json};

/// A key that every test shares.
pub(crate) fn key() -> KeySource {
    Arc::new(|| Box::pin(async { Ok(Secret::new("A".repeat(43))) }))
}

/// A home folder of its own, removed when dropped.
pub(crate) struct Home(pub(crate) PathBuf);

impl Home {
    pub(crate) fn new(name: &str) -> Self {
        let home = std::env::temp_dir().join(format!("mcm-trail-{name}-{}", std::process::id()));
        let _left_over = std::fs::remove_dir_all(&home);
        Self(home)
    }

    pub(crate) fn trail(&self) -> Trail {
        Trail::at(Some(self.0.clone()), key())
    }

    pub(crate) fn rotating(&self, at: u64) -> Trail {
        Trail::rotating(Some(self.0.clone()), key(), at)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What a fresh process says of it.
    pub(crate) async fn report(&self, kept: Option<Kept>) -> Report {
        self.trail().verify(kept).await.unwrap().1
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn caller(tool: &'static str) -> Caller {
    let ids = json!({"connectionId": 101});
    Caller {
        agent: "env".parse().unwrap(),
        tool,
        ids: ids.as_object().cloned().unwrap_or_else(Map::new),
        arguments: [("name".to_owned(), "d1GeStd1GeSt".to_owned())].into(),
    }
}

pub(crate) fn read() -> Event {
    Event::Call(Call {
        caller: caller("connections_get"),
        decision: Decision::Permitted,
        requests: 1,
        route: Some(Route {
            method: "GET".to_owned(),
            path: "/connections/101".to_owned(),
        }),
        status: Some(200),
        end: Some(End {
            outcome: Outcome::Answered,
            duration_ms: 120,
        }),
    })
}

pub(crate) fn change() -> Change {
    Change {
        caller: caller("connections_delete"),
        decision: Decision::Permitted,
        confirmed: None,
        route: Route {
            method: "DELETE".to_owned(),
            path: "/connections/101".to_owned(),
        },
        secrets: Vec::new(),
        plaintext: false,
        generation: None,
        kept: None,
    }
}

/// The lines of a file, all of which must be JSON.
pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

pub(crate) fn kept(generation: u64, anchor: Option<Anchor>) -> Kept {
    Kept {
        changes: 0,
        generation,
        anchor: anchor.unwrap_or(Anchor {
            sequence: 0,
            mac: String::new(),
        }),
    }
}
