//! What an agent is shown: one file a tool, the rules that every client needs, and what it costs
//! in a model's context. `SNAPSHOTS=overwrite cargo test` rewrites the files; the diff is the
//! review.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use make_credentials_mcp::grants::{Effect, Toolset};
use make_credentials_mcp::mcp::listed;
use make_credentials_mcp::tools::{ALL, Code, Entry, Failure};
use serde_json::{Value, json};

use crate::snapshot;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tool-schemas")
}

#[test]
fn every_tool_has_its_file_and_no_file_is_stale() {
    let names: BTreeSet<String> = ALL
        .iter()
        .map(|e| format!("{}.json", e.spec.name))
        .collect();
    for entry in ALL.iter() {
        let tool = snapshot::sorted(&serde_json::to_value(listed(entry)).unwrap());
        let text = serde_json::to_string_pretty(&tool).unwrap() + "\n";
        snapshot::matches(&folder().join(format!("{}.json", entry.spec.name)), &text);
    }
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !names.contains(&name) {
            assert!(snapshot::overwriting(), "{name} belongs to no tool");
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// Every schema below a schema, with its path.
fn walk<'a>(path: &str, schema: &'a Value, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(path, schema);
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            walk(&format!("{path}.{name}"), property, visit);
        }
    }
    for below in ["items", "additionalProperties"] {
        if let Some(schema) = schema.get(below).filter(|schema| schema.is_object()) {
            walk(&format!("{path}.{below}"), schema, visit);
        }
    }
}

const KEYWORDS: [&str; 16] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "description",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "format",
    "title",
];

#[test]
fn schemas_hold_the_rules_that_every_client_needs() {
    for entry in ALL.iter() {
        let tool = serde_json::to_value(listed(entry)).unwrap();
        let name = entry.spec.name;
        for side in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[side]["type"], "object", "{name} {side}");
            assert!(tool[side]["properties"].is_object(), "{name} {side}");
            jsonschema::meta::validate(&tool[side]).unwrap();
            walk(side, &tool[side], &mut |path, schema| {
                for keyword in schema.as_object().unwrap().keys() {
                    assert!(
                        KEYWORDS.contains(&keyword.as_str()),
                        "{name} {path}: {keyword}"
                    );
                }
                assert!(!schema["type"].is_array(), "{name} {path}: a list of types");
                assert_ne!(schema["format"], json!("int64"), "{name} {path}");
                let last = path.rsplit('.').next().unwrap();
                let is_id = last.ends_with("Id") && schema.get("minimum").is_some();
                if is_id {
                    assert_eq!(schema["type"], "integer", "{name} {path}");
                }
            });
        }
        assert_eq!(
            tool["inputSchema"]["additionalProperties"],
            json!(false),
            "{name}"
        );
        walk("input", &tool["inputSchema"], &mut |path, schema| {
            if schema.get("properties").is_some() {
                // Open only where it says so; the whole is closed in any case, see above.
                let stance = &schema["additionalProperties"];
                assert!(
                    stance.is_boolean(),
                    "{name} {path} may be open by oversight"
                );
            }
        });
    }
}

#[test]
fn failures_fit_every_output_schema() {
    let failure = Failure::new(Code::NotFound, "m", "n").with_details(json!({"dependents": []}));
    let mut failure = json!(failure);
    failure["make"] = json!({"status": 404});
    failure["causes"] = json!([]);
    failure["retryAfterS"] = json!(7);
    for entry in ALL.iter() {
        let schema = Value::Object(entry.schemas().output.as_ref().clone());
        let fits = jsonschema::is_valid(&schema, &failure);
        assert!(fits, "{}: clients would hide the failure", entry.spec.name);
    }
}

#[test]
fn facts_of_the_table_hold() {
    let mut names = BTreeSet::new();
    for entry in ALL.iter() {
        let spec = entry.spec;
        let name = spec.name;
        assert!(names.insert(name), "{name} twice");
        assert!(
            name.len() <= 48 && name.starts_with(|c: char| c.is_ascii_lowercase()),
            "{name}"
        );
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "{name}"
        );
        // `mcp__make__` in front must stay under 64.
        assert!("mcp__make__".len() + name.len() < 64, "{name}");
        let annotations = listed(entry).annotations.unwrap();
        assert_eq!(
            annotations.read_only_hint,
            Some(matches!(spec.effect, Effect::Read | Effect::Await))
        );
        if matches!(spec.effect, Effect::Create | Effect::Request) {
            assert_eq!(
                annotations.idempotent_hint,
                Some(false),
                "{name} makes something"
            );
        }
        assert!(
            !spec.title.is_empty() && spec.description.ends_with('.'),
            "{name}"
        );
        assert!(spec.description.len() <= 400, "{name}");
        if matches!(spec.effect, Effect::Delete) {
            assert!(
                spec.description.contains("person"),
                "{name} does not say who decides"
            );
        }
        let writes = spec
            .scopes
            .iter()
            .any(|scope| scope.name().ends_with(":write"));
        assert_eq!(
            writes,
            !matches!(spec.effect, Effect::Read | Effect::Await),
            "{name}: scopes and effect"
        );
    }
}

/// What a tool costs in a model's context, in tokens.
fn cost(entry: &Entry) -> usize {
    let tool = listed(entry);
    let schema = serde_json::to_string(&*tool.input_schema).unwrap();
    let description = tool.description.unwrap();
    let text = format!("{}\n{description}\n{schema}", tool.name);
    tiktoken_rs::o200k_base_singleton()
        .encode_ordinary(&text)
        .len()
}

#[test]
fn all_default_tools_cost_at_most_6000_tokens_and_the_reading_core_2000() {
    let total = |wanted: &dyn Fn(&Entry) -> bool| -> usize {
        ALL.iter().filter(|entry| wanted(entry)).map(cost).sum()
    };
    let all = total(&|entry| entry.spec.toolset.is_default());
    let core = total(&|entry| {
        let sets = [
            Toolset::Connections,
            Toolset::Keys,
            Toolset::CredentialRequests,
        ];
        sets.contains(&entry.spec.toolset) && entry.spec.effect.only_reads()
    });
    let mut report = format!("all default tools: {all}\nreading core: {core}\n");
    let mut each: Vec<_> = ALL
        .iter()
        .map(|entry| (cost(entry), entry.spec.name))
        .collect();
    each.sort_unstable();
    for (tokens, name) in each.iter().rev() {
        writeln!(report, "{tokens:>5} {name}").unwrap();
    }
    println!("{all} tokens of all default tools, {core} of the reading core");
    assert!(all <= 6000, "{report}");
    assert!(core <= 2000, "{report}");
}
