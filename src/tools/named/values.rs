//! What a value of a field can be, whatever the field is called: a secret by its format, an
//! address, or a plain word.

use serde_json::Value;

use super::names::{is_identifier, is_user};
use crate::make::keys::{Choice, Parameter};
use crate::secret::unescaped;
use crate::secret_detector::{Field, Place, find, is_secret_name, judge};

/// The longest text or number, in characters, that is taken for harmless under any name: no secret
/// and no address is that short.
const TRIFLE: usize = 3;

/// Whether there is something in a value that a secret could be. A switch holds none.
pub(in crate::tools) fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        Value::Array(items) => items.iter().any(holds_something),
        Value::Object(fields) => fields.values().any(holds_something),
    }
}

/// Whether a value in a field of this name has nothing in it that makes it a secret. What is inside a
/// list or an object has no known name.
pub(in crate::tools) fn is_harmless(name: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => find(&number.to_string()).is_empty(),
        Value::String(text) => {
            let mut said = unescaped(text).into_iter();
            said.all(|text| find(&text).is_empty() && !carries_password(&text))
                && (is_identifier(name) || !is_random(text))
        }
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// Whether a text is as random as a key.
fn is_random(text: &str) -> bool {
    let field = Field {
        place: Place::Header,
        ..Field::default()
    };
    !judge(&field, text).is_empty()
}

/// An address with a user's password or a key in it: `https://user:pass@host`, `//u:p@host`,
/// `?token=…`, `;token=…`.
fn carries_password(text: &str) -> bool {
    if let Some(rest) = behind_scheme(text) {
        return authority(rest).contains('@') || rest.contains(['?', '#', ';']);
    }
    let (user, host) = authority(text).split_once('@').unwrap_or_default();
    let asked = text.split_once(['?', '#', ';', '&']);
    (user.contains(':') && !host.is_empty()) || asked.is_some_and(|(_, asked)| asked.contains('='))
}

/// What stands behind `https://` or `//`.
fn behind_scheme(text: &str) -> Option<&str> {
    let with_one = text.split_once("://").map(|(_, rest)| rest);
    with_one.or_else(|| text.trim_start().strip_prefix("//"))
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '\\', '?', '#']).next().unwrap_or(rest)
}

/// Whether a text holds a secret by its format, as an address with a password in it, or under a
/// name inside an address that says so. Other questions inside an address are fine here.
pub(in crate::tools) fn holds_secret(text: &str) -> bool {
    unescaped(text).iter().any(|text| says_secret(text))
}

fn says_secret(text: &str) -> bool {
    if !find(text).is_empty() {
        return true;
    }
    let Some(rest) = behind_scheme(text) else {
        return false;
    };
    let named = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or_default();
        !value.is_empty() && is_secret_name(name)
    };
    authority(rest).contains('@') || rest.split(['?', '#', '&', ';']).skip(1).any(named)
}

/// Whether a value of a plain field stays one beside a secret: a word, and no address or part of one.
pub(in crate::tools) fn is_plain(name: &str, value: &Value) -> bool {
    let Value::String(text) = value else {
        return is_word(value);
    };
    let is_mail = is_user(name) && text.matches('@').count() == 1 && is_mail_address(text);
    // A host may have one label, and an address may be one number.
    let is_host = text.contains(['.', '@']) || text.eq_ignore_ascii_case("localhost");
    let is_number = text.starts_with("0x") || text.starts_with("0X");
    let is_path = text.starts_with('/') || text.contains("//");
    is_word(value) && !is_number && !is_path && (is_mail || !is_host)
}

/// Whether a value can be taken for a name: nothing in it could become the host, the port or the
/// path of an address, in an app that puts it into one without escaping it.
pub(in crate::tools) fn is_word(value: &Value) -> bool {
    let Value::String(text) = value else {
        return value.is_boolean() || value.is_number();
    };
    let is_plain = |c: char| c.is_alphanumeric() || " ._-+'@/".contains(c);
    let slash_only = !text.contains(['.', '@']);
    text.chars().all(is_plain)
        && text.matches('@').count() <= 1
        && (slash_only || !text.contains('/'))
}

