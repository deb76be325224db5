//! Connections: list, get, create, rename, delete.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::check::{Extra, Rule, check, optional, required, text};
use crate::sandbox::columns::Columns;
use crate::sandbox::model::connection::Verdict;
use crate::sandbox::model::connection_type::connection_type;
use crate::sandbox::model::scenario::broken_by;
use crate::sandbox::model::usage::Used;

const COLUMNS: &[&str] = &[
    "id",
    "name",
    "accountName",
    "accountLabel",
    "packageName",
    "expire",
    "metadata",
    "teamId",
    "theme",
    "upgradeable",
    "scopesCnt",
    "scoped",
    "accountType",
    "editable",
    "uid",
    "connectedSystemId",
    "organizationId",
];
/// A single read knows `scopes` as well.
const COLUMNS_OF_ONE: &[&str] = &[
    "id",
    "name",
    "accountName",
    "accountLabel",
    "packageName",
    "expire",
    "metadata",
    "teamId",
    "theme",
    "upgradeable",
    "scopesCnt",
    "scoped",
    "accountType",
    "editable",
    "uid",
    "connectedSystemId",
    "organizationId",
    "scopes",
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["connections"]) => list(call),
        ("POST", ["connections"]) => create(call),
        ("GET", ["connections", id]) => get(call, id),
        ("PATCH", ["connections", id]) => rename(call, id),
        ("DELETE", ["connections", id]) => delete(call, id),
        _ => return None,
    })
}

/// The id, if the connection is there and the user may see it.
///
/// # Errors
/// 404 `IM304` for one that is missing or hidden: Make does not tell them apart.
pub(super) fn seen(call: &Call<'_>, id: &str) -> Result<u64, Answer> {
    let id = number("connectionId", id)?;
    let connection = call.state.connections.get(&id);
    match connection {
        Some(connection) if call.sees(connection.team) => Ok(id),
        _ => Err(Answer::no_connection(&id.to_string())),
    }
}

/// As `seen`, for a user whose role may change it.
///
/// # Errors
/// 404 as `seen`, 403 for a role that only looks.
pub(super) fn changed(call: &Call<'_>, id: &str) -> Result<u64, Answer> {
    let id = seen(call, id)?;
    let team = call
        .state
        .connections
        .get(&id)
        .map_or(0, |connection| connection.team);
    call.may_change(team)?;
    Ok(id)
}

/// The object with every column, and beyond them what only `*` brings.
fn json_of(call: &Call<'_>, id: u64) -> Value {
    let Some(connection) = call.state.connections.get(&id) else {
        return Value::Null;
    };
    let organization = call.state.people.organization_of(connection.team);
    let filter = format!("{}[]", connection.kind.id);
    let scoped = connection.has_scopes(call.query.all(&filter));
    let mut json = connection.json(organization, scoped);
    if call.state.options.scenario_usages
        && let Some(fields) = json.as_object_mut()
    {
        let usages = call.state.usages(Used::Connection, id);
        let usages: Vec<Value> = usages
            .iter()
            .map(|(id, name)| json!({"id": id, "name": name}))
            .collect();
        fields.insert("scenarioUsages".to_owned(), usages.into());
    }
    json
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("connections:read")?;
    let team = call.required_id("teamId")?;
    call.in_team(team)?;
    let columns = Columns::of(call, COLUMNS)?;
    let types: Vec<&str> = call
        .query
        .all("type[]")
        .chain(call.query.all("type"))
        .collect();
    let mut found: Vec<(&str, u64)> = call
        .state
        .connections
        .values()
        .filter(|connection| connection.team == team)
        .filter(|connection| types.is_empty() || types.contains(&connection.kind.id))
        .map(|connection| (connection.name.as_str(), connection.id))
        .collect();
    found.sort_unstable();
    let rows: Vec<Value> = found
        .iter()
        .map(|(_, id)| columns.pick(&json_of(call, *id), COLUMNS))
        .collect();
    Ok(Answer::ok(&json!({"connections": rows})))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:read")?;
    let columns = Columns::of(call, COLUMNS_OF_ONE)?;
    let id = seen(call, id)?;
    let row = columns.pick(&json_of(call, id), COLUMNS_OF_ONE);
    Ok(Answer::ok(&json!({"connection": row})))
}

/// The request's `accountName` is the name and its `accountType` the type; the answer calls the type
/// `accountName`. One word for three things, as in Make's API.
fn create(call: &mut Call<'_>) -> Outcome {
    call.needs("connections:write")?;
    let columns = Columns::of(call, COLUMNS)?;
    let team = call.required_id("teamId")?;
    let mut fields = call.fields()?;
    let shape = [
        required("accountName", Rule::Text(1, 128)),
        required("accountType", Rule::Text(1, 128)),
        optional("scopes", Rule::Texts(0, usize::MAX)),
    ];
    check(&fields, &shape, Extra::Taken)?;
    call.may_change(team)?;
    let name = text(&fields, "accountName").unwrap_or_default();
    let kind = connection_type(&text(&fields, "accountType").unwrap_or_default())
        .ok_or_else(|| Answer::invalid_input("Invalid connection type."))?;
    for asked in ["accountName", "accountType", "scopes"] {
        fields.remove(asked);
    }
    let id = call.state.add_connection(team, &name, kind);
    if let Some(connection) = call.state.connections.get_mut(&id) {
        connection.data = fields;
        if kind.oauth {
            let nobody = "The connection is not authorized: nobody has signed in.";
            connection.verdict = Verdict::Refused(nobody.to_owned());
        }
    }
    let mut row = columns.pick(&json_of(call, id), COLUMNS);
    // The answer to a create counts scopes under another name.
    if let Some(fields) = row.as_object_mut() {
        fields.remove("scopesCnt");
        fields.insert("scopes".to_owned(), json!(0));
    }
    Ok(Answer::ok(&json!({"connection": row})))
}

fn rename(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:write")?;
    let columns = Columns::of(call, COLUMNS)?;
    let fields = call.fields()?;
    check(
        &fields,
        &[required("name", Rule::Text(1, 128))],
        Extra::Refused,
    )?;
    let id = changed(call, id)?;
    if let Some(connection) = call.state.connections.get_mut(&id) {
        connection.name = text(&fields, "name").unwrap_or_default();
    }
    let row = columns.pick(&json_of(call, id), COLUMNS);
    Ok(Answer::ok(&json!({"connection": row})))
}

/// Only a connection that scenarios use has to be confirmed; another one is simply gone.
///
/// Documented: a webhook bound to the connection has to be deleted first. Not documented: how Make
/// refuses, so the status, the code and the words are the likeliest ones. `IM016` is its code for a
/// dependency, and 400 the status of its other refusals about connections (`IM005`, `IM903`); 406
/// would tell a confirmed call to confirm. Nor is it documented which refusal comes first where
/// scenarios use the connection too: here it is the 406, as documented for each one in use.
fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:write")?;
    let id = changed(call, id)?;
    let usages = call.state.usages(Used::Connection, id);
    if !usages.is_empty() && !call.confirmed() {
        return Err(Answer::needs_confirmation(&broken_by("account", &usages)));
    }
    if call.state.hooks.values().any(|hook| hook.is_bound_to(id)) {
        return Err(Answer::coded(
            400,
            "IM016",
            "The connection is used by a webhook. Delete the webhook first.",
        ));
    }
    call.state.remove_connection(id);
    Ok(Answer::ok(&json!({"connection": id})))
}
