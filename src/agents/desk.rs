//! What the operator's commands work with: the agents of this machine, the stores of secrets and
//! the way to Make.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Entry, Error, Overdue, Registered, Registry, wait_until_seen};
use crate::audit::Trail;
use crate::ids::{AgentName, UserId};
use crate::make::{self, Access, Client, Departure, Request, Zone};
use crate::network::Network;
use crate::policy;
use crate::secret::{Scrubber, Strength};
use crate::secrets::{SecretReference, Stores};
use crate::state::{Lock, State};

/// How long one command waits for another that works on tokens of the same Make user.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// What the operator's commands work with. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The agents of this machine.
    pub registry: Registry,
    /// Where secrets are kept.
    pub stores: Stores,
    /// Where the operator's token is kept: a folder of its own, so that a process that serves an
    /// agent never has it in its hands, not even among others.
    pub operator_stores: Stores,
    /// The way to Make.
    pub network: Network,
    /// Hears of every secret that is read or made.
    pub scrubber: Scrubber,
    /// What the operator does is written there.
    pub trail: Trail,
    /// Where a test wants this process to die.
    #[cfg(debug_assertions)]
    pub dies_at: Option<String>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    /// Where everything is remembered.
    pub fn state(&self) -> &State {
        self.registry.state()
    }

    /// A client with this token.
    pub fn client(&self, access: Access) -> Client {
        self.scrubber.add(&access.token, Strength::Token);
        Client::through(access, &self.network).hiding(self.scrubber.clone())
    }

    /// What is kept of an agent.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::NoEntry`].
    pub async fn entry(&self, agent: &Registered) -> Result<Entry, Error> {
        let at = reference(&agent.store)?;
        let kept = self.stores.get(&at).await?;
        let entry = Entry::read(&agent.name, &kept, &agent.zone)?;
        for token in [
            Some(&entry.token),
            entry.next.as_ref(),
            entry.former.as_ref(),
        ]
        .into_iter()
        .flatten()
        {
            self.scrubber.add(&token.token, Strength::Token);
        }
        Ok(entry)
    }

    /// Keeps what is kept of an agent.
    pub(super) async fn keep(&self, store: &str, entry: &Entry) -> Result<(), Error> {
        let at = reference(store)?;
        Ok(self.stores.put(&at, &entry.write()).await?)
    }

    /// Forgets what is kept of an agent.
    ///
    /// # Errors
    /// [`Error::Store`]; deleting what is not there is none.
    pub async fn forget(&self, store: &str) -> Result<(), Error> {
        let at = reference(store)?;
        Ok(self.stores.delete(&at).await?)
    }

    /// Holds every other command off the tokens of this Make user.
    ///
    /// # Errors
    /// [`Error::Busy`] when another one does not end in time.
    pub async fn lock(&self, zone: &Zone, user: UserId) -> Result<Lock, Error> {
        let name = lock_name(zone, user.number());
        let lock = self.state().lock(&name, LOCK_PATIENCE).await?;
        lock.ok_or(Error::Busy)
    }

    /// Waits until no process works with an older generation of the agent. `false` when one still
    /// does in the end. Processes that do not answer are left alone: nothing leaves them without
    /// a lease, and they take the change up before they have one again.
    pub(super) async fn wait_until_seen(
        &self,
        agent: &AgentName,
        generation: i64,
        patience: Duration,
    ) -> Result<bool, Error> {
        let leave = Overdue::Leave;
        let seen = wait_until_seen(&self.registry, agent, generation, leave, patience).await?;
        Ok(seen.behind == 0)
    }

    /// A place where a test may want this process to die. Nothing of it is in a release.
    #[cfg_attr(
        not(debug_assertions),
        expect(clippy::unused_self, reason = "the place is only known to tests")
    )]
    pub(super) fn reached(&self, place: &str) {
        #[cfg(all(debug_assertions, unix))]
        if self.dies_at.as_deref() == Some(place) {
            let _died = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
        }
        #[cfg(not(all(debug_assertions, unix)))]
        let _nobody_asks = place;
    }
}

/// The name of the lock on the tokens of a Make user.
pub(super) fn lock_name(zone: &Zone, user: u64) -> String {
    format!("{}-{user}", zone.host())
}

/// A reference as it was kept.
pub(super) fn reference(store: &str) -> Result<SecretReference, Error> {
    store.parse().map_err(|_| Error::BadStore)
}

/// Sends what an operator's command has to send.
pub(super) async fn ask<T: DeserializeOwned + Send>(
    client: &Client,
    request: Request<T>,
) -> Result<T, make::Error> {
    let (permit, departure) = (policy::operator(), Departure::default());
    Ok(client.send(&permit, &departure, &request).await?.body)
}

/// Whether a secret is there already.
pub(super) async fn is_there(stores: &Stores, at: &SecretReference) -> Result<bool, Error> {
    match stores.get(at).await {
        Ok(_) => Ok(true),
        Err(crate::secrets::Error::Missing { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
