//! A zone whose people have written strange things: every text of theirs in an answer reads the
//! same.

use serde_json::{Map, Value};

use super::answer::Answer;

/// The fields of answers that hold what somebody chose or wrote, refusals included.
const WRITTEN: [&str; 17] = [
    "name",
    "label",
    "accountLabel",
    "description",
    "value",
    "scenarioName",
    "nameOverride",
    "publishedName",
    "approvedName",
    "productName",
    "declineReason",
    "statusMessage",
    "message",
    "detail",
    "timezone",
    "email",
    "title",
];

/// The parts of a template whose fields are anybody's.
const OPEN: [&str; 3] = ["parameters", "mapper", "metadata"];

/// The answer with this text in all those places.
pub(super) fn said(mut answer: Answer, text: &str) -> Answer {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
        write(&mut body, text);
        answer.body = body.to_string().into_bytes();
    }
    answer
}

fn write(value: &mut Value, text: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| write(item, text)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                written(name, field, text);
            }
            if fields.contains_key("flow") || fields.contains_key("module") {
                open(fields, text);
            }
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

fn written(name: &str, field: &mut Value, text: &str) {
    let is_text = field.is_string() || field.is_null();
    if WRITTEN.contains(&name) && is_text {
        *field = Value::from(text);
        return;
    }
    // Parts of a template may come as the text of JSON.
    let inner = field.as_str().filter(|inner| inner.starts_with('{'));
    if let Some(Ok(mut inner)) = inner.map(serde_json::from_str::<Value>) {
        write(&mut inner, text);
        *field = Value::from(inner.to_string());
    } else {
        write(field, text);
    }
}

fn open(fields: &mut Map<String, Value>, text: &str) {
    for part in OPEN {
        if let Some(part) = fields.get_mut(part).and_then(Value::as_object_mut) {
            part.insert(text.to_owned(), Value::from(text));
        }
    }
}
