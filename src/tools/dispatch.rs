//! How a call goes through: arguments, target, policy, consent, the work, the check of what comes
//! back, the shape. Every tool goes this way and there is no other.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Map, Value};
use tokio::sync::watch;

use super::call::{Call, Progress};
use super::consent::{self, Asker, Consenting, Pending};
use super::creates::{self, Begin, Making};
use super::error::{Code, Failure, ToolError};
use super::recording::Recording;
use super::session::{Snapshot, now};
use super::shape::Wanted;
use super::spec::{Prepared, Ready};
use super::stop::{Stop, cut_off, unreleased};
use super::untrusted::Answer;
use super::{ALL, Entry, Session, Spec, forbidden, free_text, shape, target};
use crate::grants::{Target, Teams};
use crate::ids::TeamId;
use crate::make::Error;
use crate::policy::{self, Denied};

/// What surrounds a call.
#[derive(Default)]
pub struct CallContext {
    /// Who hears of progress.
    pub progress: Option<Progress>,
    /// How a person can be asked.
    pub asker: Asker,
}

/// What a call finds around it at its start.
struct Around {
    context: CallContext,
    /// Changes of the agent after that.
    changes: watch::Receiver<u64>,
}

/// What a call comes to.
#[derive(Debug)]
pub enum Outcome {
    /// The answer.
    Answer(Answer),
    /// A failure that the agent can read.
    Failed(Failure),
    /// A question to a person; the call is to be made again with the answer.
    Asks(Pending),
    /// What came back with an answer is not what went out with the question.
    BadState,
    /// Nobody waits for it any more.
    Cancelled,
    /// There is no such tool; the nearest name, when one is near.
    UnknownTool(Option<&'static str>),
}

impl Session {
    /// A call from its start to what it comes to, which has not passed the door yet.
    pub(super) async fn dispatch(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: CallContext,
        cancelled: impl Future<Output = ()> + Send,
    ) -> Outcome {
        let Some(entry) = find(name) else {
            return Outcome::UnknownTool(nearest(name));
        };
        let started = Instant::now();
        let inside = self.gate().enter();
        // Before the agent is looked at, so that no change after that is missed.
        let mut changes = self.changes();
        changes.mark_unchanged();
        let mut cancelled = pin!(cancelled);
        // The first call waits for the agent and its token. Nothing has happened before that.
        let begun = tokio::select! {
            biased;
            () = &mut cancelled => return Outcome::Cancelled,
            begun = self.now() => begun,
        };
        let Some((snapshot, _working)) = begun else {
            return Outcome::Failed(Failure::internal());
        };
        let recording = Recording::new(&snapshot, entry.spec);
        if inside.is_none() {
            let failure = Failure::revoked();
            recording.end(Some(Err(&failure))).await;
            return Outcome::Failed(failure);
        }
        let around = Around { context, changes };
        let mut work = Box::pin(snapshot.go_through(entry, arguments, around, &recording));
        let departure = recording.departure();
        let gate = self.gate().closed();
        let result = tokio::select! {
            biased;
            () = gate => Err(Failure::revoked().into()),
            result = &mut work => result,
            () = &mut cancelled => {
                if departure.cancel() {
                    // First what it holds, such as an intent.
                    drop(work);
                    recording.end(None).await;
                    return Outcome::Cancelled;
                }
                // It is under way: its outcome is worth more than the wait.
                tokio::select! {
                    biased;
                    () = self.gate().closed() => Err(Failure::revoked().into()),
                    result = &mut work => result,
                }
            }
        };
        drop(work);
        let failure = result.as_ref().err().map(Stop::failure);
        log(entry.spec, started, failure.as_ref());
        recording
            .end(Some(failure.as_ref().map_or(Ok(()), Err)))
            .await;
        match result {
            Ok(answer) => Outcome::Answer(answer.into()),
            Err(Stop::Failed(failure)) => Outcome::Failed(cut_off(failure, departure)),
            Err(Stop::Asks(pending)) => Outcome::Asks(pending),
            Err(Stop::BadState) => Outcome::BadState,
        }
    }
}

impl Snapshot {
    async fn go_through(
        &self,
        entry: &Entry,
        arguments: Map<String, Value>,
        around: Around,
        recording: &Recording<'_>,
    ) -> Result<Map<String, Value>, Stop> {
        let spec = entry.spec;
        if let Some(refusal) = self.refusal_to_start(spec) {
            return Err(refusal.into());
        }
        let Ready {
            prepared,
            wanted,
            checked,
        } = entry
            .prepare(arguments)
            .map_err(|invalid| Failure::invalid(spec.name, &invalid))?;
        let Around { context, changes } = around;
        let aim = prepared.target();
        let consenting = Consenting::new(context.asker, entry, (checked.clone(), &aim), changes);
        let making = entry.makes.then(|| Making::of(spec, &checked));
        let texts = free_text::Texts::of(spec, &checked);
        recording.arguments(checked).await;
        let mut team = None;
        let worked = async {
            team = target::resolve(self, &aim).await?;
            let mut call = Call {
                session: self,
                tool: spec,
                permit: policy::authorize(self.agent(), &spec.operation(), team, now())?,
                consenting,
                recording,
                team,
                window: wanted.window,
                progress: context.progress,
                next: Mutex::default(),
                checked: Mutex::default(),
            };
            free_text::admit(&call, &texts)?;
            if let Some(answer) = consent::link::answered(&call).await? {
                return Ok(answer);
            }
            // Nobody is asked about what was done already.
            if let Some(answer) = creates::known(&call, making.as_ref(), prepared.as_ref()).await? {
                return consent::link::hand_over(&call, answer).await;
            }
            consent::obtain(&mut call, prepared.as_ref()).await?;
            let ticket = match creates::begin(&call, making.as_ref(), prepared.as_ref()).await? {
                Begin::Go(ticket) => ticket,
                Begin::Again(answer) => return consent::link::hand_over(&call, answer).await,
            };
            let answer = self.work(prepared, &call, (&aim, &wanted)).await?;
            if let Some(ticket) = ticket {
                ticket.settle(self, &answer).await;
            }
            consent::link::hand_over(&call, answer).await
        };
        match worked.await {
            Ok(answer) => Ok(answer),
            Err(ToolError::Asks(pending)) => Err(Stop::Asks(*pending)),
            Err(ToolError::BadState) => Err(Stop::BadState),
            Err(error) => Err(Box::pin(self.failed(spec, (&aim, team), error))
                .await
                .into()),
        }
    }

