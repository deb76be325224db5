//! A process that serves an agent: it holds a lease, takes up each change of its agent, and says
//! so. Whoever changed the agent can wait until that holds in every process.

#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::process::{self, Identity, Life, clock_ms};
use super::{Error, Registered, Registry};
use crate::grants::Standing;
use crate::ids::AgentName;
use crate::state::Instance;

/// How long a process may work without having been heard of.
pub const LEASE: Duration = Duration::from_millis(LEASE_MS.unsigned_abs());
/// How often it is heard of.
const RENEWAL: Duration = Duration::from_secs(1);
/// How often it looks for changes.
const LOOK: Duration = Duration::from_millis(100);
/// How often somebody who waits for it looks.
const WAIT: Duration = Duration::from_millis(10);

const LEASE_MS: i64 = 5_000;

/// Resolves when nothing works with the former state of the agent any more.
pub struct Drained(pub Pin<Box<dyn Future<Output = ()> + Send>>);

impl std::fmt::Debug for Drained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Drained")
    }
}

/// A change on its way to be taken up. Resolves when new work goes by it.
pub type Applying = Pin<Box<dyn Future<Output = Drained> + Send>>;

/// A process that serves an agent.
#[derive(Debug)]
pub struct Serving {
    registry: Registry,
    name: AgentName,
    id: i64,
    lease_until_ms: Arc<AtomicI64>,
    renewed: Instant,
    version: Option<(u32, i64)>,
    /// The generation that was applied last.
    applied: i64,
    /// The generation that everything in this process works with.
    seen: i64,
}

impl Serving {
    /// Enters this process and reads its agent, in one step.
    ///
    /// # Errors
    /// state.db failed, or what it says of the agent cannot be read.
    pub async fn begin(
        registry: Registry,
        name: AgentName,
    ) -> Result<(Self, Option<Registered>), Error> {
        let me = process::own();
        let until = clock_ms() + LEASE_MS;
        let instance = Instance {
            id: 0,
            agent: name.to_string(),
            pid: me.pid,
            birth: me.birth,
            lease_until_ms: until,
            seen: 0,
        };
        let (id, row) = registry.state().enroll(instance).await?;
        let agent = row.map(Registered::read).transpose()?;
        let generation = agent.as_ref().map_or(0, |agent| agent.generation);
        let serving = Self {
            registry,
            name,
            id,
            lease_until_ms: Arc::new(AtomicI64::new(until)),
            renewed: Instant::now(),
            version: None,
            applied: generation,
            seen: generation,
        };
        Ok((serving, agent))
    }

    /// Whether the lease holds: asked before anything leaves.
    pub fn lease(&self) -> Arc<dyn Fn() -> bool + Send + Sync> {
        let until = Arc::clone(&self.lease_until_ms);
        Arc::new(move || clock_ms() < until.load(Ordering::Acquire))
    }

    /// Follows the agent until it is revoked or forgotten: applies each change, and says that it
    /// is taken up when what was given back for it has resolved. A change that comes while the one
    /// before is still being applied takes its place.
    pub async fn follow(mut self, mut apply: impl FnMut(Result<Registered, Error>) -> Applying) {
        let mut applying: Option<Applying> = None;
        let mut draining = FuturesUnordered::new();
        let mut over = false;
        loop {
            let busy = applying.is_some() || !draining.is_empty();
            if over && !busy {
                return self.end().await;
            }
            tokio::select! {
                biased;
                drained = async {
                    match applying.as_mut() {
                        Some(applying) => applying.await,
                        None => std::future::pending().await,
                    }
                } => {
                    applying = None;
                    draining.push(drained.0);
                }
                Some(()) = draining.next() => {
                    if !over && draining.is_empty() && applying.is_none() {
                        self.seen = self.applied;
                        self.renew().await;
                    }
                }
                () = tokio::time::sleep(LOOK), if !over => {
                    let Some(change) = self.look().await else { continue };
                    over = match &change {
                        Ok(agent) => agent.standing == Standing::Revoked,
                        Err(Error::Unknown(_)) => true,
                        Err(_) => false,
                    };
                    applying = Some(apply(change));
                }
            }
        }
    }

    /// Leaves the list of those who serve.
    pub async fn end(self) {
        self.lease_until_ms.store(0, Ordering::Release);
        if let Err(error) = self.registry.state().strike_off(self.id).await {
            tracing::debug!(%error, "this process could not be struck off; its lease will run out");
        }
    }

