//! Nothing is made twice: the same once more gets the first answer or is asked back.

mod basics;
mod figures;

use serde_json::{Value, json};

/// A key named so.
fn key(name: &str) -> Value {
    json!({"teamId": 22, "name": name, "typeName": "basicauth", "parameters": {"authUser": "jane"}})
}

/// The same arguments under a key.
fn under(arguments: &Value, key: &str) -> Value {
    let mut arguments = arguments.clone();
    arguments["idempotencyKey"] = json!(key);
    arguments
}
