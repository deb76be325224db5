//! The last look at a message before its bytes leave: what was cleaned before is searched once more
//! for tokens and named secrets as they stand. Whatever these are, the message stays one: its id,
//! its method, the names of the protocol and of our own fields are not touched.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::stdio;
use crate::secret::{Author, Scrubber};
use crate::tools::is_own_name;

/// Names of the protocol that this server sends.
pub(super) const NAMES: &[&str] = &[
    "_meta",
    "action",
    "annotations",
    "arguments",
    "cacheScope",
    "capabilities",
    "charactersRemoved",
    "confirm",
    "content",
    "data",
    "default",
    "description",
    "destructiveHint",
    "elicitationId",
    "error",
    "from",
    "id",
    "idempotentHint",
    "inputRequests",
    "inputSchema",
    "instructions",
    "io.modelcontextprotocol/serverInfo",
    "io.modelcontextprotocol/subscriptionId",
    "isError",
    "jsonrpc",
    "listChanged",
    "make-credentials-mcp/untrustedText",
    "messages",
    "method",
    "mode",
    "name",
    "nextCursor",
    "open",
    "openWorldHint",
    "outputSchema",
    "params",
    "progress",
    "progressToken",
    "prompts",
    "properties",
    "protocolVersion",
    "readOnlyHint",
    "reason",
    "requestId",
    "requestState",
    "requestedSchema",
    "required",
    "result",
    "resultType",
    "role",
    "secretsRedacted",
    "serverInfo",
    "structuredContent",
    "supported",
    "supportedVersions",
    "text",
    "textsShortened",
    "title",
    "tools",
    "total",
    "ttlMs",
    "type",
    "url",
    "version",
];

/// Parts of results that are the same for every client, made of this program's own text.
const CONSTANT: &[&str] = &[
    "_meta",
    "capabilities",
    "instructions",
    "prompts",
    "protocolVersion",
    "resultType",
    "serverInfo",
    "supportedVersions",
    "tools",
];

/// What a request and what answers it are told apart by. A client that put a secret there has it.
const HANDLES: &[&str] = &["progressToken", "requestId"];

/// The pass over each line that leaves.
pub fn scrub(scrubber: Scrubber) -> stdio::Scrub {
    Arc::new(move |line| message(&scrubber, line))
}

fn message(scrubber: &Scrubber, line: Vec<u8>) -> Vec<u8> {
    // Results were read in every encoding before; errors and notes repeat what a client wrote.
    if !scrubber.finds(&line) && (is_result(&line) || !scrubber.hides_in(&line)) {
        return line;
    }
    let clean = match serde_json::from_slice::<Value>(&line) {
        Ok(Value::Object(message)) => Value::Object(top(scrubber, message)).to_string(),
        Ok(other) => value(scrubber, other).to_string(),
        // Not ours: every message is an object.
        Err(_) => scrubber.text(&String::from_utf8_lossy(&line)),
    };
    // Decoding may have joined what the text had apart.
    scrubber.without_tokens(clean).into_bytes()
}

/// Whether this is the answer of a method; most lines are, and the longest.
fn is_result(line: &[u8]) -> bool {
    const BEGINNING: usize = 256;
    let beginning = line.get(..BEGINNING).unwrap_or(line);
    String::from_utf8_lossy(beginning).contains("\"result\":{")
}

fn top(scrubber: &Scrubber, message: Map<String, Value>) -> Map<String, Value> {
    let part = |(name, part): (String, Value)| {
        let part = match (name.as_str(), part) {
            ("jsonrpc" | "id" | "method", part) => part,
            ("result", Value::Object(fields)) => Value::Object(result(scrubber, fields)),
            ("params", Value::Object(fields)) => {
                let keeps = |name: &str| HANDLES.contains(&name);
                let in_full = |(name, field): (String, Value)| {
                    let field = if keeps(&name) {
                        field
                    } else {
                        scrubber.document(field, &Author::Ours)
                    };
                    (name, field)
                };
                let fields = fields.into_iter().map(in_full).collect();
                Value::Object(beside(scrubber, fields, &keeps))
            }
            ("error", part) => value(scrubber, scrubber.document(part, &Author::Ours)),
            (_, part) => value(scrubber, part),
        };
        (name, part)
    };
    message.into_iter().map(part).collect()
}

fn result(scrubber: &Scrubber, mut fields: Map<String, Value>) -> Map<String, Value> {
    let content = fields.remove("content").map(|content| match content {
        Value::Array(blocks) => {
            let blocks = blocks.into_iter();
            blocks
                .map(|block| text_of_a_document(scrubber, block))
                .collect()
        }
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Object(_)) => value(scrubber, other),
    });
    let mut clean = beside(scrubber, fields, &|name| CONSTANT.contains(&name));
    clean.extend(content.map(|content| ("content".to_owned(), content)));
    clean
}

/// A block whose text is the structured answer once more: it stays a document.
fn text_of_a_document(scrubber: &Scrubber, mut block: Value) -> Value {
    let text = block.get("text").and_then(Value::as_str);
    let document = text.and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    let (Some(document), Some(fields)) = (document, block.as_object_mut()) else {
        return value(scrubber, block);
    };
    let document = value(scrubber, Value::Object(document)).to_string();
    fields.insert("text".to_owned(), Value::String(document));
    block
}

