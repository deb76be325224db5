//! One agent at work in this process: its grants and its way to Make as they are now, and what is
//! remembered between calls. Both may be changed while calls are under way: each call works with
//! what it found at its start.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{OnceCell, watch};

use super::Entry;
use super::consent::{Approvals, KeySource};
use super::credential_requests::Watched;
use super::facts::Facts;
use super::gate::{Gate, Pass};
use super::named::SecretSource;
use super::owners::Owners;
use super::post::{Later, Lease, NotReady, Post, Reload, Starter};
use crate::audit::Trail;
use crate::clock::Clock;
use crate::grants::Agent;
use crate::make::{Client, Pacer, holds_soon};
use crate::policy::{self, Denied, Permit};
use crate::secret::Scrubber;
use crate::state::State;

/// How long a person is asked by a client that hears that the call goes on.
const PATIENT: Duration = Duration::from_mins(4);
/// The same for others: they give a call up after a minute, as the official SDKs do.
const IMPATIENT: Duration = Duration::from_secs(50);

/// One agent at work. Cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    common: Arc<Common>,
    starter: Option<Starter>,
    first: OnceCell<()>,
    now: Mutex<Option<Snapshot>>,
    changes: watch::Sender<u64>,
}

/// What does not change with the agent's grants or token.
struct Common {
    scrubber: Scrubber,
    state: State,
    owners: Owners,
    watched: Watched,
    answer_cap_bytes: usize,
    pacer: Pacer,
    gate: Gate,
    lease: Arc<Mutex<Option<Lease>>>,
    reload: Mutex<Option<Reload>>,
    trail: OnceLock<Trail>,
    approvals: OnceLock<Approvals>,
    patience: Mutex<Option<Duration>>,
    secrets: OnceLock<SecretSource>,
}

/// The session as one call sees it, from its start to its end. Cheap to clone.
#[derive(Clone)]
pub(super) struct Snapshot {
    common: Arc<Common>,
    post: Arc<Post>,
    facts: Arc<Facts>,
    /// Who works with this snapshot.
    calls: Gate,
}

impl Common {
    /// A client that hides this session's secrets and sends nothing once access has ended.
    fn dress(&self, make: Client) -> Client {
        let (gate, lease) = (self.gate.clone(), Arc::clone(&self.lease));
        let may_leave = move || !gate.is_closed() && holds(&lease);
        make.hiding(self.scrubber.clone())
            .minding(self.pacer.clone())
            .while_holds(Arc::new(may_leave))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
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
        let session = Self::assemble(None, scrubber, state, answer_cap_bytes);
        let snapshot = session.snapshot(Post {
            agent,
            creation: None,
            make,
            token_since: None,
        });
        *session.lock() = Some(snapshot);
        session
    }

    /// A session of an agent that is looked up at the first request.
    pub fn starting(
        starter: Starter,
        scrubber: Scrubber,
        state: State,
        answer_cap_bytes: usize,
    ) -> Self {
        Self::assemble(Some(starter), scrubber, state, answer_cap_bytes)
    }

    fn assemble(
        starter: Option<Starter>,
        scrubber: Scrubber,
        state: State,
        answer_cap_bytes: usize,
    ) -> Self {
        let (owners, watched) = Default::default();
        let common = Common {
            scrubber,
            state,
            owners,
            watched,
            answer_cap_bytes,
            pacer: Pacer::default(),
            gate: Gate::default(),
            lease: Arc::default(),
            reload: Mutex::default(),
            trail: OnceLock::new(),
            approvals: OnceLock::new(),
            patience: Mutex::default(),
            secrets: OnceLock::new(),
        };
        Self(Arc::new(Inner {
            common: Arc::new(common),
            starter,
            first: OnceCell::new(),
            now: Mutex::new(None),
            changes: watch::Sender::new(0),
        }))
    }

    /// The same session, writing this trail. Without one every change is refused.
    #[must_use]
    pub fn recording(self, trail: Trail) -> Self {
        // A second one would be a mistake, and the first is as good.
        let _set_before = self.0.common.trail.set(trail);
        self
    }

    /// The same session, keeping calls that wait for a person under this key. Without one nobody
    /// can say yes.
    #[must_use]
    pub fn approving(self, key: KeySource) -> Self {
        let approvals = Approvals::at(self.0.common.state.clone(), key);
        let _set_before = self.0.common.approvals.set(approvals);
        self
    }

    /// How long a person is asked during a call, for tests that cannot wait.
    pub fn ask_for(&self, patience: Duration) {
        *lock(&self.0.common.patience) = Some(patience);
    }

    /// The same, telling the time by this clock, for tests that cannot wait.
    #[must_use]
    pub fn approving_by(self, key: KeySource, clock: Clock) -> Self {
        let approvals = Approvals::at(self.0.common.state.clone(), key).by(clock);
        let _set_before = self.0.common.approvals.set(approvals);
        self
    }

    /// The same session, reading named secrets there. Without it none can be read.
    #[must_use]
    pub fn keeping(self, secrets: SecretSource) -> Self {
        let _set_before = self.0.common.secrets.set(secrets);
        self
    }

