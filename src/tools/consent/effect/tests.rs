//! Over all tools that ask, with arguments made from their schemas: what changes nothing gives the
//! same effect, and what changes something another one.

use serde_json::json;

use super::*;
use crate::grants::{Asks, Target};
use crate::tools::ALL;

fn asking() -> impl Iterator<Item = &'static Entry> {
    ALL.iter().filter(|entry| entry.spec.asks != Asks::Never)
}

/// The effect of a call, and whether it names its team; `None` when its arguments are refused.
fn effect_of(entry: &Entry, arguments: &Value) -> Option<(Map<String, Value>, bool)> {
    let ready = entry.prepare(arguments.as_object()?.clone()).ok()?;
    let names_team = matches!(ready.prepared.target(), Target::Team(_));
    Some((effect(entry, &ready.checked, names_team), names_team))
}

/// A value that fits a schema, with all its fields; another one for each number.
fn sample(schema: &Map<String, Value>, number: u64) -> Value {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        let at = usize::try_from(number).unwrap() % choices.len();
        return choices[at].clone();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => json!(7 + number),
        Some("boolean") => json!(true),
        Some("string") => json!(format!("text{number}")),
        Some("array") => match schema.get("items").and_then(Value::as_object) {
            Some(item) => json!([sample(item, number), sample(item, number + 100)]),
            None => json!([number]),
        },
        Some("object") => {
            let mut fields = Map::new();
            let known = schema.get("properties").and_then(Value::as_object);
            for (name, property) in known.into_iter().flatten() {
                let property = property.as_object().unwrap();
                fields.insert(name.clone(), sample(property, number));
            }
            if fields.is_empty() {
                fields.insert("own".to_owned(), json!(number));
            }
            Value::Object(fields)
        }
        other => panic!("{other:?}"),
    }
}

fn properties(schema: &Map<String, Value>) -> Vec<(String, Map<String, Value>)> {
    let known = schema.get("properties").and_then(Value::as_object);
    let known = known.into_iter().flatten();
    known
        .map(|(name, property)| (name.clone(), property.as_object().unwrap().clone()))
        .collect()
}

fn required(schema: &Map<String, Value>) -> Vec<String> {
    let names = schema.get("required").and_then(Value::as_array);
    let names = names.into_iter().flatten();
    names
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// Without the optional fields.
fn least(schema: &Map<String, Value>) -> Value {
    let Value::Object(mut fields) = sample(schema, 0) else {
        panic!("no object")
    };
    let required = required(schema);
    fields.retain(|name, _| required.contains(name));
    Value::Object(fields)
}

/// Values of an optional field that say the same as its absence.
fn nothings(name: &str, schema: &Map<String, Value>, rules: &EffectRules) -> Vec<Value> {
    let mut nothings = vec![Value::Null];
    let empty = !rules.empty_counts.contains(&name);
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => nothings.extend([json!(false), json!("false")]),
        Some("string") => nothings.push(json!("")),
        Some("array") if empty => nothings.push(json!([])),
        Some("object") if empty => {
            nothings.push(json!({}));
            nothings.push(json!("{}"));
            for (inner, property) in properties(schema) {
                let inner_nothings = nothings_below(&inner, &property, rules);
                nothings.extend(
                    inner_nothings
                        .into_iter()
                        .map(|value| json!({&inner: value})),
                );
            }
        }
        _ => {}
    }
    nothings
}

fn nothings_below(name: &str, schema: &Map<String, Value>, rules: &EffectRules) -> Vec<Value> {
    let closed = |schema: &Map<String, Value>| schema.get("type") != Some(&json!("object"));
    nothings(name, schema, rules)
        .into_iter()
        .filter(|value| !closed(schema) || !value.is_object())
        .collect()
}

