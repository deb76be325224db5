//! Which parameters of a key are secrets: Make says it itself, in the list of types.

use serde_json::{Map, Value};

use crate::make::keys::KeyType;
use crate::tools::{Call, ToolError, plaintext};

/// The types of parameters that hold secrets, and what else a person types in private.
const SECRET_KINDS: [&str; 3] = ["password", "pkey", "cert"];
/// The types of parameters that are known to hold none. A kind that Make adds later is a secret
/// until it is known.
const PLAIN_KINDS: [&str; 8] = [
    "text", "select", "boolean", "number", "integer", "uinteger", "url", "email",
];

/// Lets the parameters pass or refuses them. Of an unknown type of key every value is a secret.
pub(super) async fn admit(
    call: &Call<'_>,
    type_name: Option<&str>,
    parameters: &Map<String, Value>,
) -> Result<(), ToolError> {
    plaintext::admit(call, &among(call, type_name, parameters).await?)
}

/// The parameters that are secrets, with their values.
pub(super) async fn among(
    call: &Call<'_>,
    type_name: Option<&str>,
    parameters: &Map<String, Value>,
) -> Result<Vec<(String, Value)>, ToolError> {
    let types = call.key_types().await?;
    let kind = types
        .iter()
        .find(|kind| Some(kind.name.as_str()) == type_name);
    Ok(parameters
        .iter()
        .filter(|(name, value)| !is_nothing(value) && is_secret(kind, name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.is_boolean() || value.as_str() == Some("")
}

fn is_secret(kind: Option<&KeyType>, name: &str, value: &Value) -> bool {
    let Some(kind) = kind else { return true };
    let kinds: Vec<Option<&str>> = kind
        .all_parameters()
        .into_iter()
        .filter(|parameter| parameter.name == name)
        .map(|parameter| parameter.kind.as_deref())
        .collect();
    let plain = |kind: Option<&str>| {
        kind.is_some_and(|kind| PLAIN_KINDS.contains(&kind) && !SECRET_KINDS.contains(&kind))
    };
    // A value with an inside can hold anything.
    kinds.is_empty() || !kinds.into_iter().all(plain) || value.is_array() || value.is_object()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_parameters_known_to_be_plain_pass() {
        let kind: KeyType = serde_json::from_value(json!({"name": "t", "parameters": [
            {"name": "authUser", "type": "text"}, {"name": "authPass", "type": "password"},
            {"name": "new", "type": "vault"}, {"name": "untyped"},
            {"name": "method", "type": "select", "options": [{"value": "c", "nested": [{"name": "certificate", "type": "cert"}]}]}]}))
        .unwrap();
        let secret = |name: &str| is_secret(Some(&kind), name, &json!("x"));
        assert!(!secret("authUser") && !secret("method"));
        for name in ["authPass", "new", "untyped", "certificate", "unlisted"] {
            assert!(secret(name), "{name}");
        }
        assert!(is_secret(Some(&kind), "authUser", &json!({"$secret": "x"})));
        assert!(is_secret(None, "authUser", &json!("x")));
    }
}
