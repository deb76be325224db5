//! `credential_requests_wait`. Sends GETs alone: the request's detail at most every 10 s, also
//! across calls, and the team's connections at the first poll of the first wait (unless this
//! process knows them from when the request was made) and at the end of a wait that ends with the
//! request still open.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::view::Brief;
use super::{get, link};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{ConnectionId, KeyId, RequestId, TeamId};
use crate::make;
use crate::make::connections::{self, Connection, ScopesByType};
use crate::make::credential_requests::{Credential, CredentialRequest, Standing};
use crate::tools::error::{Code, Failure};
use crate::tools::session::now;
use crate::tools::{Call, Spec, Tool, ToolError};

const TIMEOUT_S: u64 = 30;
/// No call takes longer, however slow Make is.
const LONGEST: Duration = Duration::from_secs(45);
/// Of that, what is left for the last look at the team's connections.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// Waits until a person has acted on a request.
pub(in crate::tools) struct Wait;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    request_id: RequestId,
    #[schemars(range(min = 1, max = 45))]
    timeout_s: Option<u64>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    request_id: RequestId,
    status: String,
    /// Nobody can act on it any more.
    done: bool,
    /// Its time ran out while it was open.
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<bool>,
    /// The last look failed or is not due yet; this is from an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<bool>,
    /// Connections that came out.
    connection_ids: Vec<ConnectionId>,
    /// Keys that came out.
    key_ids: Vec<KeyId>,
    /// Still open, but the one connection of a fitting type that has appeared in the team since.
    #[serde(skip_serializing_if = "Option::is_none")]
    likely_connection_id: Option<ConnectionId>,
    credentials: Vec<Brief>,
}

impl Tool for Wait {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_wait",
        title: "Wait for a person to sign in",
        description: "Waits up to `timeoutS` (30) until the person has signed in or declined; answers with the connection and key ids that came out. Call again while open.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsRead],
        effect: Effect::Await,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Answer(Object::Request(args.request_id.clone()))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let watched = call.session().watched();
        let id = args.request_id;
        let began = Instant::now();
        let end = began + LONGEST;
        let wanted = began + Duration::from_secs(args.timeout_s.unwrap_or(TIMEOUT_S));
        let deadline = wanted.min(end - LAST_LOOK);
        // What was read counts until this agent changes the request.
        let mut changes = watched.changes(&id);
        let (mut request, mut stale) = match poll(call, &id, deadline, end).await? {
            Ok(read) => {
                changes = read.changes;
                (read.request, false)
            }
            Err(turn) => {
                let seen = watched.seen(&id).ok_or_else(|| too_often(turn - began))?;
                call.belongs(Object::Request(id.clone()), seen.team_id)?;
                (seen, true)
            }
        };
        if !stale && request.standing(now()) == Standing::Open {
            note_connections(call, &request, end).await;
        }
        while request.standing(now()) == Standing::Open
            && watched.next_turn(&id, Instant::now()) <= deadline
        {
            report(call, &request, began).await;
            match poll(call, &id, deadline, end).await {
                Ok(Ok(read)) => (request, changes, stale) = (read.request, read.changes, false),
                // Another call has taken the turn meanwhile.
                Ok(Err(_later)) => break,
                // It may be over the next time; what was seen last still holds.
                Err(ToolError::Make(error)) if is_passing(&error) => stale = true,
                Err(error) => return Err(error),
            }
        }
        if request.standing(now()) == Standing::Open {
            // No turn comes before the deadline, but somebody else's may have come.
            report(call, &request, began).await;
            sleep_until(deadline).await;
            request = watched.seen(&id).unwrap_or(request);
        }
        if watched.changes(&id) != changes {
            return Err(changed_meanwhile());
        }
        finish(call, request.judged(now()), stale, end).await
    }
}

/// What was read is from before this agent changed the request.
fn changed_meanwhile() -> ToolError {
    let mut failure = Failure::new(
        Code::Busy,
        "This agent changed the request while it waited for it; how it stands now is not known.",
        "Call credential_requests_get with its id, or credential_requests_wait once more.",
    );
    failure.retryable = true;
    failure.into()
}

/// The next turn to ask about this request comes when this call is over, and how it stands is not
/// known.
fn too_often(wait: Duration) -> ToolError {
    let wait_s = wait.as_secs() + 1;
    let mut failure = Failure::new(
        Code::RateLimited,
        "This request was asked about less than 10 s ago; nothing was sent.",
        format!("Wait {wait_s} s, then call credential_requests_wait once."),
    );
    failure.retryable = true;
    failure.retry_after_s = Some(wait_s);
    failure.into()
}

/// A request as Make showed it, and how often this process had changed it before.
struct Read {
    request: CredentialRequest,
    changes: u64,
}

/// Reads the request when its turn has come. `Err` with the turn, at once, when that is later
/// than the call waits.
async fn poll(
    call: &Call<'_>,
    id: &RequestId,
    deadline: Instant,
    end: Instant,
) -> Result<Result<Read, Instant>, ToolError> {
    let turn = call.session().watched().turn(id, Instant::now());
    if turn.at() > deadline {
        return Ok(Err(turn.at()));
    }
    sleep_until(turn.at()).await;
    turn.take();
    let watched = call.session().watched();
    let changes = watched.changes(id);
    let read = timeout_at(end, get::read(call, id)).await;
    let read = read.unwrap_or(Err(ToolError::Make(make::Error::NoAnswer)))?;
    watched.see(&read, changes);
    Ok(Ok(Read {
        request: read,
        changes,
    }))
}

