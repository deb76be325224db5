//! Where a session reads named secrets: in the stores of this machine, at each use.

use std::path::PathBuf;
use std::sync::Arc;

use super::network;
use crate::config::Variables;
use crate::secrets::{Error, SecretReference, Stores};
use crate::state::State;
use crate::tools::SecretSource;

/// The stores of this home folder, reached on the way that is configured when one is asked.
pub(super) fn named_secrets(home: Option<PathBuf>) -> SecretSource {
    let state = State::at(home.clone());
    Arc::new(move |at: SecretReference| {
        let (home, state) = (home.clone(), state.clone());
        Box::pin(async move {
            let network = network::kept(&state).await;
            let network = network.map_err(|_| Error::Unavailable {
                store: at.scheme(),
                why: "the configured way to it cannot be read",
            })?;
            let stores = Stores::at(home, &Variables::of_process(), &network);
            stores.get(&at).await
        })
    })
}
