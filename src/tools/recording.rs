//! What a call leaves in the trail: an intent and an outcome for each changing request, else one
//! line at its end. Ids stand there as they are, all other arguments as keyed digests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value};

use super::Spec;
use super::error::{Code, Failure};
use super::session::Snapshot;
use crate::audit::{self, Caller, Change, Confirmed, Decision, End, Intent, Outcome, Route, Trail};
use crate::ids::{RequestId, TemplateSlug};
use crate::make::{self, Departure, Request};
use crate::secret::Scrubber;

/// Arguments that are ids of objects.
const IDS: &[&str] = &[
    "connectionId",
    "credentialId",
    "flowId",
    "keyId",
    "organizationId",
    "requestId",
    "scenarioId",
    "teamId",
    "templateId",
    "templatePublicId",
    "templateUrl",
    "userId",
];

/// What is known of a call for the trail, as it goes on.
pub(super) struct Recording<'a> {
    session: &'a Snapshot,
    spec: &'static Spec,
    started: Instant,
    departure: Departure,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    ids: Map<String, Value>,
    digests: BTreeMap<String, String>,
    requests: u32,
    last: Option<(Route, Option<u16>)>,
    changed: bool,
}

impl<'a> Recording<'a> {
    pub(super) fn new(session: &'a Snapshot, spec: &'static Spec) -> Self {
        Self {
            session,
            spec,
            started: Instant::now(),
            departure: Departure::default(),
            seen: Mutex::default(),
        }
    }

    /// When its changing requests leave.
    pub(super) fn departure(&self) -> &Departure {
        &self.departure
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the arguments, once the schema has said that all their names are known.
    pub(super) async fn arguments(&self, checked: Map<String, Value>) {
        if self.session.make().is_err() {
            // Nothing of it will be written, and the key needs not be asked for.
            return;
        }
        let scrubber = self.session.scrubber();
        let (mut ids, mut others) = (Map::new(), Vec::new());
        for (name, value) in &checked {
            match id(name, value, scrubber) {
                Some(id) => {
                    ids.insert(name.clone(), id);
                }
                None => others.push((name, value)),
            }
        }
        // Without a key nothing is written anyhow; who writes says so.
        let digests = if others.is_empty() {
            BTreeMap::new()
        } else {
            let digests = self.session.trail().digests(others).await;
            digests.unwrap_or_default()
        };
        let mut seen = self.seen();
        seen.ids = ids;
        seen.digests = digests;
    }

    fn caller(&self) -> Caller {
        let seen = self.seen();
        Caller {
            agent: self.session.agent().name.clone(),
            tool: self.spec.name,
            ids: seen.ids.clone(),
            arguments: seen.digests.clone(),
        }
    }

    /// Sends a request that changes something, with its intent on disk before and its outcome
    /// written behind.
    pub(super) async fn change<T, R>(
        &self,
        request: &Request<T>,
        confirmed: Option<Confirmed>,
        sending: impl Future<Output = Result<make::Response<R>, make::Error>>,
    ) -> Result<make::Response<R>, make::Error> {
        let trail = self.session.trail();
        let route = self.route(request);
        let intent = match self.intend(trail, route.clone(), confirmed).await {
            Ok(intent) => intent,
            Err(error) => {
                trail.complain(&error);
                return Err(make::Error::Unrecorded);
            }
        };
        self.seen().changed = true;
        let mut open = Open {
            intent: Some(intent),
            departure: &self.departure,
            before: self.departure.count(),
        };
        let result = sending.await;
        let (outcome, status) = outcome(&result);
        if let Some(intent) = open.intent.take() {
            trail.settle(intent, outcome, status).await;
        }
        self.keep_anchor(trail).await;
        result
    }

    async fn intend(
        &self,
        trail: &Trail,
        route: Route,
        confirmed: Option<Confirmed>,
    ) -> Result<Intent, audit::Error> {
        let change = Change {
            caller: self.caller(),
            decision: Decision::Permitted,
            confirmed,
            route,
            generation: None,
            kept: None,
        };
        trail.intend(change).await
    }

    /// Keeps the trail's end in the state, so that a trail that was put back is noticed.
    async fn keep_anchor(&self, trail: &Trail) {
        let Some(anchor) = trail.anchor() else { return };
        let kept = self
            .session
            .state()
            .keep_anchor(anchor.sequence, anchor.mac);
        match kept.await {
            Ok(kept) => trail.anchored(kept.generation, kept.sequence),
            Err(error) => tracing::warn!(%error, "the trail's end could not be kept"),
        }
    }

    /// A request that only reads was answered or not.
    pub(super) fn read<T, R>(
        &self,
        request: &Request<T>,
        result: &Result<make::Response<R>, make::Error>,
    ) {
        let route = self.route(request);
        let (_, status) = outcome(result);
        let mut seen = self.seen();
        seen.requests += 1;
        seen.last = Some((route, status));
    }

    fn route<T>(&self, request: &Request<T>) -> Route {
        Route {
            method: request.method().to_string(),
            path: self.session.scrubber().text(&request.path()),
        }
    }

    /// Writes the line of a call that changed nothing. `None` when nobody waited for its end.
    pub(super) async fn end(&self, failure: Option<Result<(), &Failure>>) {
        let call = self.call(failure);
        let denied = matches!(call.decision, Decision::Denied { .. });
        // Where there is no way to Make there is no agent at work either.
        if self.seen().changed || (self.session.make().is_err() && !denied) {
            return;
        }
        let trail = self.session.trail();
        if let Err(error) = trail.note(audit::Event::Call(call)).await {
            trail.complain(&error);
        }
    }

    fn call(&self, failure: Option<Result<(), &Failure>>) -> audit::Call {
        let (requests, last) = {
            let seen = self.seen();
            (seen.requests, seen.last.clone())
        };
        let outcome = match failure {
            None => Outcome::Cancelled,
            Some(Ok(())) => Outcome::Answered,
            Some(Err(failure)) => Outcome::Failed {
                code: failure.code.name(),
            },
        };
        let reason = match failure {
            Some(Err(failure)) if failure.code.is_ours() => Some(failure.code.name()),
            _ => None,
        };
        let (route, status) = last.unzip();
        let took = self.started.elapsed().as_millis();
        let end = End {
            outcome,
            duration_ms: u64::try_from(took).unwrap_or(u64::MAX),
        };
        audit::Call {
            caller: self.caller(),
            decision: reason.map_or(Decision::Permitted, |reason| Decision::Denied { reason }),
            requests,
            route,
            status: status.flatten(),
            end: reason.is_none().then_some(end),
        }
    }
}

/// An intent whose request is on its way. Given up, it says whether the request had left.
struct Open<'a> {
    intent: Option<Intent>,
    departure: &'a Departure,
    before: u32,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(mut intent) = self.intent.take()
            && self.departure.count() != self.before
        {
            intent.otherwise(Outcome::Unknown);
        }
    }
}

