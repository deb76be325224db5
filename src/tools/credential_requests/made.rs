//! What the tools that make a request have in common: sending it once, handing its page over, and
//! looking for it when nobody knows whether it was made.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::view::{self, Brief};
use super::wait::connection_ids;
use crate::grants::Object;
use crate::ids::{ConnectionId, RequestId, TeamId};
use crate::make::credential_requests::{
    self, Created, CredentialRequest, Filter, Head, Person, Provider, Standing,
};
use crate::make::{PageAddress, Request};
use crate::tools::error::Failure;
use crate::tools::links::{self, Address};
use crate::tools::session::now;
use crate::tools::{Call, ToolError};

/// Candidates after an unknown outcome, at most.
const CANDIDATES: usize = 5;
/// How long before now a request without a name of ours may have been made to be a candidate.
/// Clocks differ, so it is longer than any call.
const RECENT_S: i64 = 900;

/// How long a create waits to learn which connections the team has.
const PATIENCE: Duration = Duration::from_secs(2);

/// A request that was made.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Made {
    request_id: RequestId,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    team_id: Option<TeamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// The page for the person in `signIn`; Make tells it once.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_uri: Option<PageAddress>,
    /// Make told this instead of a page of its own: text, not a link to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_link: Option<String>,
    /// The person was shown the page, so it is not repeated here.
    #[serde(skip_serializing_if = "Option::is_none")]
    link_given: Option<bool>,
    /// Who has to sign in at Make.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<Person>,
    /// `false`: the link could not be kept here, so `credential_requests_get` will not have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link_kept: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credentials: Vec<Brief>,
}

/// Who has to sign in.
#[derive(Debug, Clone, Copy)]
pub(super) enum SignIn<'a> {
    /// The token's own user.
    Own,
    /// Somebody that the arguments name.
    Other(&'a Provider),
}

/// Where to look for a request whose making has an unknown outcome.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trace<'a> {
    /// By what it was made with.
    Head(Head<'a>),
    /// In the team of the connection that it extends.
    Connection(ConnectionId),
}

