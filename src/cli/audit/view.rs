//! A line of the trail for people.

use serde_json::Value;

use crate::visible::is_seen;

/// A line of the trail for people. Somebody may have changed it, so it shows nothing that a
/// terminal would obey or hide.
pub(super) fn shown(line: &Value) -> String {
    let text = |field: &str| line.get(field).and_then(Value::as_str);
    let number = |field: &str| line.get(field).and_then(Value::as_u64);
    let mut detail = Vec::new();
    match text("kind").unwrap_or("?") {
        "intent" => detail.push("sends".to_owned()),
        "outcome" => detail.push(format!("of {}:", number("intent").unwrap_or(0))),
        "call" => {}
        other => detail.push(other.to_owned()),
    }
    if let Some(reason) = text("reason") {
        let kind = text("decision").map_or(String::new(), |decision| format!("{decision}: "));
        detail.push(format!("{kind}{reason}"));
    }
    let words = ["action", "tokenPrefix", "step", "about", "method", "path"];
    detail.extend(
        words
            .iter()
            .filter_map(|word| text(word))
            .map(str::to_owned),
    );
    if let Some(by) = text("confirmedBy") {
        let who = text("who").map_or(String::new(), |who| format!(", {who}"));
        detail.push(format!("(yes by {by}{who})"));
    }
    if let Some(outcome) = text("outcome") {
        detail.push(outcome.to_owned());
        detail.extend(text("code").map(str::to_owned));
    }
    detail.extend(number("status").map(|status| status.to_string()));
    if let Some(ms) = number("durationMs") {
        detail.push(format!("in {ms} ms"));
    }
    let ids = line.get("ids").and_then(Value::as_object);
    for (name, id) in ids.into_iter().flatten() {
        detail.push(format!("{name}={}", id.to_string().trim_matches('"')));
    }
    let line = format!(
        "{:>7}  {:<24}  {:<12}  {:<34} {}",
        number("seq").unwrap_or(0),
        text("at").unwrap_or("?"),
        text("agent").unwrap_or("-"),
        text("tool").unwrap_or("-"),
        detail.join(" ")
    );
    line.replace(|c| !is_seen(c), "\u{fffd}")
}
