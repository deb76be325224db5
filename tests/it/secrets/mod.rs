//! The stores of secrets, attacked: by other processes, by kills, by damaged files, by helpers and
//! servers that misbehave.
#![expect(
    clippy::disallowed_methods,
    reason = "tests write files of their own, and are told by variables where a server is"
)]

mod age;
mod age_processes;
mod contract;
mod exec;
mod live_aws;
mod live_keyring;
mod live_vault;
mod mounted;
mod vault;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use make_credentials_mcp::config::Variables;
use make_credentials_mcp::network::Network;
use make_credentials_mcp::secret::Secret;
use make_credentials_mcp::secrets::{Error, SecretReference, Stores};

/// Stands in every value, so that a leak is found.
pub(crate) const CANARY: &str = "hunter2-canary-58c1";

/// A folder that goes when the test ends.
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("make-secrets-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn stores(&self) -> Stores {
        stores(Some(self.0.clone()), &[])
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.0.join("secrets/vault.age")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("secrets/key.txt")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn stores(home: Option<PathBuf>, variables: &[(&str, &str)]) -> Stores {
    let variables: std::collections::BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let variables = Variables::from(move |name| variables.get(name).cloned());
    Stores::at(home, &variables, &Network::default())
}

pub(crate) fn at(text: &str) -> SecretReference {
    text.parse().unwrap()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

/// What an error shows in any way, checked for values.
pub(crate) fn shown(error: &Error) -> String {
    let text = format!("{error} / {} / {error:?}", error.next());
    assert!(!text.contains("hunter2"), "{text}");
    text
}
