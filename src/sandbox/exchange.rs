//! The way of one request: read, recorded, checked, met by faults, handled, answered.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::answer::Answer;
use super::api;
use super::call::Call;
use super::chance::is_token;
use super::control;
use super::delivery::{Delivery, deliver, suffer};
use super::fault::Faults;
use super::model::State;
use super::page;
use super::record::{Log, RecordedRequest};
use super::server::Cut;
use super::target::{Query, Target};

/// Somewhere between 2.1 and 2.8 MB Make refuses a body, by 400 and not by 413.
const MOST_BODY: usize = 2_500_000;
/// More is read than taken: closing on unread bytes would reset the connection and lose the answer.
const MOST_READ: usize = 64_000_000;
const MINUTE: Duration = Duration::from_mins(1);

/// What every connection works on. Each lock is held for one step and never across a wait.
pub(super) struct Shared {
    host: String,
    state: Mutex<State>,
    log: Mutex<Log>,
    faults: Mutex<Faults>,
}

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self {
            host: state.host().to_owned(),
            state: Mutex::new(state),
            log: Mutex::default(),
            faults: Mutex::default(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request as the handlers need it.
#[derive(Clone)]
pub(super) struct Arrival {
    pub(super) method: String,
    /// Raw path, nothing decoded.
    pub(super) path: String,
    pub(super) target: String,
    pub(super) token: Option<String>,
    pub(super) json: bool,
    pub(super) body: Vec<u8>,
    trusted: bool,
}

pub(super) async fn serve(shared: Arc<Shared>, cut: Cut, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_READ)
        .await
        .ok()
        .filter(|body| body.len() <= MOST_BODY);
    let target = parts.uri.to_string();
    let arrival = Arrival {
        method: parts.method.to_string(),
        path: target.split('?').next().unwrap_or_default().to_owned(),
        target,
        token: token(&parts.headers),
        json: text(&parts.headers, header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("application/json")),
        trusted: comes_from_here(&parts.headers, &shared.host),
        body: body
            .as_ref()
            .map(|bytes| bytes.to_vec())
            .unwrap_or_default(),
    };
    let number = shared.log().push(RecordedRequest {
        method: arrival.method.clone(),
        target: arrival.target.clone(),
        path: arrival.path.clone(),
        body: arrival.body.clone(),
        token_prefix: arrival
            .token
            .as_deref()
            .and_then(|t| t.get(..8))
            .map(str::to_owned),
        user_agent: text(&parts.headers, header::USER_AGENT).map(str::to_owned),
        status: 0,
    });
    let delivery = if body.is_none() {
        let too_large = serde_json::json!({"detail": "request entity too large"});
        Delivery::Whole(Answer::json(400, &too_large))
    } else {
        decide(&shared, &arrival).await
    };
    shared.log().answered(number, delivery.status());
    deliver(delivery, &cut)
}

/// A page of another site may reach 127.0.0.1 through a name it owns, or send a form here.
fn comes_from_here(headers: &HeaderMap, host: &str) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = hosts
        .next()
        .is_some_and(|value| value.as_bytes() == host.as_bytes());
    let own = format!("http://{host}");
    let origin = headers.get(header::ORIGIN);
    named && hosts.next().is_none() && origin.is_none_or(|value| value.as_bytes() == own.as_bytes())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Only `Token <uuid>`: Make takes every other value for an OAuth token, which this zone has none of.
fn token(headers: &HeaderMap) -> Option<String> {
    let value = text(headers, header::AUTHORIZATION)?;
    value
        .strip_prefix("Token ")
        .filter(|token| is_token(token))
        .map(str::to_owned)
}

async fn decide(shared: &Arc<Shared>, arrival: &Arrival) -> Delivery {
    if !arrival.trusted {
        return Delivery::Whole(Answer::text(421, "text/plain", "This is not that host."));
    }
    if arrival.path.starts_with("/api/v2/") {
        let suffering = shared.faults().take(&arrival.method, &arrival.path);
        if suffering.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(suffering.delay_ms)).await;
        }
        return match suffering.effect {
            None => Delivery::Whole(call(shared, arrival)),
            Some(effect) => suffer(shared, arrival, effect),
        };
    }
    let answer = control::answer(shared, arrival)
        .or_else(|| page::answer(&mut shared.state(), arrival))
        .unwrap_or_else(Answer::unknown_path);
    Delivery::Whole(answer)
}

/// Executes an API call.
pub(super) fn call(shared: &Shared, arrival: &Arrival) -> Answer {
    let target = Target::parse(&arrival.target);
    let segments: Vec<&str> = match &target {
        Some(target) => target.segments.iter().map(String::as_str).collect(),
        None => Vec::new(),
    };
    if arrival.method == "GET" && segments == ["api", "v2", "ping"] {
        return Answer::text(200, "text/plain; charset=utf-8", "pong");
    }
    let mut state = shared.state();
    let known = state
        .tokens
        .iter()
        .find(|known| Some(&known.value) == arrival.token.as_ref() && known.answers());
    let Some((user, scopes)) = known.map(|token| (token.user, token.scopes.clone())) else {
        return Answer::unauthorized();
    };
    if state.options.enforce_rate_limit && is_over_limit(&mut state, user) {
        return Answer::rate_limited();
    }
    let none = Query::default();
    let mut call = Call {
        state: &mut state,
        method: &arrival.method,
        query: target.as_ref().map_or(&none, |target| &target.query),
        body: if arrival.json { &arrival.body } else { &[] },
        user,
        scopes,
    };
    match segments.as_slice() {
        ["api", "v2", path @ ..] => api::answer(&mut call, path),
        _ => Answer::unknown_path(),
    }
}

/// The limit belongs to the organization and not to the token, so all tokens share it.
fn is_over_limit(state: &mut State, user: u64) -> bool {
    let member = state
        .people
        .organization_members
        .iter()
        .find(|member| member.0 == user);
    let Some(organization) = member.map(|member| member.1) else {
        return false;
    };
    let license = state
        .people
        .organizations
        .get(&organization)
        .map(|found| &found.license);
    let limit = license
        .and_then(|license| license.get("apiLimit")?.as_u64())
        .unwrap_or(0);
    let now = Instant::now();
    let calls: &mut VecDeque<Instant> = state.calls.entry(organization).or_default();
    while calls
        .front()
        .is_some_and(|first| now.duration_since(*first) >= MINUTE)
    {
        calls.pop_front();
    }
    // 0 stands for an unknown limit.
    if limit > 0 && calls.len() as u64 >= limit {
        return true;
    }
    calls.push_back(now);
    false
}
