//! One agent at work: its grants, its way to Make, and what is remembered between calls.

use std::sync::Arc;

use super::credential_requests::Watched;
use super::facts::Facts;
use super::owners::Owners;
use super::{ALL, Entry};
use crate::audit::Trail;
use crate::grants::Agent;
use crate::make::Client;
use crate::policy::{self, Denied, Permit};
use crate::secret::Scrubber;
use crate::state::State;

/// How long listing waits for Make to say the token's scopes.
const SCOPE_PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// Why there is no way to Make.
#[derive(Debug, Clone)]
pub struct NotReady {
    /// What is missing.
    pub problem: String,
    /// What the operator has to run or set.
    pub next: String,
}

/// One agent at work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Session(Arc<Inner>, Trail);

#[derive(Debug)]
struct Inner {
    agent: Agent,
    make: Result<Client, NotReady>,
    scrubber: Scrubber,
    state: State,
    owners: Owners,
    facts: Facts,
    watched: Watched,
    answer_cap_bytes: usize,
}

impl Session {
    /// A session of this agent. Does no I/O.
    pub fn new(
        agent: Agent,
        make: Result<Client, NotReady>,
        scrubber: Scrubber,
        state: State,
        answer_cap_bytes: usize,
    ) -> Self {
        let (owners, facts, watched) = Default::default();
        let make = make.map(|make| make.hiding(scrubber.clone()));
        let inner = Inner {
            agent,
            make,
            scrubber,
            state,
            owners,
            facts,
            watched,
            answer_cap_bytes,
        };
        Self(Arc::new(inner), nowhere())
    }

    /// The same session, writing this trail. Without one every change is refused.
    #[must_use]
    pub fn recording(self, trail: Trail) -> Self {
        Self(self.0, trail)
    }

    /// The trail.
    pub(super) fn trail(&self) -> &Trail {
        &self.1
    }

    /// The agent.
    pub fn agent(&self) -> &Agent {
        &self.0.agent
    }

    /// The way to Make, or why there is none.
    pub fn make(&self) -> Result<&Client, &NotReady> {
        self.0.make.as_ref()
    }

    /// The scrubber that knows this session's secrets.
    pub fn scrubber(&self) -> &Scrubber {
        &self.0.scrubber
    }

    /// What this machine remembers between processes.
    pub(super) fn state(&self) -> &State {
        &self.0.state
    }

    pub(super) fn owners(&self) -> &Owners {
        &self.0.owners
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.0.facts
    }

    /// How long waiting leaves between two looks at the same object: 10 s, unless a test that
    /// cannot wait says otherwise.
    pub fn poll_every(&self, interval: std::time::Duration) {
        self.0.watched.poll_every(interval);
    }

    pub(super) fn watched(&self) -> &Watched {
        &self.0.watched
    }

    pub(super) fn answer_cap_bytes(&self) -> usize {
        self.0.answer_cap_bytes
    }

    pub(super) fn lookup_permit(&self) -> Result<Permit, Denied> {
        policy::lookup(self.agent(), now())
    }

    /// The tools that the agent may use, in the order of the table. Asks Make for the token's
    /// scopes once, for at most 2 s; when it does not answer, nothing is hidden for scopes and
    /// Make decides call by call.
    pub async fn tools(&self) -> Vec<&'static Entry> {
        let Ok(make) = self.make() else {
            return ALL
                .iter()
                .filter(|entry| entry.spec.name == policy::STATUS_TOOL)
                .collect();
        };
        let scopes = match self.lookup_permit() {
            Ok(permit) => {
                let asked = self.facts().authorization(make, &permit);
                tokio::time::timeout(SCOPE_PATIENCE, asked)
                    .await
                    .ok()
                    .and_then(Result::ok)
            }
            Err(_) => None,
        };
        ALL.iter()
            .filter(|entry| policy::may_use(self.agent(), &entry.spec.operation(), now()).is_ok())
            .filter(|entry| {
                scopes.as_ref().is_none_or(|known| {
                    entry
                        .spec
                        .scopes
                        .iter()
                        .all(|scope| known.scope.iter().any(|s| s == scope.name()))
                })
            })
            .collect()
    }
}

/// A trail that cannot be written.
fn nowhere() -> Trail {
    let none = || Err("no trail was given to the session".to_owned());
    Trail::at(None, Arc::new(move || Box::pin(async move { none() })))
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
