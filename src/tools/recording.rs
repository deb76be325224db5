//! What a call leaves in the trail: an intent and an outcome for each changing request, else one
//! line at its end. Ids stand there as they are, all other arguments as keyed digests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value};

use super::Spec;
use super::error::{Code, Failure};
use super::session::Snapshot;
use crate::audit::{
    self, Caller, Change, Confirmed, Decision, End, Intent, Label, Outcome, Route, Trail,
};
use crate::ids::{RequestId, SecretName, TemplateSlug};
use crate::make::{self, Departure, Parts, Response};
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
    sent: Sent,
    given_up: Option<i64>,
    secrets: Vec<Label>,
    plaintext: bool,
}

/// How far changing requests of a call have come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sent {
    /// None is under way, and all that were are known to have changed nothing.
    #[default]
    Nothing,
    /// One is under way.
    UnderWay,
    /// One may have changed something.
    Maybe,
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

    /// The next request carries these named secrets.
    pub(super) fn carries<'n>(&self, names: impl Iterator<Item = &'n SecretName>) {
        self.seen().secrets = names
            .filter_map(|name| Label::parse(name.as_str()))
            .collect();
    }

    /// A secret stands in the arguments as it is, and the operator allows that.
    pub(super) fn carries_plaintext(&self) {
        self.seen().plaintext = true;
    }

    /// Whether something may have been changed: an answer said so, none came, or none was awaited.
    pub(super) fn may_have_changed(&self) -> bool {
        match self.seen().sent {
            Sent::Nothing => false,
            Sent::UnderWay => self.departure.count() > 0,
            Sent::Maybe => true,
        }
    }

    /// What this row says was about to be made was not.
    pub(super) fn give_up(&self, create: i64) {
        self.seen().given_up = Some(create);
    }

    async fn forget_given_up(&self) {
        let Some(create) = self.seen().given_up.take() else {
            return;
        };
        if let Err(error) = self.session.state().forget_create(create).await {
            // The next one of the same is asked back without need.
            tracing::warn!(%error, "what was not made could not be forgotten");
        }
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
    pub(super) async fn change(
        &self,
        request: &Parts,
        confirmed: Option<Confirmed>,
        sending: impl Future<Output = Result<Response<()>, make::Error>>,
    ) -> Result<Response<()>, make::Error> {
        let trail = self.session.trail();
        let route = self.route(request);
        let intent = match self.intend(trail, route.clone(), confirmed).await {
            Ok(intent) => intent,
            Err(error) => {
                trail.complain(&error);
                return Err(make::Error::Unrecorded);
            }
        };
        {
            let mut seen = self.seen();
            seen.changed = true;
            if seen.sent == Sent::Nothing {
                seen.sent = Sent::UnderWay;
            }
        }
        let mut open = Open {
            intent: Some(intent),
            departure: &self.departure,
            before: self.departure.count(),
        };
        let result = sending.await;
        let (outcome, status) = outcome(&result);
        {
            let mut seen = self.seen();
            let changed = matches!(outcome, Outcome::Answered | Outcome::Unknown);
            seen.sent = match seen.sent {
                Sent::Maybe => Sent::Maybe,
                Sent::Nothing | Sent::UnderWay if changed => Sent::Maybe,
                Sent::Nothing | Sent::UnderWay => Sent::Nothing,
            };
        }
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
        let (secrets, plaintext) = {
            let seen = self.seen();
            (seen.secrets.clone(), seen.plaintext)
        };
        let change = Change {
            caller: self.caller(),
            decision: Decision::Permitted,
            confirmed,
            route,
            secrets,
            plaintext,
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
    pub(super) fn read(&self, request: &Parts, result: &Result<Response<()>, make::Error>) {
        let route = self.route(request);
        let (_, status) = outcome(result);
        let mut seen = self.seen();
        seen.requests += 1;
        seen.last = Some((route, status));
    }

    fn route(&self, request: &Parts) -> Route {
        Route {
            method: request.method().to_string(),
            path: self.session.scrubber().text(&request.path()),
        }
    }

    /// Writes the line of a call that changed nothing. `None` when nobody waited for its end.
    pub(super) async fn end(&self, failure: Option<Result<(), &Failure>>) {
        self.forget_given_up().await;
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
            // The agent reads `not_found`, whether or not there is something.
            Some(Err(failure)) if failure.by_policy => Some(Code::NotGranted.name()),
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
fn outcome(result: &Result<Response<()>, make::Error>) -> (Outcome, Option<u16>) {
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
        | E::Unrecorded
        | E::NoSecret { .. } => Outcome::NotSent { code },
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