/// Sends a create once. When nobody knows what became of it, looks for what fits. `awaits`: whether
/// a connection may come out of it; then those that are there now are remembered, so that a new
/// one is known for new however quick the person is.
pub(super) async fn send(
    call: &Call<'_>,
    request: &Request<Created>,
    trace: Trace<'_>,
    awaits: bool,
) -> Result<Created, ToolError> {
    let before = match trace {
        Trace::Head(head) if awaits => connections_before(call, head.team).await,
        Trace::Head(_) | Trace::Connection(_) => None,
    };
    call.still_as_agreed().await?;
    match call.try_send(request).await {
        Ok(answer) => {
            if let Some(before) = before {
                let watched = call.session().watched();
                watched.remember(&answer.body.request.id, before);
            }
            Ok(answer.body)
        }
        Err(error) if error.is_outcome_unknown() => {
            let candidates = candidates(call, trace).await;
            let next =
                "If a candidate is yours: its link is lost, so delete it before you create again.";
            Err(Failure::maybe_created(&error, candidates, next).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The connections of the team; `None` where they cannot be read in time or at all, which costs
/// the wait a guess. It is one call more, so where Make allows no more of them the create is
/// refused too.
async fn connections_before(call: &Call<'_>, team: TeamId) -> Option<BTreeSet<ConnectionId>> {
    if !call.may_read_connections() {
        return None;
    }
    connection_ids(call, Some(team), Instant::now() + PATIENCE).await
}

/// The requests that fit what was sent, the latest first; `None` when they cannot be read.
pub(super) async fn candidates(call: &Call<'_>, trace: Trace<'_>) -> Option<Vec<Value>> {
    let (team, name) = match trace {
        Trace::Head(head) => (head.team, head.name),
        Trace::Connection(id) => (call.owner(&Object::Connection(id)).await.ok()?, None),
    };
    // Without a name of ours, what other people have asked for fits by chance alone.
    let user = match name {
        Some(_) => None,
        None => call.me().await.ok().map(|me| me.id),
    };
    let filter = Filter {
        name,
        user,
        ..Filter::default()
    };
    let list = credential_requests::list(team, &filter);
    let mut found = call.look_up(list).await.ok()?.requests;
    let since = now() - RECENT_S;
    found.retain(|request| {
        if let Some(name) = name {
            return request.name == name;
        }
        // One that was just made is open.
        let is_recent = request.created().is_some_and(|at| at.as_second() >= since);
        is_recent && request.standing(now()) == Standing::Open
    });
    found.sort_by_key(|request| std::cmp::Reverse(request.created()));
    found.truncate(CANDIDATES);
    let mut fitting = Vec::new();
    for request in &found {
        let fits = match trace {
            Trace::Head(_) => true,
            // What cannot be read may be it.
            Trace::Connection(id) => extends(call, request, id).await.unwrap_or(true),
        };
        fitting.extend(fits.then(|| candidate(request)));
    }
    Some(fitting)
}

/// Whether a request asks for more of this connection; `None` when it cannot be read.
async fn extends(call: &Call<'_>, request: &CredentialRequest, id: ConnectionId) -> Option<bool> {
    let detail = call.look_up(credential_requests::detail(&request.id)).await;
    let credentials = detail.ok()?.request_detail.credentials;
    let mut asked = credentials.iter().filter(|one| !one.is_authorized());
    Some(asked.any(|one| one.connection() == Some(id)))
}

fn candidate(request: &CredentialRequest) -> Value {
    json!({
        "requestId": request.id,
        "name": request.name,
        "status": request.status,
        "createdAt": request.created_at,
    })
}

/// The answer about a request that was made: keeps its link first, because that is what cannot
/// be had again.
pub(super) async fn made(call: &Call<'_>, created: Created, who: SignIn<'_>) -> Made {
    let Created {
        request,
        public_uri,
        credentials,
    } = created;
    let team = request.team_id.or(call.team().ok());
    view::remember(call, &request, &credentials);
    let told = public_uri.map(|text| links::trusted(call.session(), &text));
    let (public_uri, untrusted_link) = match told {
        Some(Address::Trusted(page)) => (Some(page), None),
        Some(Address::Untrusted(text)) => (None, Some(text)),
        None => (None, None),
    };
    let kept = match &public_uri {
        Some(page) => {
            let object = Object::Request(request.id.clone());
            links::keep(call.session(), &object, Some(page), team).await
        }
        None => false,
    };
    call.gives_link();
    call.suggest(match (&public_uri, &untrusted_link) {
        (Some(_), _) if kept => {
            "Give `publicUri` to the person in `signIn`, then credential_requests_wait with `requestId`."
        }
        (Some(_), _) => {
            "Keep `publicUri`: it is not stored here. Give it to the person, then credential_requests_wait."
        }
        (None, Some(_)) => links::WARNING,
        (None, None) => "Make told no link: the person finds the request at Make; see credential_requests_get.",
    });
    Made {
        sign_in: sign_in(call, &request, who).await,
        request_id: request.id,
        status: request.status,
        team_id: team,
        expires_at: request.expires_at,
        link_kept: (public_uri.is_some() && !kept).then_some(false),
        public_uri,
        untrusted_link,
        link_given: None,
        credentials: credentials.iter().map(Brief::from).collect(),
    }
}

/// Who has to sign in, as far as it can be told; never fails a create that went through.
async fn sign_in(call: &Call<'_>, request: &CredentialRequest, who: SignIn<'_>) -> Option<Person> {
    let told = request.make_provider.clone().or_else(|| {
        let id = request.make_provider_id.as_ref()?.as_str().parse().ok();
        id.map(|id| Person {
            id: Some(id),
            ..Person::default()
        })
    });
    match who {
        SignIn::Own => own(call).await.ok().or(told),
        SignIn::Other(provider) => told.or_else(|| {
            let new = provider.new_user.as_ref();
            Some(Person {
                id: provider.provider_make_user_id,
                name: new.map(|user| user.name.clone()),
                email: new.map(|user| user.email.clone()),
            })
        }),
    }
}

async fn own(call: &Call<'_>) -> Result<Person, ToolError> {
    let me = call.me().await?;
    Ok(Person {
        id: Some(me.id),
        name: Some(me.name.clone()),
        email: me.email.clone(),
    })
}