    /// The agent, when it is another than the one that was applied last; else renews the lease. In
    /// this order: a process that slept past its lease must not have one before it knows what was
    /// changed meanwhile.
    async fn look(&mut self) -> Option<Result<Registered, Error>> {
        let change = self.changed().await?;
        if change.is_none() && self.renewed.elapsed() >= RENEWAL {
            self.renew().await;
        }
        change
    }

    /// The agent, when it is another than the one that was applied last: `Some(None)` when it is the
    /// same, `None` when that could not be read.
    async fn changed(&mut self) -> Option<Option<Result<Registered, Error>>> {
        let version = self.registry.state().version().await.ok()?;
        if self.version == Some(version) {
            return Some(None);
        }
        let found = self.registry.get(&self.name).await;
        if matches!(found, Err(Error::State(_))) {
            // Looked at again in a moment; the lease runs out if that goes on.
            return None;
        }
        self.version = Some(version);
        Some(match &found {
            Ok(agent) if agent.generation == self.applied => None,
            Ok(agent) => {
                self.applied = agent.generation;
                Some(found)
            }
            Err(_) => Some(found),
        })
    }

    /// Says that this process is alive and which generation it works with. `false` when it could
    /// not be said.
    async fn renew(&mut self) -> bool {
        let until = clock_ms() + LEASE_MS;
        match self.registry.state().renew(self.id, until, self.seen).await {
            Ok(true) => {
                self.lease_until_ms.store(until, Ordering::Release);
                self.renewed = Instant::now();
                true
            }
            // Struck off: the lease runs out and is not renewed any more.
            Ok(false) => {
                self.lease_until_ms.store(0, Ordering::Release);
                false
            }
            Err(error) => {
                tracing::warn!(%error, "the lease could not be renewed");
                false
            }
        }
    }
}

/// What is done with a process that does not take a change up in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// It is ended.
    Kill,
    /// It is left alone: nothing leaves it while its lease has run out, and it takes the change up
    /// before it renews that.
    Leave,
}

/// What became of the processes that served an agent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Took the change up.
    pub followed: usize,
    /// Were ended, by their numbers.
    pub killed: Vec<i64>,
    /// Have no lease any more and could not be ended from here.
    pub lapsed: usize,
    /// Still work with the former state, when the patience was over.
    pub behind: usize,
}

/// Waits until every process that serves the agent has taken this generation up, and nothing in it
/// works with a former one.
///
/// # Errors
/// state.db failed.
pub async fn wait_until_seen(
    registry: &Registry,
    name: &AgentName,
    generation: i64,
    overdue: Overdue,
    patience: Duration,
) -> Result<Seen, Error> {
    let (state, start) = (registry.state(), Instant::now());
    let mut seen = Seen::default();
    let mut before: Option<usize> = None;
    let mut gone = 0;
    loop {
        let all = state.instances(Some(name.as_str())).await?;
        let known = *before.get_or_insert(all.len());
        let late = start.elapsed() >= patience;
        let mut behind = 0;
        let mut lapsed = 0;
        for instance in all.iter().filter(|instance| instance.seen < generation) {
            match settle(instance, overdue, late).await {
                Settled::Gone => {
                    gone += 1;
                    state.strike_off(instance.id).await?;
                }
                Settled::Killed => {
                    seen.killed.push(instance.pid);
                    state.strike_off(instance.id).await?;
                }
                Settled::Lapsed => lapsed += 1,
                Settled::Behind => behind += 1,
            }
        }
        if behind == 0 || (late && overdue == Overdue::Leave) {
            seen.lapsed = lapsed;
            seen.behind = behind;
            seen.followed = known.saturating_sub(seen.killed.len() + gone + lapsed + behind);
            return Ok(seen);
        }
        tokio::time::sleep(WAIT).await;
    }
}

enum Settled {
    Gone,
    Killed,
    Lapsed,
    Behind,
}

async fn settle(instance: &Instance, overdue: Overdue, late: bool) -> Settled {
    let who = Identity {
        pid: instance.pid,
        birth: instance.birth.clone(),
    };
    let lapsed = clock_ms() >= instance.lease_until_ms;
    match process::life(&who) {
        Life::Gone => Settled::Gone,
        Life::Runs | Life::Elsewhere if !(lapsed || late && overdue == Overdue::Kill) => {
            Settled::Behind
        }
        Life::Runs if overdue == Overdue::Kill => {
            let killed = tokio::task::spawn_blocking(move || process::kill(&who)).await;
            if killed.unwrap_or(false) {
                Settled::Killed
            } else {
                Settled::Lapsed
            }
        }
        Life::Runs | Life::Elsewhere if lapsed => Settled::Lapsed,
        Life::Runs | Life::Elsewhere => Settled::Behind,
    }
}
