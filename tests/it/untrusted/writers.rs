//! Who wrote which field, held against what tools say that they answer: a field that is new, or
//! that somebody calls ours, shows as a diff of `tests/golden/writers.txt`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use make_credentials_mcp::tools::{ALL, Kind, writer};
use serde_json::Value;

use crate::snapshot;

/// Every place of a schema where text may stand.
fn texts(schema: &Value, path: &mut Vec<String>, found: &mut BTreeSet<Vec<String>>) {
    let fields = schema["properties"].as_object();
    for (name, field) in fields.into_iter().flatten() {
        path.push(name.clone());
        texts(field, path, found);
        path.pop();
    }
    if schema["items"].is_object() {
        texts(&schema["items"], path, found);
    }
    // Without a type or without properties it is any JSON.
    let open = schema["additionalProperties"].is_object()
        || (schema["type"] == "object" && !schema["properties"].is_object());
    if schema["type"] == "string" || schema.get("type").is_none() || open {
        found.insert(path.clone());
    }
}

fn shown(kind: Kind) -> String {
    match kind {
        Kind::Ours => "ours".to_owned(),
        Kind::Quoting => "ours, quoting Make".to_owned(),
        Kind::Content => "Make's, content".to_owned(),
        Kind::Make { cap: usize::MAX } => "Make's, whole".to_owned(),
        Kind::Make { cap } => format!("Make's, {cap}"),
    }
}

#[test]
fn every_text_of_every_answer_has_a_writer() {
    let mut report = String::from(
        "Who wrote the texts of an answer, and how many characters of one are shown.\n",
    );
    for entry in ALL.iter() {
        let schema = Value::Object(entry.schemas().output.as_ref().clone());
        let mut found = BTreeSet::new();
        texts(&schema, &mut Vec::new(), &mut found);
        writeln!(report, "\n{}", entry.spec.name).unwrap();
        for path in found {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let kind = shown(writer(entry.spec.name, &names));
            writeln!(report, "  {:<48} {kind}", names.join(".")).unwrap();
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/writers.txt");
    snapshot::matches(&file, &report);
}

/// A name that is in no schema would let a field through that is called so one day.
#[test]
fn what_is_called_ours_is_there() {
    for (tool, paths) in [
        (
            "agent_status",
            &["problem", "zone", "awaitingApproval.id"][..],
        ),
        ("secrets_list", &["secrets.name", "secrets.with.host"]),
        (
            "connections_find_reusable",
            &["candidates.why", "candidates.fit", "next", "cursor"],
        ),
        ("credential_requests_wait", &["requestId", "credentials.id"]),
    ] {
        for path in paths {
            let names: Vec<&str> = path.split('.').collect();
            assert_eq!(writer(tool, &names), Kind::Ours, "{tool} {path}");
        }
    }
    for (tool, path) in [
        ("organizations_list", "organizations.zone"),
        ("connections_list", "connections.next"),
        ("connections_list", "connections.cursor"),
        ("connections_list", "why"),
        ("credential_requests_wait", "credentials.requestId"),
        ("no_such_tool", "problem"),
    ] {
        let names: Vec<&str> = path.split('.').collect();
        assert_ne!(writer(tool, &names), Kind::Ours, "{tool} {path}");
    }
}
