//! The reference itself: what it looks like, and where none may stand.

use serde_json::{Map, Value};

use super::SECRET_TAKERS;
use crate::ids::SecretName;
use crate::tools::arguments::Invalid;

const MARK: &str = "$secret";

/// What a value is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Something else.
    Nothing,
    /// A reference to the secret of this name.
    Named(SecretName),
    /// Something that was meant to be one.
    Malformed,
}

/// Reads a value as a reference.
pub(super) fn read(value: &Value) -> Found {
    match value {
        Value::Object(fields) if fields.contains_key(MARK) => {
            let name = fields.get(MARK).and_then(Value::as_str);
            match name.and_then(|name| name.parse().ok()) {
                Some(name) if fields.len() == 1 => Found::Named(name),
                _ => Found::Malformed,
            }
        }
        Value::String(text) if text.trim_start().starts_with('{') && text.contains(MARK) => {
            Found::Malformed
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => Found::Nothing,
    }
}

/// The name in a value that is a reference.
pub(in crate::tools) fn secret_name(value: &Value) -> Option<SecretName> {
    match read(value) {
        Found::Named(name) => Some(name),
        Found::Nothing | Found::Malformed => None,
    }
}

/// The refusal of arguments with a reference where none may stand, whatever field that is.
pub(in crate::tools) fn misplaced(
    tool: &str,
    schema: &Map<String, Value>,
    arguments: &Map<String, Value>,
) -> Option<Invalid> {
    let inside = SECRET_TAKERS.iter().find(|(taker, _)| *taker == tool);
    let is_wrong = |(name, value): &(&String, &Value)| match (inside, value) {
        (Some((_, inside)), Value::Object(fields)) if *inside == name.as_str() => {
            // The field itself may be one; what is inside a field that is none may not.
            fields.contains_key(MARK)
                || fields.values().any(|field| {
                    let is_one = field.get(MARK).is_some();
                    !is_one && holds_one(field)
                })
        }
        _ => holds_one(value),
    };
    let (name, _) = arguments.iter().find(is_wrong)?;
    let known = schema
        .get("properties")
        .is_some_and(|properties| properties.get(name).is_some());
    Some(Invalid {
        // Other names may hold anything.
        field: if known { name.as_str() } else { "a field" }.to_owned(),
        problem: "holds a reference to a secret where none may stand; it may be a field of \
                  `parameters` (keys_create, keys_update) or of `data` (connections_create, \
                  connections_update) itself, where a secret belongs"
            .to_owned(),
        hint: Some("secrets_list says where each secret may go.".to_owned()),
    })
}

fn holds_one(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.contains_key(MARK) || fields.values().any(holds_one),
        Value::Array(items) => items.iter().any(holds_one),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_plain_form_is_a_reference() {
        let named = Found::Named("STRIPE_KEY".parse().unwrap());
        assert_eq!(read(&json!({"$secret": "STRIPE_KEY"})), named);
        for malformed in [
            json!({"$secret": "STRIPE_KEY", "x": 1}),
            json!({"$secret": "two words"}),
            json!({"$secret": ["STRIPE_KEY"]}),
            json!({"$secret": ""}),
            json!(r#"{"$secret": "STRIPE_KEY"}"#),
        ] {
            assert_eq!(read(&malformed), Found::Malformed, "{malformed}");
        }
        for other in [json!("x"), json!({"a": {"$secret": "A"}}), json!(null)] {
            assert_eq!(read(&other), Found::Nothing, "{other}");
        }
    }

    #[test]
    fn a_reference_stands_in_a_field_of_the_right_argument_and_nowhere_else() {
        let one = json!({"$secret": "A"});
        let schema = json!({"properties": {"name": {}, "parameters": {}, "prefill": {}}});
        let schema = schema.as_object().unwrap();
        let wrong = |tool, arguments: Value| {
            let found = misplaced(tool, schema, arguments.as_object().unwrap());
            found.map(|invalid| invalid.field)
        };
        let key = |parameters: Value| json!({"name": "n", "parameters": parameters});
        assert_eq!(
            wrong("keys_create", key(json!({"key": one, "x": "y"}))),
            None
        );
        for (tool, arguments, field) in [
            ("keys_create", key(one.clone()), "parameters"),
            ("keys_create", key(json!({"a": [one]})), "parameters"),
            ("keys_create", key(json!({"a": {"b": one}})), "parameters"),
            ("keys_create", json!({"name": one}), "name"),
            ("keys_create", json!({"data": {"apiKey": one}}), "a field"),
            ("templates_create", key(json!({"key": one})), "parameters"),
            (
                "credential_requests_create_by_credentials",
                json!({"keys": [{"prefill": {"hard": {"key": one}}}]}),
                "a field",
            ),
        ] {
            assert_eq!(wrong(tool, arguments).as_deref(), Some(field), "{tool}");
        }
    }
}
