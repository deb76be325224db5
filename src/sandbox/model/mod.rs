//! What the zone knows: everything an account holds, in memory.

pub(crate) mod connection;
pub(crate) mod connection_type;
pub(crate) mod credential_request;
pub(crate) mod flow;
pub(crate) mod key;
pub(crate) mod people;
pub(crate) mod scenario;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod usage;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use serde_json::{Map, Value};

use super::chance::Chance;
use super::clock::Clock;
use super::options::Options;
use connection::Connection;
use credential_request::CredentialRequest;
use flow::Flow;
use key::Key;
use people::People;
use scenario::{Hook, Scenario};
use template::{PublicTemplate, Template};
use token::Token;

/// Ids given out later start above every id of the seed.
const FIRST_NEW_ID: u64 = 1001;

pub(crate) struct State {
    pub(crate) zone: String,
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) people: People,
    pub(crate) tokens: Vec<Token>,
    pub(crate) connections: BTreeMap<u64, Connection>,
    pub(crate) keys: BTreeMap<u64, Key>,
    pub(crate) key_types: Vec<Value>,
    pub(crate) apps: Map<String, Value>,
    pub(crate) requests: Vec<CredentialRequest>,
    pub(crate) templates: BTreeMap<u64, Template>,
    pub(crate) public_templates: Vec<PublicTemplate>,
    pub(crate) scenarios: BTreeMap<u64, Scenario>,
    pub(crate) hooks: BTreeMap<u64, Hook>,
    pub(crate) flows: Vec<Flow>,
    /// Connection → its members, as (user, role).
    pub(crate) access: BTreeMap<u64, Vec<(u64, String)>>,
    /// Organization → when it was called lately.
    pub(crate) calls: BTreeMap<u64, VecDeque<Instant>>,
    counters: BTreeMap<&'static str, u64>,
}

impl State {
    pub(crate) fn new(port: u16, options: Options) -> std::io::Result<Self> {
        let data = |text: &str| serde_json::from_str(text).map_err(std::io::Error::other);
        Ok(Self {
            zone: format!("http://127.0.0.1:{port}"),
            clock: Clock::new(options.now),
            chance: Chance::new(options.seed)?,
            people: People::default(),
            tokens: Vec::new(),
            connections: BTreeMap::new(),
            keys: BTreeMap::new(),
            key_types: data(include_str!("../seed/key_types.json")).map(list)?,
            apps: data(include_str!("../seed/apps.json")).map(object)?,
            requests: Vec::new(),
            templates: BTreeMap::new(),
            public_templates: Vec::new(),
            scenarios: BTreeMap::new(),
            hooks: BTreeMap::new(),
            flows: Vec::new(),
            access: BTreeMap::new(),
            calls: BTreeMap::new(),
            counters: BTreeMap::new(),
            options,
        })
    }

    /// Each kind counts by itself: with Make too, a connection and a key may have the same number.
    pub(crate) fn next_id(&mut self, kind: &'static str) -> u64 {
        let counter = self.counters.entry(kind).or_insert(FIRST_NEW_ID);
        *counter += 1;
        *counter - 1
    }

    /// The zone's name as organizations carry it: host and port.
    pub(crate) fn host(&self) -> &str {
        self.zone.strip_prefix("http://").unwrap_or(&self.zone)
    }
}

fn list(value: Value) -> Vec<Value> {
    if let Value::Array(items) = value {
        items
    } else {
        Vec::new()
    }
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value {
        fields
    } else {
        Map::new()
    }
}