/// Every other way to write this value that says the same.
fn spellings(schema: &Map<String, Value>, value: &Value, rules: &EffectRules) -> Vec<Value> {
    let mut others = Vec::new();
    match (schema.get("type").and_then(Value::as_str), value) {
        (Some("integer"), Value::Number(number)) => {
            others.push(json!(number.to_string()));
            others.push(json!(format!("0{number}")));
            others.push(json!(number.as_f64().unwrap()));
        }
        (Some("boolean"), Value::Bool(flag)) => others.push(json!(flag.to_string())),
        (Some("array"), Value::Array(items)) => {
            let reversed: Vec<Value> = items.iter().rev().cloned().collect();
            others.push(json!(reversed));
            others.push(json!(value.to_string()));
            if items.iter().all(Value::is_string) {
                others.push(json!([items.clone(), items.clone()].concat()));
            }
            let item = schema.get("items").and_then(Value::as_object).unwrap();
            for other in spellings(item, &items[0], rules) {
                let mut items = items.clone();
                items[0] = other;
                others.push(json!(items));
            }
        }
        (Some("object"), Value::Object(given)) => {
            others.push(json!(value.to_string()));
            let is_closed = schema.get("additionalProperties") == Some(&json!(false));
            for (name, property) in properties(schema).into_iter().filter(|_| is_closed) {
                let with = |other: Value| {
                    let mut fields = given.clone();
                    fields.insert(name.clone(), other);
                    Value::Object(fields)
                };
                match given.get(&name) {
                    Some(value) => {
                        others.extend(spellings(&property, value, rules).into_iter().map(with));
                    }
                    None => others.extend(nothings(&name, &property, rules).into_iter().map(with)),
                }
            }
        }
        _ => {}
    }
    others
}

#[test]
fn what_changes_nothing_gives_the_same_effect_for_every_tool_that_asks() {
    let mut compared = 0;
    for entry in asking() {
        let (tool, schema) = (entry.spec.name, &entry.schemas().input);
        for base in [least(schema), sample(schema, 0)] {
            let (bound, names_team) = effect_of(entry, &base).unwrap_or_else(|| panic!("{tool}"));
            let mut others = spellings(schema, &base, &entry.effect_rules);
            let mut with = |name: &str, value: Value| {
                let mut other = base.clone();
                other[name] = value;
                others.push(other);
            };
            if entry.makes {
                with("idempotencyKey", json!("another"));
            }
            // Which team it is, the call says.
            if names_team {
                with("teamId", json!(8));
            }
            for other in others {
                // What is refused is no way round anything.
                let Some((effect, _)) = effect_of(entry, &other) else {
                    continue;
                };
                assert_eq!(effect, bound, "{tool}: {other} is the same as {base}");
                compared += 1;
            }
        }
    }
    assert!(compared > 200, "{compared}");
}

/// The fields that a yes or no does not tell apart, and why they need not be.
const BESIDE: [(&str, &str); 8] = [
    ("credential_requests_create_for_user", "idempotencyKey"),
    ("credential_requests_create_for_user", "teamId"),
    ("credential_requests_create_v1", "idempotencyKey"),
    ("credential_requests_create_v1", "teamId"),
    // The credential is of one request.
    ("credential_requests_credential_delete", "requestId"),
    // Two of them: Make's default is not documented, and the plan shows them.
    ("template_flows_start", "allow"),
    ("template_flows_start", "idempotencyKey"),
    ("template_flows_start", "teamId"),
];

