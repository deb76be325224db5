//! `keyring:NAME`: the Keychain of macOS, the Credential Manager of Windows, the Secret Service of
//! a Linux desktop. Each access has 2 s, because a keyring that is locked or not there waits for
//! somebody who may never come. Windows keeps at most 2,560 bytes in one entry.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain as system;
#[cfg(target_os = "linux")]
use dbus_secret_service_keyring_store as system;
use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi as _;
use tokio::sync::Semaphore;
#[cfg(windows)]
use windows_native_keyring_store as system;

use super::reference::Name;
use super::store::{Store, blocking};
use super::{Error, SecretReference};
use crate::secret::Secret;

const LIMIT: Duration = Duration::from_secs(2);
/// All entries of ours.
const SERVICE: &str = "make-credentials-mcp";
/// An access that hangs keeps its thread; there are never more of them than this.
const MOST_THREADS: usize = 4;

#[derive(Debug)]
pub(super) struct Keyring {
    threads: Arc<Semaphore>,
}

impl Keyring {
    pub(super) fn new() -> Self {
        Self {
            threads: Arc::new(Semaphore::new(MOST_THREADS)),
        }
    }

    /// Works on the keyring in a thread of its own, connected anew each time: the keyring may
    /// have been started again.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&system::Store) -> Result<T, keyring_core::Error> + Send + 'static,
        name: Option<&Name>,
    ) -> Result<T, Error> {
        let at = name.map(|name| SecretReference::Keyring(name.clone()).to_string());
        let threads = Arc::clone(&self.threads);
        let turn = tokio::time::timeout(LIMIT, threads.acquire_owned()).await;
        let turn = turn.map_err(|_| TIMED_OUT)?;
        blocking(Self::SCHEME, LIMIT, move || {
            let _until_it_ends = turn;
            let done = system::Store::new().and_then(|store| work(&store));
            done.map_err(|error| in_our_words(&error, at.unwrap_or_default()))
        })
        .await
    }
}

impl Store for Keyring {
    type At = Name;
    const SCHEME: &'static str = "keyring";

    async fn get(&self, at: &Name) -> Result<Secret, Error> {
        let name = at.clone();
        let work = move |store: &system::Store| {
            let value = entry(store, &name)?.get_password()?;
            Ok(Secret::new(value))
        };
        self.with(work, Some(at)).await
    }

    async fn put(&self, at: &Name, value: &Secret) -> Result<(), Error> {
        let (name, value) = (at.clone(), value.clone());
        let work = move |store: &system::Store| {
            // EXPOSE: to the keyring of this user.
            entry(store, &name)?.set_password(value.expose())
        };
        self.with(work, Some(at)).await
    }

    async fn delete(&self, at: &Name) -> Result<(), Error> {
        let name = at.clone();
        let work = move |store: &system::Store| match entry(store, &name)?.delete_credential() {
            Err(keyring_core::Error::NoEntry) => Ok(()),
            done => done,
        };
        self.with(work, Some(at)).await
    }

    async fn names(&self, _: &Name) -> Result<Vec<String>, Error> {
        let work = |store: &system::Store| {
            let mut names: Vec<String> = store
                .search(&HashMap::from([("service", SERVICE)]))?
                .iter()
                .filter_map(Entry::get_specifiers)
                .filter(|(service, _)| service == SERVICE)
                .map(|(_, name)| name)
                .collect();
            names.sort_unstable();
            names.dedup();
            Ok(names)
        };
        self.with(work, None).await
    }
}

fn entry(store: &system::Store, name: &Name) -> Result<Entry, keyring_core::Error> {
    store.build(SERVICE, name.as_str(), None)
}

const TIMED_OUT: Error = Error::TimedOut {
    store: Keyring::SCHEME,
    limit_s: LIMIT.as_secs(),
};

/// A keyring's own text may hold anything, and is dropped.
fn in_our_words(error: &keyring_core::Error, at: String) -> Error {
    use keyring_core::Error as E;
    let unavailable = |why| Error::Unavailable {
        store: Keyring::SCHEME,
        why,
    };
    match error {
        E::NoEntry => Error::Missing { at },
        E::BadEncoding(_) | E::BadDataFormat(..) => Error::NotText { at },
        E::TooLong(_, most) => Error::TooLarge {
            store: Keyring::SCHEME,
            most_bytes: usize::try_from(*most).unwrap_or(0),
        },
        E::NoStorageAccess(_) => unavailable("it is locked, or its owner said no"),
        E::Ambiguous(_) => unavailable("it holds several entries of that name"),
        E::PlatformFailure(_)
        | E::BadStoreFormat(_)
        | E::Invalid(..)
        | E::NoDefaultStore
        | E::NotSupportedByStore(_)
        | _ => unavailable("there is none, or it does not answer"),
    }
}
