//! `age:NAME`: one encrypted file in the home folder (age, x25519), with its key beside it. The
//! key keeps secrets out of backups of single files, out of searches and off screens; who may read
//! as this user reads both. Writers take turns by a lock file; readers need none, because the file
//! is replaced whole.
//!
//! What is encrypted is a JSON object of names and values, so that
//! `age -d -i secrets/key.txt secrets/vault.age` brings everything back without this program.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use age::x25519::{Identity, Recipient};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::reference::Name;
use super::store::{Store, blocking};
use super::{Error, SecretReference, files};
use crate::secret::Secret;

/// For the whole of one call; the turn of others included.
const LIMIT: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_secs(10);
const LARGEST_KEY: usize = 4 << 10;
const LARGEST_VAULT: usize = 16 << 20;

/// The encrypted file. Nothing is read or made before it is needed, and nothing is remembered.
#[derive(Debug)]
pub(super) struct Age {
    /// The home folder.
    pub(super) home: Option<PathBuf>,
}

/// All secrets of the file.
type Entries = BTreeMap<String, Held>;

/// A value that can be read out of JSON, and not be written by accident.
struct Held(Secret);

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|value| Self(Secret::new(value)))
    }
}

impl Store for Age {
    type At = Name;
    const SCHEME: &'static str = "age";

    async fn get(&self, at: &Name) -> Result<Secret, Error> {
        let name = at.clone();
        self.with(move |place| match place.read()?.remove(name.as_str()) {
            Some(Held(secret)) => Ok(secret),
            None => Err(Error::Missing {
                at: SecretReference::Age(name).to_string(),
            }),
        })
        .await
    }

    async fn put(&self, at: &Name, value: &Secret) -> Result<(), Error> {
        let (name, value) = (at.as_str().to_owned(), value.clone());
        self.with(move |place| {
            place.change(|entries| {
                entries.insert(name, Held(value));
                true
            })
        })
        .await
    }

    async fn delete(&self, at: &Name) -> Result<(), Error> {
        let name = at.as_str().to_owned();
        self.with(move |place| {
            // What is not there is not deleted, and no folder is made for it.
            if !place.read()?.contains_key(&name) {
                return Ok(());
            }
            place.change(|entries| entries.remove(&name).is_some())
        })
        .await
    }

    async fn names(&self, _: &Name) -> Result<Vec<String>, Error> {
        self.with(|place| Ok(place.read()?.into_keys().collect()))
            .await
    }
}

impl Age {
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Place) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let home = self.home.as_ref().ok_or(Error::NoHome)?;
        let place = Place(home.join("secrets"));
        blocking(Self::SCHEME, LIMIT, move || work(&place)).await
    }
}

/// The folder of the file, its key and the lock.
struct Place(PathBuf);

impl Place {
    fn key(&self) -> PathBuf {
        self.0.join("key.txt")
    }

    fn vault(&self) -> PathBuf {
        self.0.join("vault.age")
    }

    /// All secrets; none when nothing was ever put.
    fn read(&self) -> Result<Entries, Error> {
        if std::fs::symlink_metadata(&self.0)
            .is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
        {
            return Ok(Entries::new());
        }
        files::check_folder(&self.0)?;
        // The vault before the key: the first put makes the key first, so who sees a vault finds
        // its key.
        let vault = self.vault();
        let Some(bytes) = files::read_private(&vault, LARGEST_VAULT)? else {
            return Ok(Entries::new());
        };
        let key = self.read_key()?.ok_or_else(|| Error::Io {
            path: self.key(),
            action: "read",
        })?;
        open(&key, &bytes).ok_or(Error::Corrupt { path: vault })
    }

    /// Reads, changes and writes while nobody else does. `false` says that nothing is different.
    fn change(&self, change: impl FnOnce(&mut Entries) -> bool) -> Result<(), Error> {
        files::make_folder(&self.0)?;
        let _turn = self.lock()?;
        let mut entries = self.read()?;
        if !change(&mut entries) {
            return Ok(());
        }
        let key = match self.read_key()? {
            Some(key) => key,
            None => self.make_key()?,
        };
        let bytes = seal(&key.to_public(), &entries).ok_or(Error::Unavailable {
            store: Age::SCHEME,
            why: "encrypting failed",
        })?;
        if bytes.len() > LARGEST_VAULT {
            return Err(Error::Unavailable {
                store: Age::SCHEME,
                why: "the file is full",
            });
        }
        files::replace(&self.vault(), &bytes)
    }

    /// Waits for the turn of this process; the system ends it when the process dies.
    fn lock(&self) -> Result<File, Error> {
        let path = self.0.join("lock");
        let file = files::open_lock(&path)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(3));
                }
                Err(TryLockError::WouldBlock) => return Err(Error::Busy { path }),
                Err(TryLockError::Error(_)) => {
                    return Err(Error::Io {
                        path,
                        action: "written",
                    });
                }
            }
        }
    }

    fn read_key(&self) -> Result<Option<Identity>, Error> {
        let path = self.key();
        let Some(bytes) = files::read_private(&path, LARGEST_KEY)? else {
            return Ok(None);
        };
        let bytes = Zeroizing::new(bytes);
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        let line = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
        let key = line.and_then(|line| line.parse().ok());
        key.map(Some).ok_or(Error::Corrupt { path })
    }

    /// Only under the lock, and only where there is neither key nor vault.
    fn make_key(&self) -> Result<Identity, Error> {
        use age::secrecy::ExposeSecret as _;
        let key = Identity::generate();
        let text = key.to_string();
        // EXPOSE: into the key file, which its owner alone may read.
        let line = Zeroizing::new(format!("{}\n", text.expose_secret()));
        files::replace(&self.key(), line.as_bytes())?;
        Ok(key)
    }
}

/// `None` when the key does not fit or a byte is not the one that was written.
fn open(key: &Identity, bytes: &[u8]) -> Option<Entries> {
    let vault = age::Decryptor::new_buffered(bytes).ok()?;
    let keys = std::iter::once::<&dyn age::Identity>(key);
    let mut clear = Zeroizing::new(Vec::with_capacity(bytes.len()));
    vault.decrypt(keys).ok()?.read_to_end(&mut clear).ok()?;
    serde_json::from_slice(&clear).ok()
}

fn seal(to: &Recipient, entries: &Entries) -> Option<Vec<u8>> {
    let plain: BTreeMap<&str, &str> = entries
        .iter()
        // EXPOSE: to the encryption; the buffer in clear is wiped.
        .map(|(name, held)| (name.as_str(), held.0.expose()))
        .collect();
    let size: usize = plain
        .iter()
        .map(|(name, value)| name.len() + value.len() + 8)
        .sum();
    // Large enough for ordinary text, because a buffer that grows leaves copies behind.
    let mut clear = Zeroizing::new(Vec::with_capacity(size * 2 + 2));
    serde_json::to_writer(&mut *clear, &plain).ok()?;
    let recipients = std::iter::once::<&dyn age::Recipient>(to);
    let mut sealed = Vec::with_capacity(clear.len() + 1024);
    let encryptor = age::Encryptor::with_recipients(recipients).ok()?;
    let mut writer = encryptor.wrap_output(&mut sealed).ok()?;
    writer.write_all(&clear).ok()?;
    writer.finish().ok()?;
    Some(sealed)
}