fn is_passing(error: &make::Error) -> bool {
    use make::Error as E;
    matches!(
        error,
        E::Unreachable | E::NoAnswer | E::Failed { .. } | E::RateLimited { .. }
    )
}

async fn report(call: &Call<'_>, request: &CredentialRequest, began: Instant) {
    let all = request.credentials.len();
    let done = request
        .credentials
        .iter()
        .filter(|c| c.is_authorized())
        .count();
    let message = format!("{done} of {all} credentials authorized; waiting for the person.");
    call.report(began.elapsed().as_secs(), message).await;
}

/// The types of the connections that a person has still to make. A credential that stands for a
/// connection already (one whose scopes are extended) makes none.
fn awaited(credentials: &[Credential]) -> Vec<&str> {
    credentials
        .iter()
        .filter(|c| c.component == "account" && c.remote_id.is_none() && !c.is_authorized())
        .map(|credential| credential.name.as_str())
        .collect()
}

/// Which connections a team has, or `None`: the wait does without when they cannot be read.
pub(super) async fn connection_ids(
    call: &Call<'_>,
    team: Option<TeamId>,
    end: Instant,
) -> Option<BTreeSet<ConnectionId>> {
    let found = timeout_at(end, call.look_up(connections::ids(team?))).await;
    let found = found.ok()?.ok()?.connections;
    Some(found.into_iter().map(|one| one.id).collect())
}

/// Remembers which connections were there when the waiting began, for a request of which nobody
/// knows what was there when it was made.
async fn note_connections(call: &Call<'_>, request: &CredentialRequest, end: Instant) {
    let watched = call.session().watched();
    if awaited(&request.credentials).is_empty() || watched.before(&request.id).is_some() {
        return;
    }
    if let Some(ids) = connection_ids(call, request.team_id, end).await {
        watched.remember(&request.id, ids);
    }
}

/// The only connection of an awaited type that was not there when the waiting began. Of several
/// none is likely.
async fn likely(
    call: &Call<'_>,
    request: &CredentialRequest,
    end: Instant,
) -> Option<ConnectionId> {
    let before = call.session().watched().before(&request.id)?;
    let (types, known) = (awaited(&request.credentials), authorized(request));
    if types.is_empty() {
        return None;
    }
    let list = connections::list(request.team_id?, &[], &ScopesByType::new());
    let found = timeout_at(end, call.look_up(list)).await.ok()?;
    let found = found.ok()?.connections;
    let new = |one: &&Connection| {
        let fits = one
            .account_name
            .as_deref()
            .is_some_and(|t| types.contains(&t));
        fits && one.is_signed_in() && !before.contains(&one.id) && !known.contains(&one.id)
    };
    let mut new = found.iter().filter(new);
    match (new.next(), new.next()) {
        (Some(one), None) => Some(one.id),
        _ => None,
    }
}

fn authorized(request: &CredentialRequest) -> Vec<ConnectionId> {
    let done = request.credentials.iter().filter(|c| c.is_authorized());
    done.filter_map(Credential::connection).collect()
}

async fn finish(
    call: &Call<'_>,
    request: CredentialRequest,
    stale: bool,
    end: Instant,
) -> Result<Output, ToolError> {
    let standing = request.standing(now());
    let likely_connection_id = match standing {
        Standing::Open => likely(call, &request, end).await,
        Standing::Over | Standing::Unknown => None,
    };
    // What another call saw has ended there.
    if standing == Standing::Over && !stale {
        call.session().watched().forget_connections(&request.id);
        link::of(call, &request.id, standing).await;
    }
    call.suggest(next(&request, standing, likely_connection_id.is_some()));
    let done = request.credentials.iter().filter(|c| c.is_authorized());
    Ok(Output {
        done: standing == Standing::Over,
        connection_ids: authorized(&request),
        key_ids: done.filter_map(Credential::key).collect(),
        credentials: request.credentials.iter().map(Brief::from).collect(),
        expired: request.expired,
        stale: stale.then_some(true),
        likely_connection_id,
        request_id: request.id,
        status: request.status,
    })
}

fn next(request: &CredentialRequest, standing: Standing, likely: bool) -> &'static str {
    match (standing, request.status.as_str()) {
        (Standing::Open, _) if likely => {
            "connections_get `likelyConnectionId` shows whether it is the one; or wait again."
        }
        (Standing::Open, _) => {
            "Still open: call credential_requests_wait again, or ask the person."
        }
        (Standing::Over, _) if request.expired == Some(true) => {
            "The link has expired: make a new request with credential_requests_create."
        }
        (Standing::Over, "authorized") => {
            "Use `connectionIds` and `keyIds`; connections_verify tests a connection."
        }
        (Standing::Over, "declined") => "Declined: ask the person before making another request.",
        (Standing::Over, _) => {
            "The sign-in did not work out: tell the person, then make a new request if they want it."
        }
        (Standing::Unknown, _) => {
            "Make gives a status that is not known here: read credential_requests_get, ask the person."
        }
    }
}
