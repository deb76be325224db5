//! A secret that stands in a tool's arguments as it is: refused, unless the operator allows it;
//! then it enters the scrubber before anything is sent.

use serde_json::{Value, json};

use super::{Call, Code, Failure, ToolError};
use crate::secret::{Secret, Strength};

/// Lets these values pass or refuses the call. `secrets` are positions with their values.
pub(super) fn admit(call: &Call<'_>, secrets: &[(String, Value)]) -> Result<(), ToolError> {
    if secrets.is_empty() {
        return Ok(());
    }
    if call.agent().grants.allow_plaintext {
        for (_, value) in secrets {
            hide(call, value);
        }
        return Ok(());
    }
    let fields: Vec<&str> = secrets.iter().map(|(name, _)| name.as_str()).collect();
    Err(Failure::new(
        Code::PlaintextSecretRefused,
        "A secret may not pass through a tool's arguments; nothing was sent.",
        "credential_requests_create_by_credentials lets the person type it at Make.",
    )
    .with_details(json!({"fields": fields}))
    .into())
}

/// Values under 8 bytes cannot be found in text without harming it; the model has them anyway.
fn hide(call: &Call<'_>, value: &Value) {
    match value {
        Value::String(text) => {
            call.session()
                .scrubber()
                .add(&Secret::new(text.clone()), Strength::Chosen);
        }
        Value::Array(items) => items.iter().for_each(|item| hide(call, item)),
        Value::Object(fields) => fields.values().for_each(|field| hide(call, field)),
        Value::Number(number) => {
            call.session()
                .scrubber()
                .add(&Secret::new(number.to_string()), Strength::Chosen);
        }
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
