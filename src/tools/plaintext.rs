//! A secret that stands in a tool's arguments as it is: refused, unless the operator allows it;
//! then it enters the scrubber before anything is sent.

use serde_json::{Value, json};

use super::{Call, Code, Failure, ToolError, marks};
use crate::secret::Secret;

/// The two ways that work.
const INSTEAD: &str = r#"{"$secret": "NAME"} (see secrets_list), or a person types it: credential_requests_create_by_credentials."#;

/// The most names of fields that a refusal repeats, and the longest.
const NAMES: usize = 20;
const LONGEST_NAME: usize = 64;

/// Lets these values pass or refuses the call. `secrets` are positions with their values.
pub(super) fn admit(call: &Call<'_>, secrets: &[(String, Value)]) -> Result<(), ToolError> {
    admit_or(call, secrets, INSTEAD)
}

/// The same where something else works `instead`.
pub(super) fn admit_or(
    call: &Call<'_>,
    secrets: &[(String, Value)],
    instead: &str,
) -> Result<(), ToolError> {
    if secrets.is_empty() {
        return Ok(());
    }
    if call.agent().grants.allow_plaintext {
        let mut found = Vec::new();
        for (_, value) in secrets {
            collect(value, &mut found);
        }
        call.recording.carries_plaintext();
        return if call.session().scrubber().add_plaintext(&found) {
            Ok(())
        } else {
            Err(Failure::new(
                Code::PlaintextSecretRefused,
                "Too much to keep hidden: secrets of 32 KB in all, in one process; nothing was sent.",
                instead,
            )
            .into())
        };
    }
    let fields = secrets.iter().map(|(name, _)| name);
    Err(Failure::new(
        Code::PlaintextSecretRefused,
        "A secret may not pass through a tool's arguments; nothing was sent.",
        instead,
    )
    .with_details(json!({"fields": named(fields)}))
    .into())
}

/// Names of fields that the caller chose, which may be of any number and length.
pub(super) fn named<'a>(fields: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let short = |name: &'a String| match name.len() {
        0..=LONGEST_NAME => name.as_str(),
        _ => "…",
    };
    fields.take(NAMES).map(short).collect()
}

/// Every value. Those under 8 bytes cannot be found in text without harming it; the model has
/// them anyway.
fn collect(value: &Value, found: &mut Vec<Secret>) {
    match value {
        Value::String(text) => found.push(Secret::new(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, found)),
        Value::Number(number) => found.push(Secret::new(number.to_string())),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Whether a value is a mark that stands for a secret somebody hid: sent on, it would replace
/// the secret.
pub(super) fn is_redaction(value: &Value) -> bool {
    let Value::String(text) = value else {
        return false;
    };
    let text = text.trim();
    let masked = !text.is_empty()
        && text.chars().all(|c| "*•●·xX.…".contains(c))
        && text.chars().count() >= 3;
    let lower = text.to_ascii_lowercase();
    let word = lower.trim_matches(|c: char| "[]<>(){}$_*- ".contains(c));
    masked
        || [
            "redacted",
            "hidden",
            "masked",
            "secret",
            "your-api-key",
            "your api key",
            "unchanged",
        ]
        .contains(&word)
        || text.contains("****")
        || marks::is_mark(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_values() {
        for mark in [
            "***",
            "••••••",
            "[redacted]",
            "<REDACTED>",
            "xxxx",
            "sk-****abcd",
            "[hidden]",
            "…",
        ] {
            assert_eq!(is_redaction(&json!(mark)), mark != "…", "{mark}");
        }
        for value in ["sk-live-1", "x", "", "https://a.example"] {
            assert!(!is_redaction(&json!(value)), "{value}");
        }
    }
}
