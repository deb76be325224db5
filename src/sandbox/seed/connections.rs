//! The seed's connections, one for each thing a connection can be.

use serde_json::{Map, Value, json};

use super::seeded::{MARKETING, OPS, SALES};
use crate::sandbox::answer::big_number;
use crate::sandbox::chance::CANARY;
use crate::sandbox::model::State;
use crate::sandbox::model::connection::{Connection, Verdict};
use crate::sandbox::model::connection_type::connection_type;

/// (id, team, name, type)
const CONNECTIONS: &[(u64, u64, &str, &str)] = &[
    (101, MARKETING, "Google (jane@example.com)", "google"),
    (102, MARKETING, "Gmail newsletter", "google-email"),
    (103, MARKETING, "Slack workspace", "slack2"),
    (104, MARKETING, "Airtable base", "airtable2"),
    (105, MARKETING, "Old Google", "google"),
    (106, MARKETING, "HubSpot", "hubspotcrm"),
    (107, MARKETING, "Notion wiki", "notion2"),
    (201, SALES, "Slack sales bot", "slack3"),
    (202, SALES, "Notion deals", "notion3"),
    (203, SALES, "Unused mailbox", "imap"),
    (301, OPS, "Globex Google", "google"),
];

pub(super) fn fill(state: &mut State) {
    for (id, team, name, kind) in CONNECTIONS {
        let Some(kind) = connection_type(kind) else {
            continue;
        };
        let mut connection = Connection::new(*id, *team, name, kind);
        connection.data = secrets(kind.parameters);
        state.connections.insert(*id, connection);
    }
    identities(state);
    scopes(state);
    let (past, soon) = (state.clock.in_days(-40), state.clock.in_days(3));
    let far = state.clock.in_days(120);
    for (id, expire) in [(105, past), (102, soon), (201, far)] {
        if let Some(connection) = state.connections.get_mut(&id) {
            connection.expire = Some(expire);
        }
    }
    let refused = "The access token expired on 2026-03-01T09:00:00Z.".to_owned();
    for (id, verdict) in [
        (106, Verdict::Refused(refused)),
        (107, Verdict::NotVerified),
    ] {
        if let Some(connection) = state.connections.get_mut(&id) {
            connection.verdict = verdict;
        }
    }
}

/// Provider account ids come as text, as a number beyond 64 bits, or not at all.
fn identities(state: &mut State) {
    let email = |value: &str| json!({"value": value, "type": "email"});
    let plain = |value: &str| json!({"value": value, "type": "string"});
    let known: [(u64, Value, Value); 7] = [
        (
            101,
            email("jane@example.com"),
            json!("113000000000000000041"),
        ),
        (
            102,
            email("jane@example.com"),
            big_number("113000000000000000042"),
        ),
        (103, plain("Acme (posting-bot)"), json!("U024BE7LH")),
        (
            105,
            email("former.colleague@example.com"),
            json!("113000000000000000045"),
        ),
        (106, json!({"value": null, "type": "string"}), Value::Null),
        (201, plain("Acme Sales"), json!(424_242)),
        (301, email("gina@globex.example"), Value::Null),
    ];
    for (id, metadata, uid) in known {
        if let Some(connection) = state.connections.get_mut(&id) {
            (connection.metadata, connection.uid) = (metadata, uid);
        }
    }
}

fn scopes(state: &mut State) {
    const DRIVE: &str = "https://www.googleapis.com/auth/drive.readonly";
    const SHEETS: &str = "https://www.googleapis.com/auth/spreadsheets";
    let held: [(u64, &[&str]); 6] = [
        (101, &[DRIVE, SHEETS]),
        (102, &["https://mail.google.com/"]),
        (103, &["chat:write", "channels:read"]),
        (105, &[DRIVE]),
        (201, &["chat:write"]),
        (301, &[DRIVE]),
    ];
    for (id, scopes) in held {
        if let Some(connection) = state.connections.get_mut(&id) {
            connection.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        }
    }
}

/// Parameters of a seeded secret; every value holds the marker that leak tests look for.
pub(super) fn secrets(names: &[&str]) -> Map<String, Value> {
    let secret = |name: &&str| ((*name).to_owned(), json!(format!("stored-{name}-{CANARY}")));
    names.iter().map(secret).collect()
}
