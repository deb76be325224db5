//! Credential requests to oneself: by the modules of apps, or by types.

use super::app_modules::drafts;
use super::request_create::{by_type, open};
use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{
    Extra, Rule, check, check_items, id, items, optional, required, text, texts,
};
use crate::sandbox::model::credential_request::{Component, Draft, NewRequest};

/// What Make calls a request that was given no name.
const UNNAMED: &str = "Request for credentials";

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("POST", ["credential-requests", "actions", "create"]) => by_modules(call),
        ("POST", ["credential-requests", "actions", "create-by-credentials"]) => by_types(call),
        _ => return None,
    })
}

type Fields = serde_json::Map<String, serde_json::Value>;

/// The form of Make's TypeScript SDK, which runs it against live zones; the `OpenAPI` document has an
/// older one.
fn by_modules(call: &mut Call<'_>) -> Outcome {
    call.needs("credential-requests:write")?;
    let fields = call.fields()?;
    let shape = [
        required("teamId", Rule::Int(1)),
        optional("name", Rule::Text(0, 255)),
        optional("description", Rule::Text(0, 512)),
        required("credentials", Rule::Items(1, 64)),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let item = [
        required("appName", Rule::Text(0, 255)),
        optional("appModules", Rule::Texts(1, 255)),
        optional("appEndpoints", Rule::Texts(1, 255)),
        optional("appVersion", Rule::Number),
        optional("nameOverride", Rule::Text(1, 255)),
        optional("description", Rule::Text(0, 512)),
    ];
    check_items(&fields, "credentials", &item)?;
    let mut all = Vec::new();
    for item in items(&fields, "credentials") {
        let mut names = texts(item, "appModules");
        names.extend(texts(item, "appEndpoints"));
        if names.is_empty() {
            return Err(Answer::violations(&[
                "should have required property 'appModules'".to_owned(),
            ]));
        }
        all.extend(drafts(call, item, &names)?);
    }
    for_oneself(call, &fields, all, false)
}

fn by_types(call: &mut Call<'_>) -> Outcome {
    call.needs("credential-requests:write")?;
    let fields = call.fields()?;
    let shape = [
        required("teamId", Rule::Int(1)),
        optional("name", Rule::Text(0, 255)),
        optional("description", Rule::Text(0, 512)),
        optional("connections", Rule::Items(0, 32)),
        optional("keys", Rule::Items(0, 32)),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let key = [
        required("type", Rule::Text(1, 64)),
        optional("description", Rule::Text(0, 512)),
        optional("prefill", Rule::Object),
        optional("nameOverride", Rule::Text(1, 255)),
    ];
    check_items(&fields, "keys", &key)?;
    let [kind, description, prefill, name] = key;
    let connection = [
        kind,
        description,
        prefill,
        name,
        optional("scope", Rule::Texts(0, 512)),
    ];
    check_items(&fields, "connections", &connection)?;
    check_prefills(&fields)?;
    let mut all = Vec::new();
    for item in items(&fields, "connections") {
        all.push(by_type(call, Component::Account, item)?);
    }
    for item in items(&fields, "keys") {
        all.push(by_type(call, Component::Keychain, item)?);
    }
    if all.is_empty() {
        return Err(Answer::violations(&[
            "should NOT have fewer than 1 items".to_owned()
        ]));
    }
    for_oneself(call, &fields, all, true)
}

/// What is filled in beforehand: the person can change what is `soft` and not what is `hard`.
/// Make documents these two and nothing beside them.
fn check_prefills(fields: &Fields) -> Result<(), Answer> {
    let shape = [
        optional("hard", Rule::Scalars),
        optional("soft", Rule::Scalars),
    ];
    let all = items(fields, "connections").chain(items(fields, "keys"));
    for prefill in all.filter_map(|item| item.get("prefill")?.as_object()) {
        check(prefill, &shape, Extra::Refused)?;
    }
    Ok(())
}

fn for_oneself(call: &mut Call<'_>, fields: &Fields, all: Vec<Draft>, listed: bool) -> Outcome {
    let team = id(fields, "teamId").unwrap_or_default();
    call.may_change(team)?;
    let new = NewRequest {
        team,
        user: call.user,
        provider: call.user,
        name: text(fields, "name").unwrap_or_else(|| UNNAMED.to_owned()),
        description: text(fields, "description"),
        mailed: false,
    };
    Ok(Answer::ok(&open(call, new, all, listed)))
}