/// The id in an argument, when it is one of an object and no secret.
fn id(name: &str, value: &Value, scrubber: &Scrubber) -> Option<Value> {
    if !IDS.contains(&name) {
        return None;
    }
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            let is_id = text.parse::<RequestId>().is_ok() || text.parse::<TemplateSlug>().is_ok();
            is_id.then(|| Value::String(scrubber.text(text)))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What an answer or its absence is for the trail, with Make's status.
fn outcome<R>(result: &Result<make::Response<R>, make::Error>) -> (Outcome, Option<u16>) {
    use make::Error as E;
    let error = match result {
        Ok(response) => return (Outcome::Answered, Some(response.status)),
        Err(error) => error,
    };
    let code = Failure::make(error).code.name();
    let outcome = match error {
        E::OutcomeUnknown { .. } => Outcome::Unknown,
        E::Cancelled => Outcome::Cancelled,
        E::Unreachable
        | E::NotOurPath
        | E::TooLong
        | E::NotPermitted
        | E::Withheld
        | E::NoClient
        | E::Unrecorded => Outcome::NotSent { code },
        E::NoAnswer
        | E::Unauthorized(_)
        | E::Forbidden(_)
        | E::EdgeFilter
        | E::NotFound(_)
        | E::ConfirmationRequired { .. }
        | E::RateLimited { .. }
        | E::Paused(_)
        | E::Provider(_)
        | E::Rejected(_)
        | E::Failed { .. }
        | E::BadAnswer { .. }
        | E::TooLarge { .. }
        | E::TooMany { .. }
        | E::Redirected => Outcome::Failed { code },
    };
    (outcome, error.status())
}

impl Code {
    /// The code as the agent reads it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InvalidArguments => "invalid_arguments",
            Self::NotGranted => "not_granted",
            Self::AgentRevoked => "agent_revoked",
            Self::AgentExpired => "agent_expired",
            Self::ConfirmationRequired => "confirmation_required",
            Self::NotConfirmed => "not_confirmed",
            Self::WouldBreak => "would_break",
            Self::PlaintextSecretRefused => "plaintext_secret_refused",
            Self::UnknownCredential => "unknown_credential",
            Self::NotFound => "not_found",
            Self::MakeRefusedUs => "make_refused_us",
            Self::Forbidden => "forbidden",
            Self::PlanGate => "plan_gate",
            Self::RateLimited => "rate_limited",
            Self::Paused => "paused",
            Self::ProviderRefused => "provider_refused",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::AuditUnavailable => "audit_unavailable",
            Self::SecretUnavailable => "secret_unavailable",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// Whether it is our own no to a call that could have been made.
    fn is_ours(self) -> bool {
        matches!(
            self,
            Self::NotGranted
                | Self::AgentRevoked
                | Self::AgentExpired
                | Self::ConfirmationRequired
                | Self::NotConfirmed
                | Self::PlaintextSecretRefused
                | Self::AuditUnavailable
        )
    }
}
