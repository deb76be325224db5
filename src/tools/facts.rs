//! What this process has learned of its own token, remembered for ten minutes: its scopes, its
//! user, the organizations it reaches.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::make::keys::KeyType;
use crate::make::organizations::Organization;
use crate::make::users::{Authorization, User};
use crate::make::{self, Client, Departure, Request};
use crate::policy::Permit;

const REMEMBERED: Duration = Duration::from_mins(10);
/// One page of organizations; a token that reaches more is diagnosed by what is on it.
const ORGANIZATIONS: u64 = 1000;

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
    me: Fact<User>,
    organizations: Fact<Vec<Organization>>,
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
        let request = make::organizations::organizations(0, ORGANIZATIONS);
        let answer = ask(make, permit, request).await?;
        Ok(self.organizations.learn(answer.organizations))
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

    /// The organizations, when they have been asked already.
    pub(super) fn known_organizations(&self) -> Option<Arc<Vec<Organization>>> {
        self.organizations.known()
    }
}
