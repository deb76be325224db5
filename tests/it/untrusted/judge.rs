//! What a line of the server may hold of a hostile text: in which fields, in which form, and what
//! its mark has to say.

use make_credentials_mcp::tools::{FAILURE, Kind, writer};
use make_credentials_mcp::visible::{self, Form};
use serde_json::Value;

use super::payloads::Payload;

/// The mark of an answer with text of Make in it.
pub(super) const MARK: &str = "make-credentials-mcp/untrustedText";

/// Fields in our own words, wherever they stand.
const PROSE: [&str; 5] = ["next", "why", "problem", "verdict", "waitsFor"];
/// Fields that hold a text of Make as it is.
const AS_IS: [&str; 8] = [
    "name",
    "label",
    "accountLabel",
    "description",
    "declineReason",
    "statusMessage",
    "providerMessage",
    "message",
];

/// What was found in an answer.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whether it is a failure.
    pub(super) failed: bool,
    /// Whether it is marked.
    pub(super) marked: bool,
    /// Strings with the hostile text in them.
    pub(super) hits: usize,
    /// Of these, those that were cut.
    pub(super) cut: usize,
    /// Whether any text of Make is in it.
    foreign: bool,
}

/// Looks at the line that answers a call.
pub(super) fn judge(payload: &Payload, tool: &str, line: &str) -> Result<Found, String> {
    let wrong = |what: &str| Err(format!("{tool}: {what}\n{line}"));
    if !line.chars().all(visible::is_seen) {
        return wrong("a hidden character");
    }
    let answer: Value = serde_json::from_str(line).map_err(|_| format!("no JSON: {line}"))?;
    let result = &answer["result"];
    let known = |value: &Value, names: &[&str]| {
        let fields = value.as_object();
        fields.is_some_and(|fields| fields.keys().all(|name| names.contains(&name.as_str())))
    };
    let of_result = [
        "content",
        "structuredContent",
        "isError",
        "_meta",
        "resultType",
    ];
    if !known(&answer, &["jsonrpc", "id", "result"]) || !known(result, &of_result) {
        return wrong("a field of the protocol that does not belong there");
    }
    let said = &result["structuredContent"];
    let text = result["content"][0]["text"].as_str().unwrap_or_default();
    if serde_json::from_str::<Value>(text).ok().as_ref() != Some(said) {
        return wrong("the text is not the structured answer");
    }
    let failed = result["isError"] == true;
    let mut found = Found {
        failed,
        ..Found::default()
    };
    let of = if failed { FAILURE } else { tool };
    look(payload, of, &mut Vec::new(), said, &mut found)
        .map_err(|what| format!("{tool}: {what}\n{line}"))?;
    let mark = &result["_meta"][MARK];
    found.marked = mark.is_object();
    if found.marked != found.foreign {
        return wrong("marked without text of Make, or the other way round");
    }
    if found.hits > 0 && visible::clean(&payload.text, Form::Block).is_some() {
        let removed = mark["charactersRemoved"].as_u64().unwrap_or(0);
        if removed == 0 {
            return wrong("altered in silence");
        }
    }
    if found.cut > 0 && mark["textsShortened"].as_u64() < Some(found.cut as u64) {
        return wrong("cut in silence");
    }
    let meta = result["_meta"].to_string();
    if meta.contains(&payload.mark) {
        return wrong("in the mark itself");
    }
    Ok(found)
}

fn look(
    payload: &Payload,
    of: &str,
    path: &mut Vec<String>,
    value: &Value,
    found: &mut Found,
) -> Result<(), String> {
    let kind = writer(of, &names(path));
    match value {
        Value::String(text) => text_at(payload, (of, &names(path), kind), text, found),
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| look(payload, of, path, item, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if name.contains(&payload.mark) && kind != Kind::Content {
                    return Err(format!("the name of a field of ours: {path:?}"));
                }
                found.foreign |= kind == Kind::Content;
                path.push(name.clone());
                look(payload, of, path, field, found)?;
                path.pop();
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn names(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn text_at(
    payload: &Payload,
    (of, path, kind): (&str, &[&str], Kind),
    text: &str,
    found: &mut Found,
) -> Result<(), String> {
    let form = match kind {
        Kind::Content => Form::Block,
        Kind::Ours | Kind::Quoting | Kind::Make { .. } => Form::Line,
    };
    if visible::clean(text, form).is_some() {
        return Err(format!("hidden characters at {path:?}"));
    }
    found.foreign |= kind != Kind::Ours && !text.is_empty();
    if !text.contains(&payload.mark) {
        return Ok(());
    }
    found.hits += 1;
    let last = path.last().copied().unwrap_or_default();
    let ours = kind == Kind::Ours
        || PROSE.contains(&last)
        || (of == FAILURE && (path == ["message"] || path[0] == "causes" || path[0] == "code"));
    if ours {
        return Err(format!("foreign text in our words at {path:?}"));
    }
    if !AS_IS.contains(&last) {
        return Ok(());
    }
    let whole = match form {
        Form::Line => visible::line(&payload.text),
        Form::Block => visible::block(&payload.text),
    };
    let short = match kind {
        Kind::Make { cap } => visible::cut(&whole, cap),
        Kind::Ours | Kind::Quoting | Kind::Content => None,
    };
    found.cut += usize::from(short.is_some());
    if text != short.as_deref().unwrap_or(&whole) {
        return Err(format!("{text} at {path:?}"));
    }
    Ok(())
}
