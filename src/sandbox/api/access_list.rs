//! The access list of a locked connection.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::check::{Extra, Rule, check, id, required, text};

const ADMIN: &str = "entity:entity-admin";
const MEMBER: &str = "entity:entity-member";
/// Has every connection locked to herself until the lists change.
const FIRST_ADMIN: u64 = 7;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    let [
        "teams",
        team,
        "connections",
        connection,
        "access-list",
        rest @ ..,
    ] = path
    else {
        return None;
    };
    let place = || place(call, team, connection);
    Some(match (call.method, rest) {
        ("GET", []) => place().map(|id| list(call, id)),
        ("POST", ["users"]) => place().and_then(|id| add(call, id)),
        ("PATCH", ["users", user]) => place().and_then(|id| change(call, id, user)),
        ("DELETE", ["users", user]) => place().and_then(|id| remove(call, id, user)),
        _ => return None,
    })
}

/// The connection, which has to belong to the team of the path.
fn place(call: &Call<'_>, team: &str, connection: &str) -> Result<u64, Answer> {
    let scope = if call.method == "GET" {
        "connections:read"
    } else {
        "connections:write"
    };
    call.needs(scope)?;
    let team = number("teamId", team)?;
    call.in_team(team)?;
    let id = number("connectionId", connection)?;
    if !call.state.options.locked_connections {
        return Err(Answer::coded(
            400,
            "IM903",
            "Locked connections are not enabled.",
        ));
    }
    match call.state.connections.get(&id) {
        Some(found) if found.team == team => Ok(id),
        _ => Err(Answer::no_connection(connection)),
    }
}

fn members<'c>(call: &'c mut Call<'_>, connection: u64) -> &'c mut Vec<(u64, String)> {
    let first = || vec![(FIRST_ADMIN, ADMIN.to_owned())];
    call.state.access.entry(connection).or_insert_with(first)
}

fn member(user: u64, role: &str) -> Value {
    json!({"membershipType": "user", "membershipId": user, "role": role})
}

/// Who may not use the connection sees only whom to ask.
fn list(call: &mut Call<'_>, connection: u64) -> Answer {
    let user = call.user;
    let members = members(call, connection).clone();
    let inside = members.iter().any(|(member, _)| *member == user);
    let rows: Vec<Value> = members
        .iter()
        .filter(|(_, role)| inside || role == ADMIN)
        .map(|(user, role)| {
            let known = call.state.people.users.get(user);
            let mut row = member(*user, role);
            if let (Some(fields), Some(known)) = (row.as_object_mut(), known) {
                fields.insert("name".to_owned(), known.name.clone().into());
                fields.insert("email".to_owned(), known.email.clone().into());
            }
            row
        })
        .collect();
    Answer::ok(&json!({"accessList": rows}))
}

fn must_manage(call: &mut Call<'_>, connection: u64) -> Result<(), Answer> {
    let user = call.user;
    let admin = members(call, connection)
        .iter()
        .any(|(m, role)| *m == user && role == ADMIN);
    if admin {
        Ok(())
    } else {
        Err(Answer::forbidden())
    }
}

fn role(fields: &serde_json::Map<String, Value>) -> Result<String, Answer> {
    match text(fields, "role") {
        Some(role) if role == ADMIN || role == MEMBER => Ok(role),
        _ => Err(Answer::violations(&[
            "'role' should be equal to one of the allowed values".to_owned(),
        ])),
    }
}

fn add(call: &mut Call<'_>, connection: u64) -> Outcome {
    let fields = call.fields()?;
    let shape = [
        required("userId", Rule::Int(1)),
        required("role", Rule::Text(1, 64)),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let (user, role) = (id(&fields, "userId").unwrap_or_default(), role(&fields)?);
    must_manage(call, connection)?;
    let team = call
        .state
        .connections
        .get(&connection)
        .map_or(0, |c| c.team);
    if call.state.people.role(user, team).is_none() {
        return Err(Answer::no_user());
    }
    let members = members(call, connection);
    if members.iter().any(|(member, _)| *member == user) {
        return Err(Answer::coded(409, "SC409", "The user is already a member."));
    }
    members.push((user, role.clone()));
    Ok(Answer::ok(&json!({"member": member(user, &role)})))
}

/// The place of a member who may get the role, or none: one admin has to stay.
fn changeable(
    call: &mut Call<'_>,
    connection: u64,
    user: &str,
    role: Option<&str>,
) -> Result<usize, Answer> {
    let user = number("userId", user)?;
    must_manage(call, connection)?;
    let members = members(call, connection);
    let place = members
        .iter()
        .position(|(m, _)| *m == user)
        .ok_or_else(Answer::no_user)?;
    let another = members
        .iter()
        .any(|(member, role)| *member != user && role == ADMIN);
    let admin = members.get(place).is_some_and(|(_, role)| role == ADMIN);
    if admin && !another && role != Some(ADMIN) {
        return Err(Answer::coded(
            400,
            "IM016",
            "The last admin cannot be removed or demoted.",
        ));
    }
    Ok(place)
}

fn change(call: &mut Call<'_>, connection: u64, user: &str) -> Outcome {
    let fields = call.fields()?;
    check(
        &fields,
        &[required("role", Rule::Text(1, 64))],
        Extra::Refused,
    )?;
    let role = role(&fields)?;
    let place = changeable(call, connection, user, Some(&role))?;
    if let Some(entry) = members(call, connection).get_mut(place) {
        entry.1.clone_from(&role);
    }
    Ok(Answer::ok(
        &json!({"member": member(number("userId", user)?, &role)}),
    ))
}

fn remove(call: &mut Call<'_>, connection: u64, user: &str) -> Outcome {
    let place = changeable(call, connection, user, None)?;
    let (user, role) = members(call, connection).remove(place);
    Ok(Answer::ok(&json!({"member": member(user, &role)})))
}