    /// The work itself, whether its answer may be released, and the shape.
    async fn work(
        &self,
        prepared: Box<dyn Prepared>,
        call: &Call<'_>,
        (aim, wanted): (&Target, &Wanted),
    ) -> Result<Map<String, Value>, ToolError> {
        let spec = call.tool;
        let mut answer = prepared.run(call).await?;
        self.release(aim, call)?;
        self.withhold(spec, &mut answer);
        // Its time may be over since the request left.
        policy::may_use(self.agent(), &spec.operation(), now())?;
        if !self.lease_holds().await {
            return Err(unreleased(call.recording.departure()).into());
        }
        let next = lock(&call.next).take();
        let cap_bytes = self.answer_cap_bytes();
        Ok(shape::finish(spec.list, wanted, cap_bytes, answer, next))
    }

    /// Why no call of this tool may begin; `None` when one may.
    fn refusal_to_start(&self, spec: &Spec) -> Option<Failure> {
        let is_status = spec.name == policy::STATUS_TOOL;
        // An agent that may not work hears that, and not what its token lacks.
        if let (Err(over @ (Denied::Revoked | Denied::Expired)), false) =
            (policy::works(self.agent(), now()), is_status)
        {
            return Some(Failure::denied(&over));
        }
        if let (Err(missing), false) = (self.make(), is_status) {
            let (problem, next) = (&missing.problem, &missing.next);
            return Some(Failure::new(Code::SecretUnavailable, problem, next));
        }
        let usable = policy::may_use(self.agent(), &spec.operation(), now());
        usable.err().map(|denied| Failure::denied(&denied))
    }

    /// An answer addressed by id is released to an agent of certain teams only after the tool
    /// has compared its team: a tool that forgets to is refused, not believed.
    fn release(&self, aim: &Target, call: &Call<'_>) -> Result<(), ToolError> {
        let Target::Answer(object) = aim else {
            return Ok(());
        };
        if self.agent().grants.teams == Teams::All {
            return Ok(());
        }
        let checked = lock(&call.checked);
        if checked.as_ref() == Some(object) {
            Ok(())
        } else {
            Err(target::not_yours(object))
        }
    }

