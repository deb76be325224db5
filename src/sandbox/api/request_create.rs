//! Creating credential requests for another person: the current form and the deprecated one.

use serde_json::{Map, Value, json};

use super::app_modules::{bare, drafts};
use super::provider;
use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{
    Extra, Field, Rule, check, check_items, id, items, optional, required, text, texts,
};
use crate::sandbox::model::connection_type::connection_type;
use crate::sandbox::model::credential_request::{Component, Draft, NewRequest};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("POST", ["credential-requests", "requests", "v2"]) => by_modules(call),
        ("POST", ["credential-requests", "requests"]) => by_types(call),
        _ => return None,
    })
}

fn by_modules(call: &mut Call<'_>) -> Outcome {
    call.needs("credential-requests:write")?;
    let fields = call.fields()?;
    let shape = [
        required("name", Rule::Text(0, 255)),
        required("teamId", Rule::Int(1)),
        optional("description", Rule::Text(0, 512)),
        required("credentials", Rule::Items(1, 64)),
        provider::FIELD,
    ];
    check(&fields, &shape, Extra::Refused)?;
    let item = [
        required("appName", Rule::Text(0, 255)),
        required("appModules", Rule::Texts(1, 255)),
        required("appVersion", Rule::Int(0)),
        optional("nameOverride", Rule::Text(1, 255)),
        optional("description", Rule::Text(0, 512)),
    ];
    check_items(&fields, "credentials", &item)?;
    let mut all = Vec::new();
    for item in items(&fields, "credentials") {
        all.extend(drafts(call, item, &texts(item, "appModules"))?);
    }
    for_provider(call, &fields, all)
}

/// The fields of a connection; a key has all but the last.
const ITEM: &[Field] = &[
    required("type", Rule::Text(1, 64)),
    required("appName", Rule::Text(0, 255)),
    required("appModules", Rule::Texts(0, 255)),
    required("appVersion", Rule::Text(0, 64)),
    optional("label", Rule::Text(0, 128)),
    optional("description", Rule::Text(0, 512)),
    optional("nameOverride", Rule::Text(1, 255)),
    optional("scope", Rule::Texts(0, 128)),
];

fn by_types(call: &mut Call<'_>) -> Outcome {
    call.needs("credential-requests:write")?;
    let fields = call.fields()?;
    let shape = [
        required("name", Rule::Text(0, 255)),
        required("teamId", Rule::Int(1)),
        optional("description", Rule::Text(0, 512)),
        provider::FIELD,
        optional("connections", Rule::Items(0, 32)),
        optional("keys", Rule::Items(0, 32)),
    ];
    check(&fields, &shape, Extra::Refused)?;
    check_items(&fields, "connections", ITEM)?;
    let key = ITEM.split_last().map_or(ITEM, |(_, rest)| rest);
    check_items(&fields, "keys", key)?;
    let mut all = Vec::new();
    for item in items(&fields, "connections") {
        all.push(by_type(call, Component::Account, item)?);
    }
    for item in items(&fields, "keys") {
        all.push(by_type(call, Component::Keychain, item)?);
    }
    for_provider(call, &fields, all)
}

/// A draft for an item that names its type.
///
/// # Errors
/// 400 for a type that is not there.
pub(super) fn by_type(
    call: &Call<'_>,
    component: Component,
    item: &Map<String, Value>,
) -> Result<Draft, Answer> {
    let type_id = text(item, "type").unwrap_or_default();
    let named = |kind: &Value| kind.get("name").and_then(Value::as_str) == Some(type_id.as_str());
    let known = match component {
        Component::Account => connection_type(&type_id).is_some(),
        Component::Keychain => call.state.key_types.iter().any(named),
    };
    if !known {
        let what = if component == Component::Account {
            "connection"
        } else {
            "key"
        };
        return Err(Answer::invalid_input(&format!("Invalid {what} type.")));
    }
    let plain = bare(component, &type_id);
    Ok(Draft {
        label: text(item, "label").unwrap_or_else(|| plain.label.clone()),
        description: text(item, "description"),
        scope: texts(item, "scope"),
        app_name: text(item, "appName").unwrap_or_default(),
        app_modules: texts(item, "appModules"),
        app_version: text(item, "appVersion").unwrap_or_default(),
        name_override: text(item, "nameOverride"),
        prefill: item.get("prefill").cloned().unwrap_or_default(),
        ..plain
    })
}

fn for_provider(call: &mut Call<'_>, fields: &Map<String, Value>, all: Vec<Draft>) -> Outcome {
    if all.is_empty() {
        return Err(Answer::violations(&[
            "should NOT have fewer than 1 items".to_owned()
        ]));
    }
    let team = id(fields, "teamId").unwrap_or_default();
    call.may_change(team)?;
    let (provider, mailed) = provider::provider(call, fields, team)?;
    let new = NewRequest {
        team,
        user: call.user,
        provider,
        name: text(fields, "name").unwrap_or_default(),
        description: text(fields, "description"),
        mailed,
    };
    Ok(Answer::ok(&open(call, new, all, false)))
}

/// Opens it and writes the one answer that tells the page's address.
pub(super) fn open(
    call: &mut Call<'_>,
    new: NewRequest,
    all: Vec<Draft>,
    with_credentials: bool,
) -> Value {
    let place = call.state.open_request(new, all);
    let Some(request) = call.state.requests.get(place) else {
        return Value::Null;
    };
    let mut answer = json!({
        "request": call.state.request_json(request),
        "publicUri": call.state.page_uri(request),
    });
    if with_credentials && let Some(fields) = answer.as_object_mut() {
        let credentials: Vec<Value> = request
            .credentials
            .iter()
            .map(|c| c.json(&request.id))
            .collect();
        fields.insert("credentials".to_owned(), credentials.into());
    }
    answer
}
