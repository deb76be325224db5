//! Which fields of a connection's data may stand in a tool's arguments as they are. Make lists no
//! field types for connections, so every field is a secret that is not known to be harmless.

use serde_json::{Map, Value};

use crate::tools::named::{self, Field, Given, Role, Uses};
use crate::tools::{Call, ToolError};

/// Lets the data of a connection pass or refuses it; tells the named secrets in it.
pub(super) async fn admit(
    call: &Call<'_>,
    type_name: Option<&str>,
    data: &Map<String, Value>,
) -> Result<Uses, ToolError> {
    let fields = data.iter().map(|(name, value)| Field {
        name,
        value,
        role: named::role(name).unwrap_or(Role::Secret),
    });
    let given = Given {
        inside: "data",
        type_name,
        fields: fields.collect(),
        literals: plain_secrets(data),
        takers: Vec::new(),
        // Make replaces all data at once.
        stays: Vec::new(),
        // What a field does that is not given is the app's choice, and the operator's was to say it.
        wants_all_set: true,
    };
    named::admit(call, given).await
}

/// Whether this data changes where a connection goes while its secrets, which cannot be edited, stay.
pub(super) fn moves_alone(editable: &[String], data: &Map<String, Value>) -> bool {
    let is = |name: &str, wanted: Role| named::role(name).unwrap_or(Role::Secret) == wanted;
    let moves = |(name, value): (&String, &Value)| is(name, Role::Where) && holds_something(value);
    data.iter().any(moves) && !editable.iter().any(|name| is(name, Role::Secret))
}

/// Whether the fields that can be edited say where a connection goes. Else what was stored at its
/// making decides, which may be an address of the agent's own.
pub(super) fn shows_its_place(editable: &[String]) -> bool {
    editable
        .iter()
        .any(|name| named::role(name) == Some(Role::Where))
}

/// Whether a secret is named in the data.
pub(super) fn names_one(data: &Map<String, Value>) -> bool {
    data.values().any(Value::is_object)
}

/// The fields whose values would be secrets in plain text.
pub(super) fn plain_secrets(data: &Map<String, Value>) -> Vec<(String, Value)> {
    data.iter()
        .filter(|(name, value)| holds_something(value) && !is_harmless(name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        Value::Array(items) => items.iter().any(holds_something),
        Value::Object(fields) => fields.values().any(holds_something),
    }
}

fn is_harmless(name: &str, value: &Value) -> bool {
    // What is inside a list or an object has no known name.
    let plain = value.is_number() || value.as_str().is_some_and(|text| !carries_password(text));
    named::is_plain(name) && plain
}

/// An address with a user's password or a key in it: `https://user:pass@host`, `?token=…`.
fn carries_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.contains('@') || rest.contains('?') || rest.contains('#')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_known_harmless_fields_pass() {
        let names = |data: Value| -> Vec<String> {
            plain_secrets(data.as_object().unwrap())
                .into_iter()
                .map(|(name, _)| name)
                .collect()
        };
        assert!(names(json!({"url": "https://a.example", "userName": "x", "base_url": "https://b.example/v1",
            "port": 993, "secure": true, "apiKey": null, "password": ""})).is_empty());
        assert_eq!(
            names(json!({"apiKey": "x", "pin": 1234, "key": {"$secret": "n"}, "unknown": "x"})),
            ["apiKey", "key", "pin", "unknown"]
        );
        assert_eq!(
            names(
                json!({"url": "https://u:p@a.example", "host": "https://a.example/?key=1", "server": ["x"]})
            ),
            ["host", "server", "url"]
        );
    }
}
