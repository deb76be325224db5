//! Keys: list, types, get, create, update, delete.

use serde_json::{Map, Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::check::{Extra, Rule, check, id, optional, required, text};
use crate::sandbox::columns::Columns;
use crate::sandbox::model::key::Key;
use crate::sandbox::model::scenario::broken_by;
use crate::sandbox::model::usage::Used;

const COLUMNS: &[&str] = &["id", "name", "typeName", "teamId", "packageName", "theme"];
/// All that a read shows unless asked for more.
const DEFAULT: &[&str] = &["id", "name"];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["keys"]) => list(call),
        ("GET", ["keys", "types"]) => types(call),
        ("GET", ["keys", id]) => get(call, id),
        ("POST", ["keys"]) => create(call),
        ("PATCH", ["keys", id]) => update(call, id),
        ("DELETE", ["keys", id]) => delete(call, id),
        _ => return None,
    })
}

fn seen<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Key, Answer> {
    let id = number("keyId", id)?;
    let key = call.state.keys.get(&id).filter(|key| call.sees(key.team));
    key.ok_or_else(|| Answer::not_found("Key not found."))
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("keys:read")?;
    let team = call.required_id("teamId")?;
    call.in_team(team)?;
    let columns = Columns::of(call, COLUMNS)?;
    let type_name = call.query.get("typeName");
    let rows: Vec<Value> = call
        .state
        .keys
        .values()
        .filter(|key| key.team == team)
        .filter(|key| type_name.is_none_or(|wanted| wanted == key.type_name))
        .map(|key| columns.pick(&key.json(), DEFAULT))
        .collect();
    Ok(Answer::ok(&json!({"keys": rows})))
}

fn types(call: &mut Call<'_>) -> Outcome {
    call.needs("keys:read")?;
    Ok(Answer::ok(&json!({"keysTypes": call.state.key_types})))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("keys:read")?;
    let columns = Columns::of(call, COLUMNS)?;
    let row = columns.pick(&seen(call, id)?.json(), DEFAULT);
    Ok(Answer::ok(&json!({"key": row})))
}

fn create(call: &mut Call<'_>) -> Outcome {
    call.needs("keys:write")?;
    let fields = call.fields()?;
    let shape = [
        required("teamId", Rule::Int(1)),
        required("name", Rule::Text(1, 128)),
        required("typeName", Rule::Text(1, 128)),
        required("parameters", Rule::Object),
    ];
    check(&fields, &shape, Extra::Taken)?;
    let team = id(&fields, "teamId").unwrap_or_default();
    call.may_change(team)?;
    let type_name = text(&fields, "typeName").unwrap_or_default();
    let parameters = parameters(&fields);
    let theme = accept(call, &type_name, &parameters)?;
    let key = Key {
        id: call.state.next_id("key"),
        team,
        name: text(&fields, "name").unwrap_or_default(),
        type_name,
        theme,
        parameters,
    };
    let row = key.json();
    call.state.keys.insert(key.id, key);
    Ok(Answer::ok(&json!({"key": row})))
}

fn parameters(fields: &Map<String, Value>) -> Map<String, Value> {
    fields
        .get("parameters")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

/// The type's theme, if the type is there and its required parameters are given or have a default.
fn accept(call: &Call<'_>, name: &str, given: &Map<String, Value>) -> Result<String, Answer> {
    let named = |kind: &&Value| kind.get("name").and_then(Value::as_str) == Some(name);
    let kind = call.state.key_types.iter().find(named);
    let kind = kind.ok_or_else(|| Answer::invalid_input("Invalid key type."))?;
    let declared = kind
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let missing: Vec<String> = declared
        .filter(|parameter| parameter.get("required") == Some(&Value::Bool(true)))
        .filter(|parameter| parameter.get("default").is_none())
        .filter_map(|parameter| parameter.get("name").and_then(Value::as_str))
        .filter(|name| given.get(*name).is_none_or(|value| *value == json!("")))
        .map(|name| format!("should have required property '{name}'"))
        .collect();
    if !missing.is_empty() {
        return Err(Answer::violations(&missing));
    }
    Ok(kind
        .get("theme")
        .and_then(Value::as_str)
        .unwrap_or("#007ee5")
        .to_owned())
}

/// What is left out stays; whether Make merges the parameters inside is not documented.
fn update(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("keys:write")?;
    let fields = call.fields()?;
    let shape = [
        optional("name", Rule::Text(1, 128)),
        optional("parameters", Rule::Object),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let (id, team) = seen(call, id).map(|key| (key.id, key.team))?;
    call.may_change(team)?;
    let Some(key) = call.state.keys.get_mut(&id) else {
        return Err(Answer::not_found("Key not found."));
    };
    if let Some(name) = text(&fields, "name") {
        key.name = name;
    }
    key.parameters.extend(parameters(&fields));
    Ok(Answer::ok(&json!({"key": key.json()})))
}

/// Always has to be confirmed, used or not.
fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("keys:write")?;
    let (id, team) = seen(call, id).map(|key| (key.id, key.team))?;
    call.may_change(team)?;
    if !call.confirmed() {
        let usages = call.state.usages(Used::Key, id);
        return Err(Answer::needs_confirmation(&broken_by("keychain", &usages)));
    }
    call.state.keys.remove(&id);
    Ok(Answer::ok(&json!({"key": id})))
}