/// The fields, those as they are that `keeps` says.
fn beside(
    scrubber: &Scrubber,
    fields: Map<String, Value>,
    keeps: &dyn Fn(&str) -> bool,
) -> Map<String, Value> {
    let mut clean = Map::new();
    for (name, field) in fields {
        let field = if keeps(&name) {
            field
        } else {
            value(scrubber, field)
        };
        let hidden = scrubber.raw(&name);
        let hidden = hidden.filter(|_| !NAMES.contains(&name.as_str()) && !is_own_name(&name));
        clean.insert(hidden.unwrap_or(name), field);
    }
    clean
}

fn value(scrubber: &Scrubber, value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(scrubber.raw(&text).unwrap_or(text)),
        Value::Array(items) => {
            let items = items.into_iter();
            items.map(|item| self::value(scrubber, item)).collect()
        }
        Value::Object(fields) => Value::Object(beside(scrubber, fields, &|_| false)),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::secret::{Secret, Strength};

    fn left(secrets: &[&str], message: &Value) -> Value {
        let scrubber = Scrubber::default();
        for secret in secrets {
            assert!(scrubber.add(&Secret::new((*secret).to_owned()), Strength::Named));
        }
        let line = super::message(&scrubber, message.to_string().into_bytes());
        serde_json::from_slice(&line).unwrap()
    }

    #[test]
    fn a_message_stays_one_whatever_is_secret() {
        let answer = json!({"connections": [{"name": "my connections"}], "strange-name-1": 1});
        let message = json!({"jsonrpc": "2.0", "id": "structuredContent", "result": {
            "content": [{"type": "text", "text": answer.to_string()}],
            "structuredContent": answer, "isError": false}});
        let clean = json!({"connections": [{"name": "my [redacted]"}], "[redacted]": 1});
        let expected = json!({"jsonrpc": "2.0", "id": "structuredContent", "result": {
            "content": [{"type": "text", "text": clean.to_string()}],
            "structuredContent": clean, "isError": false}});
        let secrets = [
            "structuredContent",
            "connections",
            "strange-name-1",
            "\"jsonrpc\":\"2.0\"",
        ];
        assert_eq!(left(&secrets, &message), expected);
    }

    #[test]
    fn what_every_client_is_told_stays_and_errors_and_requests_are_cleaned() {
        let secrets = ["connections_list", "notifications/progress"];
        let listing = json!({"jsonrpc": "2.0", "id": 1, "result": {
            "tools": [{"name": "connections_list"}], "x": "connections_list"}});
        let shown = left(&secrets, &listing);
        assert_eq!(shown["result"]["tools"][0]["name"], "connections_list");
        assert_eq!(shown["result"]["x"], "[redacted]");
        let note = json!({"jsonrpc": "2.0", "method": "notifications/progress",
            "params": {"progressToken": "connections_list", "message": "by connections_list"}});
        let shown = left(&secrets, &note);
        assert_eq!(shown["method"], "notifications/progress");
        assert_eq!(shown["params"]["progressToken"], "connections_list");
        assert_eq!(shown["params"]["message"], "by [redacted]");
        let error = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "connections_list"}});
        assert_eq!(left(&secrets, &error)["error"]["message"], "[redacted]");
    }

    /// The last look at what no earlier layer reads.
    #[test]
    fn errors_and_notes_are_read_in_every_encoding() {
        let secret = "sk-\"live\"/9f&2";
        for writing in [
            secret.to_owned(),
            "sk-&quot;live&quot;/9f&amp;2".to_owned(),
            "c2stImxpdmUiLzlmJjI=".to_owned(),
            "sk-=22live=22/9f&2".to_owned(),
            "[115,107,45,34,108,105,118,101,34,47,57,102,38,50]".to_owned(),
        ] {
            let error = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601,
                "message": format!("no method {writing}"), "data": {"name": [writing]}}});
            let note = json!({"jsonrpc": "2.0", "method": "notifications/progress",
                "params": {"progressToken": 1, "message": format!("at {writing}")}});
            for (message, parts) in [
                (error, &["/error/message", "/error/data/name/0"][..]),
                (note, &["/params/message"]),
            ] {
                let shown = left(&[secret], &message);
                for part in parts {
                    let text = shown.pointer(part).and_then(Value::as_str).unwrap();
                    assert!(text.contains("[redacted]"), "{writing}: {shown}");
                    assert!(!text.contains(&writing), "{writing}: {shown}");
                }
            }
        }
        let plain = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "m"}});
        assert_eq!(left(&[secret], &plain), plain);
    }

    #[test]
    fn a_token_goes_wherever_it_stands() {
        let token = "2544847b-1111-4222-8333-c0ffeec0ffee";
        let scrubber = Scrubber::default();
        scrubber.add(&Secret::new(token.to_owned()), Strength::Token);
        let line = json!({"jsonrpc": "2.0", "id": token, "result": {"tools": token, token: token}});
        let line = message(&scrubber, line.to_string().into_bytes());
        let shown: Value = serde_json::from_slice(&line).unwrap();
        let gone = "[redacted]";
        let expected = json!({"jsonrpc": "2.0", "id": gone, "result": {"tools": gone, gone: gone}});
        assert_eq!(shown, expected);
    }
}
