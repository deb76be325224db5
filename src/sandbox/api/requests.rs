//! Credential requests: list, get, detail, delete.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::check_query;
use crate::sandbox::columns::Columns;
use crate::sandbox::model::credential_request::{Component, CredentialRequest};
use crate::sandbox::options::Person;
use crate::sandbox::person::Act;

const COLUMNS: &[&str] = &[
    "id",
    "organizationId",
    "teamId",
    "name",
    "description",
    "externalProviderId",
    "createdAt",
    "updatedAt",
    "expiresAt",
    "status",
    "shouldSendEmail",
    "emailSentAt",
    "appNames",
    "makeProvider",
    "userId",
    "makeProviderId",
];
/// A single read has no `appNames` unless asked.
const DEFAULT_OF_ONE: &[&str] = &[
    "id",
    "organizationId",
    "teamId",
    "name",
    "description",
    "externalProviderId",
    "createdAt",
    "updatedAt",
    "expiresAt",
    "status",
    "shouldSendEmail",
    "emailSentAt",
    "makeProvider",
    "userId",
    "makeProviderId",
];
const STATUSES: &[&str] = &[
    "pending",
    "partially_authorized",
    "authorized",
    "declined",
    "incomplete",
    "invalid",
];

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["credential-requests", "requests"]) => list(call),
        ("GET", ["credential-requests", "requests", id]) => get(call, id),
        ("GET", ["credential-requests", "requests", id, "detail"]) => detail(call, id),
        ("DELETE", ["credential-requests", "requests", id]) => delete(call, id),
        _ => return None,
    })
}

fn seen(call: &Call<'_>, id: &str) -> Result<usize, Answer> {
    let place = call
        .state
        .requests
        .iter()
        .position(|r| r.id == id && call.sees(r.team));
    place.ok_or_else(|| Answer::not_found("Credential request not found."))
}

fn at<'c>(call: &'c Call<'_>, place: usize) -> Result<&'c CredentialRequest, Answer> {
    let request = call.state.requests.get(place);
    request.ok_or_else(|| Answer::not_found("Credential request not found."))
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("credential-requests:read")?;
    let team = call.required_id("teamId")?;
    let user = call.optional_id("userId")?;
    let provider = call.optional_id("makeProviderId")?;
    let status = call.query.get("status");
    if status.is_some_and(|status| !STATUSES.contains(&status)) {
        return Err(Answer::violations(&[
            "'status' should be equal to one of the allowed values".to_owned(),
        ]));
    }
    let name = call.query.get("name");
    check_query("name", name, 0, 255)?;
    let columns = Columns::of(call, COLUMNS)?;
    call.in_team(team)?;
    let rows: Vec<Value> = call
        .state
        .requests
        .iter()
        .filter(|r| r.team == team && user.is_none_or(|user| user == r.user))
        .filter(|r| provider.is_none() || provider == r.provider)
        .filter(|r| status.is_none_or(|status| status == r.status()))
        .filter(|r| name.is_none_or(|name| r.name.contains(name)))
        .map(|r| columns.pick(&call.state.request_json(r), COLUMNS))
        .collect();
    Ok(Answer::ok(&json!({"requests": rows})))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("credential-requests:read")?;
    let columns = Columns::of(call, COLUMNS)?;
    let json = call.state.request_json(at(call, seen(call, id)?)?);
    Ok(Answer::ok(
        &json!({"request": columns.pick(&json, DEFAULT_OF_ONE)}),
    ))
}

/// The one read that clients poll, so the automatic person counts these.
fn detail(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("credential-requests:read")?;
    let place = seen(call, id)?;
    poll(call, place, id);
    let request = at(call, place)?;
    let mut json = Columns::Default.pick(&call.state.request_json(request), DEFAULT_OF_ONE);
    let user = call.state.people.brief(Some(request.user));
    let credentials: Vec<Value> = request
        .credentials
        .iter()
        .map(|c| c.json(&request.id))
        .collect();
    if let Some(fields) = json.as_object_mut() {
        fields.insert("user".to_owned(), user);
        fields.insert("credentials".to_owned(), credentials.into());
    }
    Ok(Answer::ok(&json!({"requestDetail": json})))
}

fn poll(call: &mut Call<'_>, place: usize, id: &str) {
    let Some(request) = call.state.requests.get_mut(place) else {
        return;
    };
    request.polls += 1;
    let polls = request.polls;
    if let Person::Auto { after_polls } = call.state.options.person
        && polls > after_polls
    {
        // A page that is over stays as it is, and the answer shows that.
        let _over = call.state.act(id, &Act::Authorize);
    }
}

/// Credentials that were made go with the request, so with any attached it has to be confirmed.
fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("credential-requests:write")?;
    let place = seen(call, id)?;
    let request = at(call, place)?;
    call.may_change(request.team)?;
    let attached: Vec<(Component, u64)> = request
        .credentials
        .iter()
        .filter_map(|c| c.remote.map(|remote| (c.draft.component, remote)))
        .collect();
    if !attached.is_empty() && !call.confirmed() {
        return Err(Answer::needs_confirmation(
            &json!([{"type": "credentials"}]),
        ));
    }
    for (component, remote) in attached {
        call.state.remove_remote(component, remote);
    }
    call.state.requests.remove(place);
    Ok(Answer::ok(&json!({"deleted": true})))
}
