//! Texts that an agent words itself, such as names and descriptions: others at Make read them, so
//! a secret that is recognized in one is refused as any secret in plain text is.

use serde_json::{Map, Value};

use super::named::values::holds_secret;
use super::{Call, Spec, ToolError, plaintext};

const INSTEAD: &str =
    "Leave it out of the text: names and descriptions can be read by others at Make.";

/// Arguments whose contents the tool itself judges, field by field.
const JUDGED: [&str; 3] = ["data", "parameters", "prefill"];
/// Contents of a template, which are more than text.
const CONTENT: [&str; 4] = ["blueprint", "controller", "metadata", "scheduling"];

/// The texts in a call of a tool that changes something, that hold a secret: where, and what.
pub(super) fn secrets_in(spec: &Spec, arguments: &Map<String, Value>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    if !spec.effect.only_reads() {
        for (name, value) in arguments {
            if !CONTENT.contains(&name.as_str()) {
                collect(name, value, &mut found);
            }
        }
    }
    found
}

fn collect(name: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    // The form of an id was checked when it was decoded.
    if JUDGED.contains(&name) || name.ends_with("Id") {
        return;
    }
    match value {
        Value::String(text) if holds_secret(text) => found.push((name.to_owned(), value.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(name, item, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(name, value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Lets them pass or refuses the call.
pub(super) fn admit(call: &Call<'_>, texts: &[(String, Value)]) -> Result<(), ToolError> {
    plaintext::admit_or(call, texts, INSTEAD)
}
