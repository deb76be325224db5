//! Whose an object is, as far as this process has seen it. An object does not change team, so
//! what was seen once holds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::grants::Object;
use crate::ids::{CredentialId, RequestId, TeamId};

/// More than any agent touches; past it the memory starts anew.
const MOST: usize = 20_000;

#[derive(Debug, Default)]
pub(super) struct Owners(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    teams: HashMap<Object, TeamId>,
    requests: HashMap<CredentialId, RequestId>,
}

impl Owners {
    pub(super) fn team(&self, object: &Object) -> Option<TeamId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .teams
            .get(object)
            .copied()
    }

    pub(super) fn remember(&self, object: Object, team: TeamId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.teams.len() >= MOST {
            known.teams.clear();
        }
        known.teams.insert(object, team);
    }

    /// The request that a credential was seen in.
    pub(super) fn request(&self, credential: &CredentialId) -> Option<RequestId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .requests
            .get(credential)
            .cloned()
    }

    pub(super) fn remember_credential(&self, credential: CredentialId, request: RequestId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.requests.len() >= MOST {
            known.requests.clear();
        }
        known.requests.insert(credential, request);
    }
}
