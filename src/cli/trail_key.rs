//! The key of the trail, in the store where secrets of ours go. Made at the first line.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::audit::{KeyComing, Trail, fresh_key};
use crate::config::Variables;
use crate::network::Network;
use crate::secret::Secret;
use crate::secrets::{Error, SecretReference, Stores};
use crate::state::State;

const NAME: &str = "trail-key";
/// How long one process waits while another makes the key.
const PATIENCE: Duration = Duration::from_secs(10);

/// The trail of this home folder. Does no I/O and asks no store.
pub(super) fn trail(home: Option<PathBuf>) -> Trail {
    let place = home.clone();
    let source = move || {
        let place = place.clone();
        let key = async move { trail_key(place).await.map_err(|error| format!("{error:#}")) };
        Box::pin(key) as KeyComing
    };
    Trail::at(home, Arc::new(source))
}

/// The trail of this home folder for who only reads it: a key that is missing is not made.
pub(super) fn read_trail(home: Option<PathBuf>) -> Trail {
    let place = home.clone();
    let source = move || {
        let place = place.clone();
        let key = async move {
            let key = existing_trail_key(place).await;
            key.map_err(|error| format!("{error:#}"))?
                .ok_or_else(|| format!("there is no `{NAME}` in the store"))
        };
        Box::pin(key) as KeyComing
    };
    Trail::at(home, Arc::new(source))
}

/// The key of the trail; made when there is none.
async fn trail_key(home: Option<PathBuf>) -> anyhow::Result<Secret> {
    if let Some(key) = existing_trail_key(home.clone()).await? {
        return Ok(key);
    }
    let lock = State::at(home.clone()).lock(NAME, PATIENCE).await?;
    let _turn = lock.context("another process is making it and does not end")?;
    if let Some(key) = existing_trail_key(home.clone()).await? {
        return Ok(key);
    }
    let key = fresh_key().context("the system has no random numbers")?;
    stores(home).put(&place(), &key).await?;
    Ok(key)
}

/// The key of the trail, when there is one.
async fn existing_trail_key(home: Option<PathBuf>) -> anyhow::Result<Option<Secret>> {
    match stores(home).get(&place()).await {
        Ok(key) => Ok(Some(key)),
        Err(Error::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn place() -> SecretReference {
    SecretReference::default_for(NAME)
}

fn stores(home: Option<PathBuf>) -> Stores {
    Stores::at(home, &Variables::of_process(), &Network::default())
}