    fn snapshot(&self, mut post: Post) -> Snapshot {
        let common = Arc::clone(&self.0.common);
        post.make = post.make.map(|make| common.dress(make));
        Snapshot {
            common,
            post: Arc::new(post),
            facts: Arc::default(),
            calls: Gate::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Snapshot>> {
        lock(&self.0.now)
    }

    /// The session as it is now, and a pass that keeps it from being given up; looks the agent up
    /// at the first request.
    pub(super) async fn now(&self) -> Option<(Snapshot, Pass)> {
        if let Some(starter) = &self.0.starter {
            let start = || async {
                let post = starter(self.clone()).await;
                let snapshot = self.snapshot(post);
                self.lock().get_or_insert(snapshot);
            };
            self.0.first.get_or_init(start).await;
        }
        // Under one lock, so that nobody finds it empty in between.
        let now = self.lock();
        let snapshot = now.as_ref()?;
        Some((snapshot.clone(), snapshot.calls.enter()?))
    }

    /// Why there is no way to Make, if there is none.
    pub async fn problem(&self) -> Option<NotReady> {
        self.now().await?.0.make().err().cloned()
    }

    /// Puts another post in the place of the present one. Resolves when no call works with a
    /// former one any more; when the agent is revoked, all calls under way are ended for that, and
    /// the session is over for good.
    pub fn switch(&self, post: Post) -> Later<()> {
        let revoked = post.agent.standing == crate::grants::Standing::Revoked;
        let new = self.snapshot(post);
        let old = self.lock().replace(new);
        if revoked {
            self.0.common.gate.close();
        }
        self.0.changes.send_modify(|changes| *changes += 1);
        let gate = self.0.common.gate.clone();
        Box::pin(async move {
            if revoked {
                gate.empty().await;
            }
            if let Some(old) = old {
                old.calls.empty().await;
            }
        })
    }

    /// Grows with each [`Session::switch`].
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// What every answer passes on its way out.
    pub fn gate(&self) -> &Gate {
        &self.0.common.gate
    }

    /// From now on nothing leaves while this says no.
    pub fn on_lease(&self, lease: Lease) {
        *lock(&self.0.common.lease) = Some(lease);
    }

    /// How to read the token once more.
    pub fn on_refusal(&self, reload: Reload) {
        *lock(&self.0.common.reload) = Some(reload);
    }

    /// The scrubber that knows this session's secrets.
    pub fn scrubber(&self) -> &Scrubber {
        &self.0.common.scrubber
    }

    /// How long waiting leaves between two looks at the same object: 10 s, unless a test that
    /// cannot wait says otherwise.
    pub fn poll_every(&self, interval: Duration) {
        self.0.common.watched.poll_every(interval);
    }

    /// The tools that the agent may use, in the order of the table. Asks Make for the token's
    /// scopes once, for at most 2 s; when it does not answer, nothing is hidden for scopes and
    /// Make decides call by call.
    pub async fn tools(&self) -> Vec<&'static Entry> {
        match self.now().await {
            Some((snapshot, _pass)) => snapshot.tools().await,
            None => Vec::new(),
        }
    }
}

impl Snapshot {
    /// The agent.
    pub(super) fn agent(&self) -> &Agent {
        &self.post.agent
    }

    /// The way to Make, or why there is none.
    pub(super) fn make(&self) -> Result<&Client, &NotReady> {
        self.post.make.as_ref()
    }

    /// The id of the agent's creation.
    pub(super) fn creation(&self) -> Option<&str> {
        self.post.creation.as_deref()
    }

    /// Since when the token exists.
    pub(super) fn token_since(&self) -> Option<i64> {
        self.post.token_since
    }

    pub(super) fn scrubber(&self) -> &Scrubber {
        &self.common.scrubber
    }

    /// What this machine remembers between processes.
    pub(super) fn state(&self) -> &State {
        &self.common.state
    }

    /// The trail.
    pub(super) fn trail(&self) -> &Trail {
        self.common.trail.get_or_init(|| {
            let missing = || Err("no trail was given to the session".to_owned());
            Trail::at(None, Arc::new(move || Box::pin(async move { missing() })))
        })
    }

    /// Where named secrets are read.
    pub(super) fn secrets(&self) -> Option<&SecretSource> {
        self.common.secrets.get()
    }

    /// Calls that wait for a person.
    pub(super) fn approvals(&self) -> &Approvals {
        self.common.approvals.get_or_init(|| {
            let missing = || Err("no key was given to the session".to_owned());
            let source: KeySource = Arc::new(move || Box::pin(async move { missing() }));
            Approvals::at(self.common.state.clone(), source)
        })
    }

    /// How long a person is asked during a call.
    pub(super) fn ask_for(&self, hears_progress: bool) -> Duration {
        let usual = if hears_progress { PATIENT } else { IMPATIENT };
        lock(&self.common.patience).unwrap_or(usual)
    }

    pub(super) fn owners(&self) -> &Owners {
        &self.common.owners
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn watched(&self) -> &Watched {
        &self.common.watched
    }

    pub(super) fn answer_cap_bytes(&self) -> usize {
        self.common.answer_cap_bytes
    }

    /// Whether what is known of the agent may be counted on, now or in a moment.
    pub(super) async fn lease_holds(&self) -> bool {
        holds_soon(&|| holds(&self.common.lease)).await
    }

    /// The client with another token, after Make has refused this one.
    pub(super) async fn reload(&self, refused: &Client) -> Option<Client> {
        let reload = lock(&self.common.reload).clone()?;
        let client = reload(refused.fingerprint()).await?;
        Some(self.common.dress(client))
    }

    pub(super) fn lookup_permit(&self) -> Result<Permit, Denied> {
        policy::lookup(self.agent(), now())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn holds(lease: &Mutex<Option<Lease>>) -> bool {
    lock(lease).as_ref().is_none_or(|holds| holds())
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