/// Whether a value is too short to be a secret or an address.
pub(in crate::tools) fn is_trifle(value: &Value) -> bool {
    let short = |text: &str| {
        text.chars().count() <= TRIFLE && text.chars().all(|c| c.is_ascii_alphanumeric())
    };
    match value {
        Value::Bool(_) => true,
        Value::Number(number) => short(&number.to_string()),
        Value::String(text) => short(text),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Whether a text looks like an address: it has a scheme, or it is a host.
pub(in crate::tools) fn looks_like_an_address(text: &str) -> bool {
    let text = text.trim();
    text.contains("://") || text.starts_with("//") || is_host(text)
}

/// Whether a text is an address for mail.
pub(in crate::tools) fn is_mail_address(text: &str) -> bool {
    let parts = text.trim().rsplit_once('@');
    parts.is_some_and(|(_, host)| is_host(host))
}

/// An address with nothing behind its host.
pub(in crate::tools) fn is_bare_address(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.strip_suffix('/').unwrap_or(rest);
    !host.contains('/') && is_host(host)
}

fn is_host(text: &str) -> bool {
    let (text, is_path) = match text.split_once('/') {
        Some((host, _)) => (host, true),
        None => (text, false),
    };
    let (host, port) = text.split_once(':').unwrap_or((text, ""));
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let labels: Vec<&str> = host.split('.').collect();
    // A number with a point in it is none.
    let is_number = labels.len() == 2 && host.parse::<f64>().is_ok();
    labels.len() > 1
        && labels.iter().all(|label| is_label(label))
        && !is_number
        && port.chars().all(|c| c.is_ascii_digit())
        && (!is_path || !text.contains(' '))
}

/// The values that a parameter takes, as far as Make lists them.
fn choices(declared: &Parameter) -> impl Iterator<Item = &Choice> {
    let all = declared.options.iter().flatten();
    all.filter(|choice| {
        let value = &choice.value;
        value.is_string() || value.is_number() || value.is_boolean()
    })
}

/// Whether Make lists the values that a parameter takes.
pub(super) fn has_choices(declared: &Parameter) -> bool {
    choices(declared).next().is_some()
}

/// Whether a value is one of those that a parameter's declared type takes.
pub(super) fn fits(declared: &Parameter, value: &Value) -> bool {
    let text = value.as_str();
    if value.is_null() || text == Some("") {
        return true;
    }
    match declared.kind.as_deref() {
        Some("boolean") => value.is_boolean() || matches!(text, Some("true" | "false")),
        Some("number" | "integer" | "uinteger") => {
            value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok())
        }
        Some("date" | "time" | "timestamp") => {
            let is_part = |c: char| c.is_ascii_digit() || "-:.+/ TZ".contains(c);
            value.is_number() || text.is_some_and(|text| text.chars().all(is_part))
        }
        Some("select") => {
            // Of a list that cannot be read the name has to do: it counts as a text.
            !has_choices(declared) || choices(declared).any(|choice| choice.value == *value)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

    #[test]
    fn a_password_in_an_address_is_seen() {
        for text in [
            JWT,
            "https://u:p@a.example",
            "https://a.example/?key=1",
            "https://a.example/#k",
            "u:p@a.example",
            "a.example/x?key=1",
            "//u:p@a.example",
            "a.example;token=4f1c",
            "a.example/x%3Ftoken=4f1c",
            "a.example%253Ftoken%253D4f1c",
            "https://a.example/&quest;key=1",
            "AKIAIOSFODNN7EXAMPLQ:wJalrXUtnFEMIK7MDENGbPxRfiCYzQ4tT8vLpW2s",
            "qX7vT2mK9pL4wR8zB3nY6cJ1dF5g",
        ] {
            assert!(!is_harmless("host", &json!(text)), "{text}");
        }
        for text in [
            "https://a.example/v1",
            "a.example:993",
            "jane@a.example",
            "jane",
            "",
        ] {
            assert!(is_harmless("host", &json!(text)), "{text}");
        }
        for value in [json!([]), json!({}), json!(["x"])] {
            assert!(!is_harmless("host", &value), "{value}");
        }
    }

    #[test]
    fn a_word_cannot_become_an_address() {
        for word in [
            "jane",
            "jane.doe@a.example",
            "utf-8",
            "Europe/Prague",
            "O'Hara 2",
            "Žofie",
        ] {
            assert!(is_word(&json!(word)), "{word}");
        }
        for other in [
            "a.example/x",
            "x:y",
            "x:y@evil.example/",
            "a@b@c",
            "a\\b",
            "a?b",
            "a#b",
            "a\nb",
            "%2f",
            "https://a.example",
        ] {
            assert!(!is_word(&json!(other)), "{other}");
        }
        assert!(is_word(&json!(true)) && is_word(&json!(1)) && !is_word(&json!(["a"])));
    }

    #[test]
    fn a_plain_value_is_no_address_beside_a_secret() {
        for (name, text) in [
            ("timezone", "Europe/Prague"),
            ("timezone", "Etc/GMT+1"),
            ("encoding", "utf-8"),
            ("clientId", "4f1c-9d07"),
            ("username", "jane"),
            ("username", "jane.doe@a.example"),
            ("authUser", "jane@a.example"),
            ("name", "X-API-Key"),
        ] {
            assert!(is_plain(name, &json!(text)), "{name} {text}");
        }
        for name in ["timezone", "encoding", "clientId", "username", "keyId"] {
            for text in [
                "evil.example",
                "evil.example.",
                "//h",
                "/h",
                "a//h",
                "h:443",
                "10.0.0.1",
                "127.1",
                "0x7f000001",
                "[::1]",
                "localhost",
                "a@b@evil.example",
                "x:y@evil.example",
            ] {
                assert!(!is_plain(name, &json!(text)), "{name} {text}");
            }
        }
        assert!(!is_plain("timezone", &json!("user@evil.example")));
        assert!(!is_plain("encoding", &json!("user@host")));
    }

    #[test]
    fn addresses_are_told_from_other_texts() {
        for text in [
            "https://a.example/x",
            "//a.example",
            "a.example",
            "a.example:8080/x",
            "10.0.0.1",
        ] {
            assert!(looks_like_an_address(text), "{text}");
        }
        for text in [
            "plain words",
            "jane@a.example",
            "12.5",
            "Europe/Prague",
            "No. 7",
            "",
        ] {
            assert!(!looks_like_an_address(text), "{text}");
        }
        for text in ["https://a.example", "https://a.example/", "a.example:443"] {
            assert!(is_bare_address(text), "{text}");
        }
        for text in [
            "https://a.example/services/T0/B0",
            "https://u@a.example",
            "hunter2",
            "a b.example c",
        ] {
            assert!(!is_bare_address(text), "{text}");
        }
    }

    #[test]
    fn a_secret_in_a_text_is_seen_where_its_format_or_its_name_tells() {
        for text in [
            JWT,
            "https://u:p@a.example",
            "see https://a.example/?x=1&api_token=abc",
        ] {
            assert!(holds_secret(text), "{text}");
        }
        for text in [
            "From the console.",
            "https://docs.example/d/1#gid=0",
            "https://a.example/?token=",
        ] {
            assert!(!holds_secret(text), "{text}");
        }
    }

    #[test]
    fn three_characters_are_a_trifle() {
        for value in [json!("en"), json!("abc"), json!(100), json!(true)] {
            assert!(is_trifle(&value), "{value}");
        }
        for value in [
            json!("a.b"),
            json!("abcd"),
            json!(1234),
            json!(null),
            json!(["a"]),
        ] {
            assert!(!is_trifle(&value), "{value}");
        }
    }
}
