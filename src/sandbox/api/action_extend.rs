//! Asking for further scopes of a connection that is there.

use super::app_modules::bare;
use super::connections::changed;
use super::request_create::open;
use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{Extra, Rule, check, id, required, texts};
use crate::sandbox::model::credential_request::{Component, Draft, NewRequest};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    match (call.method, path) {
        ("POST", ["credential-requests", "actions", "extend"]) => Some(extend(call)),
        _ => None,
    }
}

fn extend(call: &mut Call<'_>) -> Outcome {
    call.needs("credential-requests:write")?;
    let fields = call.fields()?;
    let shape = [
        required("connectionId", Rule::Int(1)),
        required("scopes", Rule::Texts(1, 512)),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let connection = id(&fields, "connectionId").unwrap_or_default();
    changed(call, &connection.to_string())?;
    let Some(found) = call.state.connections.get(&connection) else {
        return Err(Answer::no_connection(&connection.to_string()));
    };
    if !found.kind.oauth {
        return Err(Answer::invalid_input(
            "The connection has no scopes to extend.",
        ));
    }
    let mut missing = texts(&fields, "scopes");
    missing.retain(|scope| !found.scopes.contains(scope));
    if missing.is_empty() {
        return Err(Answer::invalid_input("All scopes are already granted."));
    }
    let (team, name) = (found.team, format!("Extend {}", found.name));
    let draft = Draft {
        scope: missing,
        ..bare(Component::Account, found.kind.id)
    };
    let new = NewRequest {
        team,
        user: call.user,
        provider: call.user,
        name,
        description: None,
        mailed: false,
    };
    let answer = open(call, new, vec![draft], false);
    // The credential knows its connection from the start: signing in widens it and makes none.
    if let Some(credential) = call
        .state
        .requests
        .last_mut()
        .and_then(|request| request.credentials.first_mut())
    {
        credential.remote = Some(connection);
    }
    Ok(Answer::ok(&answer))
}