    /// A list is asked of Make by team. Should Make answer with rows of other teams too, an agent
    /// of certain teams does not get them.
    fn withhold(&self, spec: &Spec, answer: &mut Map<String, Value>) {
        let rows = spec.list.and_then(|list| answer.get_mut(list.rows));
        if let (Teams::Only(teams), Some(Value::Array(rows))) = (&self.agent().grants.teams, rows) {
            let team = |row: &Value| row.get("teamId")?.as_u64();
            rows.retain(|row| {
                team(row).is_none_or(|team| teams.iter().any(|granted| granted.number() == team))
            });
        }
    }

    /// Why a call failed. Of a 403 also where nobody has looked for the team yet: one look tells.
    async fn failed(
        &self,
        spec: &Spec,
        (aim, mut team): (&Target, Option<TeamId>),
        error: ToolError,
    ) -> Failure {
        let error = target::hide(self, (aim, team), error);
        let unlooked = self.agent().grants.teams == Teams::All || matches!(aim, Target::Answer(_));
        if let (None, true, ToolError::Make(Error::Forbidden(_))) = (team, unlooked, &error) {
            let found = target::team_of(self, aim).await;
            team = found.filter(|team| policy::may_see(self.agent(), *team).is_ok());
        }
        self.failure(spec, team, error).await
    }

    pub(super) async fn failure(
        &self,
        spec: &Spec,
        team: Option<TeamId>,
        error: ToolError,
    ) -> Failure {
        match error {
            ToolError::Argument {
                field,
                problem,
                next,
            } => Failure::new(
                Code::InvalidArguments,
                format!("`{field}` {problem}."),
                next,
            ),
            ToolError::Denied(denied) => Failure::denied(&denied),
            ToolError::Make(Error::Forbidden(refusal)) => {
                forbidden::diagnose(self, spec, team, &refusal).await
            }
            ToolError::Make(error) => {
                let mut failure = Failure::make(&error);
                if let Some(next) = self.advice(spec.name, &error) {
                    next.clone_into(&mut failure.next);
                }
                if failure.code == Code::RateLimited {
                    self.name_limit(&mut failure, team);
                }
                if failure.code == Code::Internal {
                    tracing::error!(tool = spec.name, %error, incident = failure.message, "internal");
                }
                failure
            }
            ToolError::Refused(failure) => *failure,
            ToolError::Hidden(hidden) => target::not_found(self, &hidden).await,
            // They end a call elsewhere.
            ToolError::Asks(_) | ToolError::BadState => Failure::internal(),
            ToolError::Internal(what) => {
                let failure = Failure::internal();
                tracing::error!(
                    tool = spec.name,
                    what,
                    incident = failure.message,
                    "internal"
                );
                failure
            }
        }
    }

    /// The organization's real limit, when it has been read already: asking now would only be
    /// refused as well. `None` when several differ or none is known.
    pub(super) fn only_limit(&self, team: Option<TeamId>) -> Option<u64> {
        let organizations = self.facts().known_organizations();
        let mut limits = organizations
            .iter()
            .flat_map(|organizations| organizations.iter())
            .filter(|o| team.is_none_or(|team| o.teams.iter().flatten().any(|t| t.id == team)))
            .filter_map(|o| o.license.as_ref()?.api_limit.filter(|limit| *limit > 0));
        let limit = limits.next()?;
        limits.next().is_none().then_some(limit)
    }

    fn name_limit(&self, failure: &mut Failure, team: Option<TeamId>) {
        if let Some(limit) = self.only_limit(team) {
            failure.message = format!(
                "Make allows {limit} calls a minute for this organization and no more of them now."
            );
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A tool by its name; the hyphenated names of Make's SDK are accepted too.
pub(super) fn find(name: &str) -> Option<&'static Entry> {
    let matches = |entry: &&Entry| {
        let ours = entry.spec.name;
        ours.len() == name.len()
            && ours
                .bytes()
                .zip(name.bytes())
                .all(|(a, b)| a == b || (a == b'_' && b == b'-'))
    };
    ALL.iter().find(matches)
}

fn nearest(name: &str) -> Option<&'static str> {
    // Comparing takes time by length, and no name is that long.
    if name.len() > 64 {
        return None;
    }
    ALL.iter()
        .map(|entry| (strsim::jaro_winkler(entry.spec.name, name), entry.spec.name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// One event a call, for the operator: which tool, how long, what came of it. No arguments.
fn log(spec: &Spec, started: Instant, failure: Option<&Failure>) {
    let duration_ms = started.elapsed().as_millis();
    match failure {
        None => tracing::info!(tool = spec.name, %duration_ms, "answered"),
        Some(failure) => {
            let code = failure.code.name();
            tracing::warn!(tool = spec.name, %duration_ms, code, "failed");
        }
    }
}
