//! Lines of the trail for people: number, time, agent, and a sentence of what was done.

use serde_json::Value;

use crate::cli::text::Foreign;
use crate::visible::{cut, is_seen};

/// The widest column of agents; a longer name moves what stands behind it.
const WIDEST: usize = 26;
/// The longest line.
const LONGEST: usize = 1000;

/// How wide the columns are, so that they fit the lines that are shown first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    number: usize,
    agent: usize,
}

impl Columns {
    pub(super) fn of<'a>(lines: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut columns = Self {
            number: 3,
            agent: 8,
        };
        for line in lines {
            let number = number(line, "seq").unwrap_or(0).to_string();
            columns.number = columns.number.max(number.len());
            let agent = text(line, "agent").unwrap_or_default().chars().count();
            columns.agent = columns.agent.max(agent.min(WIDEST));
        }
        columns
    }

    /// A line of the trail for people. Somebody may have changed it, so it shows nothing
    /// that a terminal would obey or hide.
    pub(super) fn show(self, line: &Value) -> String {
        let shown = format!(
            "{:>first$}  {:<19}  {:<second$}  {}",
            number(line, "seq").unwrap_or(0),
            time(text(line, "at").unwrap_or("?")),
            text(line, "agent").unwrap_or("-"),
            told(line),
            first = self.number,
            second = self.agent,
        );
        let shown = shown.replace(|c| !is_seen(c), "\u{fffd}");
        cut(&shown, LONGEST).unwrap_or(shown)
    }
}

fn text<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    line.get(field).and_then(Value::as_str)
}

fn number(line: &Value, field: &str) -> Option<u64> {
    line.get(field).and_then(Value::as_u64)
}

/// To the second, in UTC as it stands there.
fn time(at: &str) -> String {
    let to_the_second = at.get(..19).filter(|_| at.ends_with('Z'));
    to_the_second.map_or_else(|| at.to_owned(), |at| at.replace('T', " "))
}

fn told(line: &Value) -> String {
    let kind = text(line, "kind").unwrap_or("?");
    match kind {
        "intent" => call(line, "sends"),
        "outcome" => call(
            line,
            &format!("of {}:", number(line, "intent").unwrap_or(0)),
        ),
        "call" => call(line, ""),
        "operator" => operator(line),
        "file" => match number(line, "file") {
            Some(1) => "the trail begins".to_owned(),
            Some(file) => format!("file {file} of the trail begins"),
            None => kind.to_owned(),
        },
        "resumed" => {
            let why = text(line, "reason").unwrap_or("?").replace('_', " ");
            format!("the trail was not as it was left: {why}")
        }
        other => other.to_owned(),
    }
}

