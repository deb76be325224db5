//! The credentials of a request: decline, delete the real thing, ask to sign in again.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{Extra, Rule, check, optional, text};
use crate::sandbox::columns::Columns;
use crate::sandbox::model::connection::Verdict;
use crate::sandbox::model::credential_request::{Component, Credential};

const COLUMNS: &[&str] = &[
    "id",
    "requestId",
    "component",
    "type",
    "name",
    "label",
    "description",
    "scope",
    "remoteId",
    "remoteScope",
    "tokenId",
    "state",
    "declineReason",
    "appName",
    "appModules",
    "appVersion",
    "nameOverride",
    "createdAt",
    "updatedAt",
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("POST", ["credential-requests", "credentials", id, "decline"]) => decline(call, id),
        ("POST", ["credential-requests", "credentials", id, "delete-remote"]) => {
            delete_remote(call, id)
        }
        (
            "POST",
            [
                "credential-requests",
                "credentials",
                id,
                "request-reauthorize",
            ],
        ) => reauthorize(call, id),
        _ => return None,
    })
}

type Place = (usize, usize);

fn changed(call: &Call<'_>, id: &str) -> Result<Place, Answer> {
    call.needs("credential-requests:write")?;
    let missing = || Answer::not_found("Credential not found.");
    let place = call.state.credential_place(id).ok_or_else(missing)?;
    let team = call.state.requests.get(place.0).map(|request| request.team);
    let team = team.filter(|team| call.sees(*team)).ok_or_else(missing)?;
    call.may_change(team)?;
    Ok(place)
}

fn at<'c>(call: &'c mut Call<'_>, place: Place) -> Result<&'c mut Credential, Answer> {
    let request = call.state.requests.get_mut(place.0);
    let credential = request.and_then(|request| request.credentials.get_mut(place.1));
    credential.ok_or_else(|| Answer::not_found("Credential not found."))
}

fn answer(call: &mut Call<'_>, place: Place, columns: &Columns) -> Outcome {
    let now = call.state.clock.now();
    let request = call
        .state
        .requests
        .get(place.0)
        .map(|r| r.id.clone())
        .unwrap_or_default();
    let credential = at(call, place)?;
    credential.updated = now;
    let row: Value = columns.pick(&credential.json(&request), COLUMNS);
    Ok(Answer::ok(&json!({"credential": row})))
}

/// A second call may give another reason.
fn decline(call: &mut Call<'_>, id: &str) -> Outcome {
    let place = changed(call, id)?;
    let columns = Columns::of(call, COLUMNS)?;
    let fields = call.fields()?;
    check(
        &fields,
        &[optional("reason", Rule::Text(1, 2048))],
        Extra::Refused,
    )?;
    let credential = at(call, place)?;
    "declined".clone_into(&mut credential.state);
    if let Some(reason) = text(&fields, "reason") {
        credential.decline_reason = Some(reason);
    }
    answer(call, place, &columns)
}

fn delete_remote(call: &mut Call<'_>, id: &str) -> Outcome {
    let place = changed(call, id)?;
    let columns = Columns::of(call, COLUMNS)?;
    let credential = at(call, place)?;
    let component = credential.draft.component;
    let Some(remote) = credential.remote.take() else {
        return Err(Answer::invalid_input(
            "The credential has no remote to delete.",
        ));
    };
    "pending".clone_into(&mut credential.state);
    credential.remote_scope.clear();
    credential.token_id = None;
    call.state.remove_remote(component, remote);
    answer(call, place, &columns)
}

/// Make tests the connection first: only one that no longer works may be asked for again.
fn reauthorize(call: &mut Call<'_>, id: &str) -> Outcome {
    let place = changed(call, id)?;
    let columns = Columns::of(call, COLUMNS)?;
    let now = call.state.clock.now();
    let credential = at(call, place)?;
    let signs_in = credential.draft.component == Component::Account && credential.draft.oauth;
    let remote = credential.remote.filter(|_| signs_in);
    let connection = remote.and_then(|remote| call.state.connections.get(&remote));
    match connection.map(|connection| connection.test(now)) {
        None => {
            return Err(Answer::invalid_input(
                "Only an authorized OAuth credential can be renewed.",
            ));
        }
        Some(Verdict::Verified) => {
            return Err(Answer::invalid_input("The connection is still valid."));
        }
        Some(Verdict::NotVerified | Verdict::Refused(_)) => {}
    }
    "reauthorizing".clone_into(&mut at(call, place)?.state);
    answer(call, place, &columns)
}
