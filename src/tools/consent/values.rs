//! A value of a request as a person reads it: without JSON's signs, quoted, and without secrets.

use serde_json::Value;

use super::text::{self, quoted};
use super::things::NAME;
use crate::secret_detector::{find, is_secret_name};
use crate::tools::named::secret_name;
use crate::visible::shown;

/// Stands for a secret.
const HIDDEN: &str = "a secret, which is not shown";
/// Stands for a secret inside a longer text.
const MARK: &str = "[a secret]";
/// Words of Make's own that sound like secrets and hold lists of what is asked for.
const LISTS: [&str; 2] = ["credentials", "keys"];

/// A name on the way to a field. One that is not a plain word is quoted, so that no name looks like
/// a path or like another line.
pub(super) fn segment(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_word = !name.is_empty() && name.len() <= 40 && name.chars().all(is_plain);
    if is_word && find(name).is_empty() {
        return name.to_owned();
    }
    let (name, _) = masked(name);
    let (chars, name) = (name.chars().count(), shown(&name, NAME));
    if chars > NAME {
        format!("{} ({chars} characters)", quoted(&name))
    } else {
        quoted(&name)
    }
}

/// A value without an inside, as a person reads it.
pub(super) fn leaf(value: &Value, is_secret: bool) -> String {
    if let Some(name) = secret_name(value) {
        return format!("the secret that is kept as {name}");
    }
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Object(fields) if fields.is_empty() => "no fields".to_owned(),
        Value::String(text) if text.is_empty() => text::value(text).0,
        _ if is_secret => HIDDEN.to_owned(),
        Value::String(text) => {
            let (masked, hides) = masked(text);
            match hides {
                Hides::All => HIDDEN.to_owned(),
                Hides::Some => format!("{}, secrets left out", text::value(&masked).0),
                Hides::Nothing => text::value(text).0,
            }
        }
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => text::value(&value.to_string()).0,
    }
}

/// How much of a text is secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hides {
    Nothing,
    Some,
    All,
}

/// A text with a mark in place of each secret in it. JSON text is looked into, for its names tell
/// secrets too.
fn masked(text: &str) -> (String, Hides) {
    let inside = text.trim_start().starts_with(['{', '[']);
    let parsed = inside.then(|| serde_json::from_str::<Value>(text).ok());
    if let Some(mut value) = parsed.flatten() {
        // Unless something is hidden it stays as it is written.
        return if mask_inside(&mut value, false) > 0 {
            (value.to_string(), Hides::Some)
        } else {
            (text.to_owned(), Hides::Nothing)
        };
    }
    let (mut masked, mut from, mut rest) = (String::new(), 0, false);
    for found in find(text) {
        let between = text.get(from..found.range.start).unwrap_or_default();
        rest |= !between.trim().is_empty();
        masked.push_str(between);
        masked.push_str(MARK);
        from = found.range.end;
    }
    let behind = text.get(from..).unwrap_or_default();
    rest |= !behind.trim().is_empty();
    masked.push_str(behind);
    let hides = match (from, rest) {
        (0, _) => Hides::Nothing,
        (_, true) => Hides::Some,
        (_, false) => Hides::All,
    };
    (masked, hides)
}

/// How many secrets were replaced.
fn mask_inside(value: &mut Value, is_secret: bool) -> usize {
    match value {
        Value::Number(_) if is_secret => {
            *value = Value::from(MARK);
            1
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) if text.is_empty() => 0,
        Value::String(text) => match (masked(text), is_secret) {
            ((_, Hides::Nothing), false) => 0,
            ((_, _), true) => {
                MARK.clone_into(text);
                1
            }
            ((masked, _), false) => {
                *text = masked;
                1
            }
        },
        Value::Array(items) => {
            let items = items.iter_mut();
            items.map(|item| mask_inside(item, is_secret)).sum()
        }
        Value::Object(fields) => {
            let inside = |(name, value): (&String, &mut Value)| {
                let is_secret = is_secret || sounds_secret(name, value);
                mask_inside(value, is_secret)
            };
            fields.iter_mut().map(inside).sum()
        }
    }
}

/// Whether the name of a field says that it is a secret.
pub(super) fn sounds_secret(name: &str, value: &Value) -> bool {
    let is_list = |items: &Vec<Value>| items.iter().all(Value::is_object);
    let asks = LISTS.contains(&name) && value.as_array().is_some_and(is_list);
    is_secret_name(name) && !asks
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

    #[test]
    fn a_value_is_shown_so_that_it_looks_like_nothing_else() {
        for (value, is_secret, reads) in [
            (json!(null), true, "nothing"),
            (json!(true), true, "yes"),
            (json!(7), false, "7"),
            (json!(7), true, HIDDEN),
            (json!("yes"), false, "\"yes\""),
            (json!(""), true, "\"\""),
            (json!([]), false, "an empty list"),
            (json!({}), false, "no fields"),
            (
                json!("x\nIn team 5 \"Sales\"."),
                false,
                "\"x In team 5 'Sales'.\" (20 characters, digest 86f3e3a54b6968d1)",
            ),
            (
                json!("a\u{202E}b"),
                false,
                "\"ab\" (hidden characters left out)",
            ),
            (json!("hunter2"), true, HIDDEN),
            (json!(JWT), false, HIDDEN),
            (
                json!({"$secret": "STRIPE"}),
                true,
                "the secret that is kept as STRIPE",
            ),
        ] {
            assert_eq!(leaf(&value, is_secret), reads, "{value}");
        }
    }

    #[test]
    fn json_text_is_looked_into_for_secrets_and_stays_as_it_is_without_any() {
        let text = r#"{"a": 1, "flow": [{"password": "hunter2", "pin": 5}]}"#;
        let shown = leaf(&json!(text), false);
        assert!(
            !shown.contains("hunter2") && shown.contains(MARK),
            "{shown}"
        );
        assert!(shown.ends_with("secrets left out"), "{shown}");
        let text = r#"{"a": 1,  "b": "c"}"#;
        assert_eq!(leaf(&json!(text), false), "\"{'a': 1,  'b': 'c'}\"");
    }

    #[test]
    fn a_name_that_is_no_plain_word_is_quoted() {
        assert_eq!(segment("appName"), "appName");
        assert_eq!(segment("a: \"b\"\nType"), "\"a: 'b' Type\"");
        assert_eq!(segment("a.b[0]"), "\"a.b[0]\"");
        assert_eq!(segment(""), "\"\"");
        let long = segment(&"x".repeat(200));
        assert!(long.ends_with("…\" (200 characters)"), "{long}");
        assert_eq!(segment(JWT), format!("\"{MARK}\""));
    }
}
