//! The same text for the same JSON, in whatever order its fields came and whatever map the build
//! uses: so that calls can be told apart by a digest.

use std::fmt::{self, Write};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

/// The canonical text of these fields.
pub(super) fn canonical(fields: &Map<String, Value>) -> String {
    canonical_of(fields, |_| true)
}

/// The canonical text of those fields that count. The choice is among these fields alone: all that
/// lies inside them counts.
pub(super) fn canonical_of(fields: &Map<String, Value>, counts: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    let _infallible = write_fields(fields, &counts, &mut text);
    text
}

/// The SHA-256 of the canonical text of any JSON, in hexadecimal. The text, which may be long, is
/// never held as a whole.
pub(super) fn digest(value: &Value) -> String {
    let mut hash = Hash(Sha256::new());
    let _infallible = write_value(value, &mut hash);
    format!("{:x}", hash.0.finalize())
}

struct Hash(Sha256);

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

fn write_fields(
    fields: &Map<String, Value>,
    counts: &dyn Fn(&str) -> bool,
    text: &mut dyn Write,
) -> fmt::Result {
    let mut fields: Vec<_> = fields.iter().filter(|(name, _)| counts(name)).collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    text.write_char('{')?;
    for (at, (name, value)) in fields.into_iter().enumerate() {
        if at > 0 {
            text.write_char(',')?;
        }
        text.write_str(&Value::from(name.as_str()).to_string())?;
        text.write_char(':')?;
        write_value(value, text)?;
    }
    text.write_char('}')
}

fn write_value(value: &Value, text: &mut dyn Write) -> fmt::Result {
    match value {
        Value::Object(fields) => write_fields(fields, &|_| true, text),
        Value::Array(items) => {
            text.write_char('[')?;
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.write_char(',')?;
                }
                write_value(item, text)?;
            }
            text.write_char(']')
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.write_str(&value.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> String {
        canonical(value.as_object().unwrap())
    }

    #[test]
    fn the_same_is_the_same_in_whatever_order_and_nothing_else_is() {
        let one = json!({"name": "n", "data": {"a": 1, "b": [true, "x"]}});
        let same: Value =
            serde_json::from_str(r#"{"data":{"b":[true,"x"],"a":1},"name":"n"}"#).unwrap();
        assert_eq!(text(&one), text(&same));
        for other in [
            json!({"name": "n", "data": {"a": "1", "b": [true, "x"]}}),
            json!({"name": "n", "data": {"a": 1, "b": ["x", true]}}),
            json!({"name": "n", "data": {"a": 1, "b": [true, ["x"]]}}),
            json!({"name": "n", "data": {"a": 1}, "b": [true, "x"]}),
            json!({"named": "", "data": {"a": 1, "b": [true, "x"]}}),
            json!({"name": "n\",\"a\":\"", "data": {"a": 1, "b": [true, "x"]}}),
        ] {
            assert_ne!(text(&one), text(&other), "{other}");
        }
    }

    #[test]
    fn it_is_json_and_a_field_inside_counts_always() {
        let value = json!({"teamId": 1, "data": {"teamId": [], "b": [null, "a\"b"]}});
        assert_eq!(
            digest(&value),
            format!("{:x}", Sha256::digest(text(&value)))
        );
        let text = canonical_of(value.as_object().unwrap(), |name| name != "teamId");
        assert_eq!(text, r#"{"data":{"b":[null,"a\"b"],"teamId":[]}}"#);
    }
}
