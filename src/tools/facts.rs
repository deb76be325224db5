//! What this process has learned of its own token, remembered for ten minutes: its scopes, its
//! user, the organizations it reaches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::make::keys::KeyType;
use crate::make::organizations::Organization;
use crate::make::users::{Authorization, User};
use crate::make::{self, Client, Departure, Request};
use crate::policy::Permit;

const REMEMBERED: Duration = Duration::from_mins(10);
/// How long nobody waits again for what did not come in time.
const LATE: Duration = Duration::from_mins(1);

/// A fact with the time it was learned.
#[derive(Debug)]
struct Fact<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Default for Fact<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Fact<T> {
    fn known(&self) -> Option<Arc<T>> {
        let fact = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fact.as_ref()
            .filter(|(at, _)| at.elapsed() < REMEMBERED)
            .map(|(_, fact)| Arc::clone(fact))
    }

    fn learn(&self, fact: T) -> Arc<T> {
        let fact = Arc::new(fact);
        let learned = (Instant::now(), Arc::clone(&fact));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(learned);
        fact
    }
}

/// The facts about one token.
#[derive(Debug, Default)]
pub(super) struct Facts {
    authorization: Fact<Authorization>,
    /// When the authorization did not come in time.
    late: Mutex<Option<Instant>>,
    me: Fact<User>,
    organizations: Fact<Vec<Organization>>,
    /// Make does not tell them to this token.
    refused: Fact<()>,
    key_types: Fact<Vec<KeyType>>,
}

async fn ask<T: serde::de::DeserializeOwned + Send>(
    make: &Client,
    permit: &Permit,
    request: Request<T>,
) -> Result<T, make::Error> {
    Ok(make
        .send(permit, &Departure::default(), &request)
        .await?
        .body)
}

impl Facts {
    pub(super) async fn authorization(
        &self,
        make: &Client,
        permit: &Permit,
    ) -> Result<Arc<Authorization>, make::Error> {
        if let Some(known) = self.authorization.known() {
            return Ok(known);
        }
        let answer = ask(make, permit, make::users::current_authorization()).await?;
        Ok(self.authorization.learn(answer.authorization))
    }

    /// The same, when it comes in time. Nobody waits for it again within a minute after it did not.
    pub(super) async fn authorization_within(
        &self,
        patience: Duration,
        make: &Client,
        permit: &Permit,
    ) -> Option<Arc<Authorization>> {
        let is_late = |late: Instant| late.elapsed() < LATE;
        if self.authorization.known().is_none() && self.late().is_some_and(is_late) {
            return None;
        }
        let asked = self.authorization(make, permit);
        let Ok(answer) = tokio::time::timeout(patience, asked).await else {
            *self.late() = Some(Instant::now());
            return None;
        };
        answer.ok()
    }

    fn late(&self) -> MutexGuard<'_, Option<Instant>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn me(
        &self,
        make: &Client,
        permit: &Permit,
    ) -> Result<Arc<User>, make::Error> {
        if let Some(known) = self.me.known() {
            return Ok(known);
        }
        let answer = ask(make, permit, make::users::me()).await?;
        Ok(self.me.learn(answer.auth_user))
    }

    pub(super) async fn organizations(
        &self,
        make: &Client,
        permit: &Permit,
    ) -> Result<Arc<Vec<Organization>>, make::Error> {
        if let Some(known) = self.organizations.known() {
            return Ok(known);
        }
        let read = |page| ask(make, permit, page);
        let all = make::pages::all(make::organizations::organizations, read).await;
        if let Err(make::Error::Forbidden(_)) = all {
            self.refused.learn(());
        }
        Ok(self.organizations.learn(all?))
    }

    /// The same where they are a courtesy: a token that may not read them is not asked again for
    /// ten minutes. `None` where they are not told.
    pub(super) async fn organizations_if_told(
        &self,
        make: &Client,
        permit: &Permit,
    ) -> Option<Arc<Vec<Organization>>> {
        if self.organizations.known().is_none() && self.refused.known().is_some() {
            return None;
        }
        self.organizations(make, permit).await.ok()
    }

    pub(super) async fn key_types(
        &self,
        make: &Client,
        permit: &Permit,
    ) -> Result<Arc<Vec<KeyType>>, make::Error> {
        if let Some(known) = self.key_types.known() {
            return Ok(known);
        }
        let answer = ask(make, permit, make::keys::types()).await?;
        Ok(self.key_types.learn(answer.keys_types))
    }

    /// What the token may do, when that has been asked already.
    pub(super) fn known_authorization(&self) -> Option<Arc<Authorization>> {
        self.authorization.known()
    }

    /// The organizations, when they have been asked already.
    pub(super) fn known_organizations(&self) -> Option<Arc<Vec<Organization>>> {
        self.organizations.known()
    }
}