/// A call, or a step of one.
fn call(line: &Value, verb: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(text(line, "tool").map(|tool| format!("{tool}:")));
    words.push(verb.to_owned());
    if let Some(reason) = text(line, "reason") {
        let decision = text(line, "decision").unwrap_or("refused");
        words.push(format!("{decision}: {reason}"));
    }
    let path = text(line, "path").unwrap_or_default();
    words.extend(text(line, "method").map(str::to_owned));
    words.push(path.to_owned());
    if let Some(outcome) = text(line, "outcome") {
        words.push(outcome.replace('_', " "));
        words.extend(text(line, "code").map(str::to_owned));
    }
    words.extend(number(line, "status").map(|status| status.to_string()));
    words.extend(number(line, "durationMs").map(|ms| format!("in {ms} ms")));
    let ids = line.get("ids").and_then(Value::as_object);
    for (name, id) in ids.into_iter().flatten() {
        let id = id.to_string();
        let id = id.trim_matches('"');
        // The path says most of them already.
        if !path.split('/').any(|segment| segment == id) {
            words.push(format!("{name}={id}"));
        }
    }
    if let Some(by) = text(line, "confirmedBy") {
        // At the terminal it is a user of this machine; in a client's dialogue the client's word.
        let who = text(line, "who").map_or(String::new(), |who| match by {
            "approve" => format!(", {who}"),
            _ => format!(", {}", Foreign(who)),
        });
        words.push(format!("(yes by {by}{who})"));
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// What the operator did.
fn operator(line: &Value) -> String {
    let about = text(line, "about").unwrap_or_default();
    let step = text(line, "step").unwrap_or_default();
    let token = text(line, "tokenPrefix").map_or("its token".to_owned(), |prefix| {
        format!("its token {prefix}…")
    });
    let told = match text(line, "action").unwrap_or("?") {
        "agent_added" => "operator: added, its token was issued here".to_owned(),
        "agent_adopted" => "operator: added, its token was given".to_owned(),
        "policy_changed" => "operator: its grants were changed".to_owned(),
        "rotation_step" => match step {
            "switched" => "operator: new token in use".to_owned(),
            "done" => "operator: new token, done".to_owned(),
            step => format!("operator: new token {step}"),
        },
        "revoked" => match step {
            "locally" => format!("operator: revoked here, {token}"),
            "gone" => format!("operator: revoked, {token} is gone at Make"),
            "pending" => format!("operator: revoked, {token} still has to go at Make"),
            "expired" => format!("operator: its time was over, {token} has to go"),
            step => format!("operator: revoked {step}"),
        },
        "removed" => "operator: forgotten".to_owned(),
        "approved" => format!("operator: said yes to {about}"),
        "rejected" => format!("operator: said no to {about}"),
        "logged_in" => format!("operator: keeps a token of {about}"),
        "logged_out" => "operator: keeps no token any more".to_owned(),
        "secret_set" => format!("operator: secret {about} set"),
        "secret_removed" => format!("operator: secret {about} removed"),
        "network_changed" => "operator: the way to Make was changed".to_owned(),
        other => format!("operator: {other} {step} {about}"),
    };
    match text(line, "who") {
        Some(who) => format!("{} ({who})", told.trim_end()),
        None => told.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(line: &Value) -> String {
        Columns::of([line]).show(line)
    }

    #[test]
    fn a_line_says_who_did_what_when() {
        for (line, wanted) in [
            (
                json!({"seq": 27, "at": "2026-11-22T06:10:41.064Z", "kind": "call", "agent": "bot", "tool": "connections_get", "ids": {"connectionId": 101}, "decision": "permitted", "method": "GET", "path": "/connections/101", "outcome": "answered", "status": 200, "durationMs": 19}),
                " 27  2026-11-22 06:10:41  bot       connections_get: GET /connections/101 answered 200 in 19 ms",
            ),
            (
                json!({"seq": 28, "at": "2026-11-22T06:10:41.221Z", "kind": "call", "agent": "bot", "tool": "connections_list", "ids": {"teamId": 24}, "decision": "denied", "reason": "not_granted"}),
                " 28  2026-11-22 06:10:41  bot       connections_list: denied: not_granted teamId=24",
            ),
            (
                json!({"seq": 34, "at": "2026-11-22T06:10:42.780Z", "kind": "intent", "agent": "bot", "tool": "connections_delete", "ids": {"connectionId": 203}, "method": "DELETE", "path": "/connections/203", "confirmedBy": "approve", "who": "ann (uid 7)"}),
                " 34  2026-11-22 06:10:42  bot       connections_delete: sends DELETE /connections/203 (yes by approve, ann (uid 7))",
            ),
            (
                json!({"seq": 35, "at": "2026-11-22T06:10:42.780Z", "kind": "intent", "agent": "bot", "tool": "keys_delete", "ids": {"keyId": 1}, "method": "DELETE", "path": "/keys/1", "confirmedBy": "elicitation", "who": "x) (yes by approve, ann"}),
                " 35  2026-11-22 06:10:42  bot       keys_delete: sends DELETE /keys/1 (yes by elicitation, \"x) (yes by approve, ann\")",
            ),
            (
                json!({"seq": 39, "at": "2026-11-22T06:10:43.340Z", "kind": "operator", "agent": "bot", "action": "revoked", "tokenPrefix": "fbbca89e", "step": "locally"}),
                " 39  2026-11-22 06:10:43  bot       operator: revoked here, its token fbbca89e…",
            ),
            (
                json!({"seq": 1, "at": "2026-11-22T06:10:38.884Z", "kind": "file", "file": 1}),
                "  1  2026-11-22 06:10:38  -         the trail begins",
            ),
        ] {
            assert_eq!(shown(&line), wanted);
        }
    }

    #[test]
    fn whatever_stands_in_a_line_it_stays_one() {
        for line in [
            json!({}),
            json!([1]),
            json!({"at": "2026é11-22T06:10:38.884Z", "agent": "a\nb\u{1b}[2J", "kind": "new"}),
        ] {
            assert!(shown(&line).chars().all(is_seen), "{line}");
        }
    }
}
