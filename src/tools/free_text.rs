//! Texts that an agent words itself, such as names and descriptions: others at Make read them, so
//! a secret that is recognized in one is refused as any secret in plain text is.

use serde_json::{Map, Value};

use super::named::values::holds_secret;
use super::{Call, Code, Failure, Spec, ToolError, marks, plaintext};
use crate::secret::REDACTED;

const INSTEAD: &str =
    "Leave it out of the text: names and descriptions can be read by others at Make.";

/// Arguments whose contents the tool itself judges, field by field.
const JUDGED: [&str; 3] = ["data", "parameters", "prefill"];
/// The longest name of a field that a refusal repeats.
const LONGEST_NAME: usize = 64;
/// Contents of a template, which are more than text.
const CONTENT: [&str; 4] = ["blueprint", "controller", "metadata", "scheduling"];

/// What is found in the texts of a call of a tool that changes something.
#[derive(Default)]
pub(super) struct Texts {
    /// Those that hold a secret: where, and what.
    secrets: Vec<(String, Value)>,
    /// Where one is a mark in place of a secret, as answers show it: sent on, it would replace what
    /// it stands for.
    marks: Vec<String>,
}

impl Texts {
    pub(super) fn of(spec: &Spec, arguments: &Map<String, Value>) -> Self {
        let mut found = Self::default();
        if !spec.effect.only_reads() {
            for (name, value) in arguments {
                if !CONTENT.contains(&name.as_str()) {
                    collect(name, value, &mut found.secrets);
                    collect_marks(name, value, &mut found.marks);
                }
            }
        }
        found
    }
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

/// What tells an object from others, where a mark inside of it would stay for good.
const NAMES: [&str; 3] = ["name", "label", "title"];

fn collect_marks(name: &str, value: &Value, found: &mut Vec<String>) {
    if JUDGED.contains(&name) {
        return;
    }
    match value {
        Value::String(text) => {
            let is_own = NAMES.contains(&name) && marks::folded(text).contains(REDACTED);
            if is_own || marks::is_mark(text) {
                found.push(name.to_owned());
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_marks(name, item, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                collect_marks(name, value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Refuses a call that would send a mark.
fn refuse_marks(marks: &[String]) -> Result<(), ToolError> {
    let Some(name) = marks.first() else {
        return Ok(());
    };
    let name = if name.len() > LONGEST_NAME {
        "a field"
    } else {
        name
    };
    Err(Failure::new(
        Code::InvalidArguments,
        format!("`{name}` holds a mark in place of a text that is not shown; nothing was sent."),
        "Pass the text that it shall be, without a mark, or leave the field out.",
    )
    .into())
}

/// Lets them pass or refuses the call.
pub(super) fn admit(call: &Call<'_>, texts: &Texts) -> Result<(), ToolError> {
    plaintext::admit_or(call, &texts.secrets, INSTEAD)?;
    refuse_marks(&texts.marks)
}