/// Every value that differs from this one in one place.
fn changes(schema: &Map<String, Value>, value: &Value) -> Vec<Value> {
    let mut others = Vec::new();
    let next = sample(schema, 1);
    if next != *value {
        others.push(next);
    }
    match value {
        Value::Object(given) => {
            let required = required(schema);
            for (name, property) in properties(schema) {
                let Some(value) = given.get(&name) else {
                    continue;
                };
                for other in changes(&property, value) {
                    let mut fields = given.clone();
                    fields.insert(name.clone(), other);
                    others.push(Value::Object(fields));
                }
                if !required.contains(&name) {
                    let mut fields = given.clone();
                    fields.remove(&name);
                    others.push(Value::Object(fields));
                }
            }
        }
        Value::Array(items) => {
            let item = schema.get("items").and_then(Value::as_object).unwrap();
            others.push(json!(items[..1]));
            for other in changes(item, &items[0]) {
                let mut items = items.clone();
                items[0] = other;
                others.push(json!(items));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    others
}

#[test]
fn what_changes_something_gives_another_effect_for_every_tool_that_asks() {
    let mut beside = std::collections::BTreeSet::new();
    for entry in asking() {
        let (tool, schema) = (entry.spec.name, &entry.schemas().input);
        let whole = sample(schema, 0);
        let (bound, _) = effect_of(entry, &whole).unwrap();
        for (name, property) in properties(schema) {
            let mut others = changes(&property, &whole[&name]);
            if !required(schema).contains(&name) {
                others.push(Value::Null);
            }
            for value in others {
                let mut other = whole.clone();
                other[&name] = value;
                let Some((effect, _)) = effect_of(entry, &other) else {
                    continue;
                };
                if effect == bound {
                    let name = if name.starts_with("allow") {
                        "allow"
                    } else {
                        &name
                    };
                    beside.insert((tool, name.to_owned()));
                }
            }
        }
    }
    let beside: Vec<(&str, &str)> = beside
        .iter()
        .map(|(tool, name)| (*tool, name.as_str()))
        .collect();
    assert_eq!(beside, BESIDE);
}

fn effect_by_name(tool: &str, arguments: &Value) -> Map<String, Value> {
    let entry = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
    effect_of(entry, arguments).unwrap().0
}

#[test]
fn an_empty_replacement_is_another_effect_than_none() {
    for (tool, id, field) in [
        ("connections_update", "connectionId", "data"),
        ("keys_update", "keyId", "parameters"),
    ] {
        let none = effect_by_name(tool, &json!({id: 7, "name": "n"}));
        let empty = effect_by_name(tool, &json!({id: 7, "name": "n", field: {}}));
        assert_ne!(none, empty, "{tool}");
        // What stands inside is content, and counts as it is.
        let null = effect_by_name(tool, &json!({id: 7, "name": "n", field: {"a": null}}));
        assert_ne!(empty, null, "{tool}");
        let one = |value: Value| effect_by_name(tool, &json!({id: 7, field: {"a": [value, 2]}}));
        assert_eq!(one(json!(1)), one(json!(1.0)));
        assert_ne!(one(json!(1)), one(json!("1")));
        assert_ne!(one(json!(1)), one(json!(1.5)));
    }
}

#[test]
fn ids_addresses_and_lists_have_one_spelling() {
    let deletion =
        |id: &str| effect_by_name("credential_requests_delete", &json!({"requestId": id}));
    let uuid = "3f0c6c1e-1111-4222-8333-44445555ABCD";
    assert_eq!(deletion(uuid), deletion(&uuid.to_lowercase()));
    assert_eq!(deletion(uuid), deletion(&uuid.replace('-', "")));
    assert_ne!(
        deletion("Abc"),
        deletion("abc"),
        "no UUID may be told by its case"
    );
    let request = |email: &str, modules: Value| {
        effect_by_name(
            "credential_requests_create_for_user",
            &json!({"name": "n", "provider": {"newUser": {"name": "Jo", "email": email}},
                "credentials": [{"appName": "slack", "appVersion": 1, "appModules": modules}]}),
        )
    };
    let one = request("jo@example.com", json!(["b", "a"]));
    assert_eq!(one, request("JO@Example.COM ", json!(["a", "b", "a"])));
    assert_ne!(one, request("joe@example.com", json!(["a", "b"])));
    assert_ne!(one, request("jo@example.com", json!(["a"])));
    let all = request("jo@example.com", json!(["*"]));
    assert_eq!(all, request("jo@example.com", json!(["a", "*"])));
    assert_ne!(all, one);
}
