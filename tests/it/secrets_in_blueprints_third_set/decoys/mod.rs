//! The blueprints without a secret, each full of what looks like one.

mod files;
mod ids;
mod names;
mod requests;
mod texts;

use serde_json::{Value, json};

use super::nesting;
use crate::blueprint_reader::random::Random;

pub(super) const COUNT: usize = 1_000;

/// A module of any kind, without a secret.
pub(super) fn module(random: &mut Random) -> Value {
    let mut module = match random.below(16) {
        0..4 => ids::of_an_app(random),
        4 | 5 => ids::record(random),
        6 => ids::list(random),
        7 | 8 => texts::message(random),
        9 => names::setting(random),
        10 => names::empty_field(random),
        11 => files::code(random),
        12 => files::file(random),
        13 => files::public_pem(random),
        _ => requests::request(random),
    };
    if random.below(4) == 0 {
        describe(&mut module);
    }
    module
}

/// What the editor notes of the fields of a connection: their labels and types, no values.
fn describe(module: &mut Value) {
    module["metadata"]["parameters"] = json!([
        {"name": "__IMTCONN__", "type": "account:oauth2,apikey", "label": "Connection", "required": true},
        {"name": "apiKey", "type": "password", "label": "API Key", "help": "Found under Settings > API keys."},
        {"name": "hookSecret", "type": "text", "label": "Webhook secret", "advanced": true},
    ]);
    module["metadata"]["restore"] = json!({
        "parameters": {"__IMTCONN__": {"label": "My API key connection (ana@example.com)",
            "data": {"scoped": "true", "connection": "oauth2"}}},
        "expect": {"method": {"mode": "chose", "label": "POST"}, "tokenType": {"label": "Bearer"}},
    });
}

/// One of the blueprints without a secret.
pub(super) fn blueprint(number: usize) -> Value {
    let mut random = Random::new(0xDEC0_7000 + u64::try_from(number).unwrap());
    let count = 6 + random.below(5);
    let modules = (0..count).map(|_| module(&mut random)).collect();
    nesting::template(&mut random, modules, number)
}

/// Every text of a value with where it stands.
pub(super) fn texts(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect(value: &Value, at: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((at, text.clone())),
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{number}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                collect(field, format!("{at}/{name}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
