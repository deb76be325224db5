//! The key of the trail: an entry of the default store, made at the first line.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::audit::{Trail, fresh_key};
use crate::config::Variables;
use crate::network::Network;
use crate::secret::Secret;
use crate::secrets::{Error, SecretReference, Stores};
use crate::state::State;

const NAME: &str = "trail-key";
/// How long one process waits for another that makes the key.
const PATIENCE: Duration = Duration::from_secs(5);

/// The trail of this home folder. Does no I/O.
pub(super) fn trail(home: Option<PathBuf>) -> Trail {
    let stores = Stores::at(home.clone(), &Variables::of_process(), &Network::default());
    let state = State::at(home.clone());
    let source = move || {
        let (stores, state) = (stores.clone(), state.clone());
        let key = async move { key(&stores, &state).await };
        Box::pin(key) as crate::audit::KeyComing
    };
    Trail::at(home, Arc::new(source))
}

/// The same for who only reads: a key that is missing is not made.
pub(super) fn read_trail(home: Option<PathBuf>) -> Trail {
    let stores = Stores::at(home.clone(), &Variables::of_process(), &Network::default());
    let source = move || {
        let stores = stores.clone();
        let key = async move {
            let key = existing(&stores).await;
            key.map_err(|error| format!("{error}; {}", error.next()))?
                .ok_or_else(|| format!("`{NAME}` is not in the store"))
        };
        Box::pin(key) as crate::audit::KeyComing
    };
    Trail::at(home, Arc::new(source))
}

/// The key of the trail; made when there is none.
async fn key(stores: &Stores, state: &State) -> Result<Secret, String> {
    let failed = |error: &Error| format!("{error}; {}", error.next());
    if let Some(key) = existing(stores).await.map_err(|error| failed(&error))? {
        return Ok(key);
    }
    // Two first lines at once must not get two keys.
    let lock = state.lock(NAME, PATIENCE).await;
    let _held = lock
        .map_err(|error| error.to_string())?
        .ok_or("another process is making it")?;
    if let Some(key) = existing(stores).await.map_err(|error| failed(&error))? {
        return Ok(key);
    }
    let key = fresh_key().ok_or("the system has no random numbers")?;
    let kept = stores.put(&SecretReference::default_for(NAME), &key).await;
    kept.map_err(|error| failed(&error))?;
    Ok(key)
}

/// The key of the trail, when there is one.
async fn existing(stores: &Stores) -> Result<Option<Secret>, Error> {
    match stores.get(&SecretReference::default_for(NAME)).await {
        Ok(key) => Ok(Some(key)),
        Err(Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
