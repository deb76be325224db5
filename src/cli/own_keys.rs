//! Keys of this program's own: that of the trail and that of approvals. Entries of the default
//! store, each made at its first use.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::audit::Trail;
use crate::config::Variables;
use crate::network::Network;
use crate::secret::{RootKey, Secret};
use crate::secrets::{Error, SecretReference, Stores};
use crate::state::State;
use crate::tools::{Approvals, KeySource};

const TRAIL: &str = "trail-key";
const APPROVALS: &str = "approval-key";
/// How long one process waits for another that makes the key.
const PATIENCE: Duration = Duration::from_secs(5);

/// The trail of this home folder. Does no I/O.
pub(super) fn trail(home: Option<PathBuf>) -> Trail {
    Trail::at(home.clone(), source(home, TRAIL))
}

/// The same for who only reads: a key that is missing is not made.
pub(super) fn read_trail(home: Option<PathBuf>) -> Trail {
    Trail::at(home.clone(), reading(home, TRAIL))
}

/// The approvals of this home folder for who only reads.
pub(super) fn read_approvals(home: Option<PathBuf>) -> Approvals {
    Approvals::at(State::at(home.clone()), reading(home, APPROVALS))
}

/// Where a key comes from that is not made when it is missing.
fn reading(home: Option<PathBuf>, name: &'static str) -> KeySource {
    let stores = Stores::at(home, &Variables::of_process(), &Network::default());
    Arc::new(move || {
        let stores = stores.clone();
        Box::pin(async move {
            let key = existing(&stores, name).await;
            key.map_err(|error| format!("{error}; {}", error.next()))?
                .ok_or_else(|| format!("`{name}` is not in the store"))
        })
    })
}

/// Where the key of approvals comes from. Does no I/O.
pub(super) fn approval_key(home: Option<PathBuf>) -> KeySource {
    source(home, APPROVALS)
}

/// The approvals of this home folder. Does no I/O.
pub(super) fn approvals(home: Option<PathBuf>) -> Approvals {
    Approvals::at(State::at(home.clone()), approval_key(home))
}

fn source(home: Option<PathBuf>, name: &'static str) -> KeySource {
    let stores = Stores::at(home.clone(), &Variables::of_process(), &Network::default());
    let state = State::at(home);
    Arc::new(move || {
        let (stores, state) = (stores.clone(), state.clone());
        Box::pin(async move { key(&stores, &state, name).await })
    })
}

/// A key of ours; made when there is none.
async fn key(stores: &Stores, state: &State, name: &str) -> Result<Secret, String> {
    let failed = |error: &Error| format!("{error}; {}", error.next());
    if let Some(key) = existing(stores, name)
        .await
        .map_err(|error| failed(&error))?
    {
        return Ok(key);
    }
    // Two first uses at once must not get two keys.
    let lock = state.lock(name, PATIENCE).await;
    let held = lock
        .map_err(|error| error.to_string())?
        .ok_or("another process is making it")?;
    if let Some(key) = existing(stores, name)
        .await
        .map_err(|error| failed(&error))?
    {
        return Ok(key);
    }
    let key = RootKey::fresh().ok_or("the system has no random numbers")?;
    let kept = stores.put(&SecretReference::default_for(name), &key).await;
    kept.map_err(|error| failed(&error))?;
    // From here on everybody finds the key.
    held.end();
    Ok(key)
}

/// The key, when there is one.
async fn existing(stores: &Stores, name: &str) -> Result<Option<Secret>, Error> {
    match stores.get(&SecretReference::default_for(name)).await {
        Ok(key) => Ok(Some(key)),
        Err(Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
