//! Simulated API tokens: whose they are, what they may do, how they are listed.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::State;
use crate::sandbox::clock::stamp;

#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) value: String,
    pub(crate) user: u64,
    pub(crate) label: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created: Timestamp,
    /// When it came into being, as against what it says.
    pub(crate) made: Instant,
    /// It was deleted, and stops working then.
    pub(crate) ends: Option<Instant>,
}

impl Token {
    /// Whether it works: a deleted one may for a moment.
    pub(crate) fn answers(&self) -> bool {
        self.ends.is_none_or(|ends| Instant::now() < ends)
    }

    /// Whether a list shows it: a new one may be missing for a moment.
    pub(crate) fn is_listed(&self, lag: Duration) -> bool {
        self.ends.is_none() && self.made.elapsed() >= lag
    }

    /// With the whole value: for the one answer to its creation.
    pub(crate) fn full(&self) -> Value {
        self.json(&self.value)
    }

    pub(crate) fn masked(&self) -> Value {
        let prefix = self.value.get(..8).unwrap_or_default();
        self.json(&format!("{prefix}-****-****-****-************"))
    }

    fn json(&self, shown: &str) -> Value {
        json!({
            "token": shown,
            "scope": self.scopes,
            "created": stamp(self.created),
            "label": self.label,
        })
    }
}

impl State {
    pub(crate) fn issue(&mut self, user: u64, label: &str, scopes: Vec<String>) -> Token {
        let token = Token {
            value: self.chance.token(),
            user,
            label: label.to_owned(),
            scopes,
            created: self.clock.unique(),
            made: Instant::now(),
            ends: None,
        };
        self.admit(token)
    }

    pub(crate) fn admit(&mut self, token: Token) -> Token {
        self.tokens.push(token.clone());
        token
    }
}
