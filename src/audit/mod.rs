//! The trail: `audit.jsonl` in the home folder, one line an event, chained by MACs across all
//! processes. A change is on disk here before it leaves, or it does not leave.

mod ending;
mod event;
mod files;
mod head;
mod intent;
mod key;
mod line;
mod lines;
mod lock;
mod reader;
mod recover;
mod verify;
mod writer;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::secret::Secret;

pub use event::{
    Action, Call, Caller, Change, Confirmed, ConfirmedBy, Decision, Did, End, Event, Label,
    Outcome, Route, Settled, TokenPrefix,
};
pub use intent::Intent;
pub use key::fresh_key;
pub use reader::{Mark, Snapshot};
pub use verify::{Finding, Kept, Report};

use key::Keys;
use writer::{Writer, Written};

/// How long one process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same where nobody may be held up.
const SHORT_PATIENCE: Duration = Duration::from_millis(200);
/// How long a key that could not be had is not asked for again: the store may ask a person.
const KEY_PAUSE: Duration = Duration::from_secs(30);
/// How large a file grows.
const ROTATE_AT: u64 = 16 << 20;

/// Why the trail cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no place for it.
    #[error("the trail has no place: no home folder is known; set MAKE_CREDENTIALS_HOME")]
    NoHome,
    /// Its key cannot be had.
    #[error("the trail's key cannot be had: {0}")]
    Key(String),
    /// Another process holds the lock and does not give it back.
    #[error("the trail is held by another process")]
    Busy,
    /// A file of it cannot be made, opened or renamed.
    #[error("{file} cannot be opened in the home folder: {why}")]
    Open {
        /// Its name.
        file: String,
        /// What the system said.
        why: String,
    },
    /// A file of it cannot be written.
    #[error("{file} cannot be written in the home folder: {why}")]
    Write {
        /// Its name.
        file: String,
        /// What the system said.
        why: String,
    },
    /// The work was given up because the process ends.
    #[error("the trail was not reached before the process ended")]
    Ending,
}

impl Error {
    fn open(file: &str, error: &io::Error) -> Self {
        Self::Open {
            file: file.to_owned(),
            why: error.to_string(),
        }
    }

    fn write(file: &str, error: &io::Error) -> Self {
        Self::Write {
            file: file.to_owned(),
            why: error.to_string(),
        }
    }
}

/// The key when it comes.
pub type KeyComing = Pin<Box<dyn Future<Output = Result<Secret, String>> + Send>>;
/// Where the key comes from. Asked at the first line and not at the start.
pub type KeySource = Arc<dyn Fn() -> KeyComing + Send + Sync>;

/// A line of the trail: what to keep elsewhere, so that a trail that was put back is noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its sequence number.
    pub sequence: u64,
    /// Its MAC.
    pub mac: String,
}

/// The trail. Cheap to clone.
#[derive(Clone)]
pub struct Trail(Arc<Inner>);

struct Inner {
    home: Option<PathBuf>,
    source: KeySource,
    keys: tokio::sync::Mutex<Known>,
    writer: Mutex<Option<Writer>>,
    generation: AtomicU64,
    complained: AtomicBool,
}

/// What is known of the key.
#[derive(Default)]
enum Known {
    #[default]
    Nothing,
    Keys(Arc<Keys>),
    Not(String, Instant),
}

impl std::fmt::Debug for Trail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trail")
            .field("home", &self.0.home)
            .finish_non_exhaustive()
    }
}

impl Trail {
    /// The trail in this home folder. Does no I/O and does not ask for the key.
    pub fn at(home: Option<PathBuf>, source: KeySource) -> Self {
        Self::rotating(home, source, ROTATE_AT)
    }

    /// The same with files of another size.
    pub fn rotating(home: Option<PathBuf>, source: KeySource, rotate_at: u64) -> Self {
        let writer = home.clone().map(|home| Writer::new(home, rotate_at));
        Self(Arc::new(Inner {
            home,
            source,
            keys: tokio::sync::Mutex::default(),
            writer: Mutex::new(writer),
            generation: AtomicU64::new(0),
            complained: AtomicBool::new(false),
        }))
    }

    /// Writes down that a changing request is about to leave. It is on disk when this returns.
    ///
    /// # Errors
    /// When it is not: then the request must not leave.
    pub async fn intend(&self, mut change: Change) -> Result<Intent, Error> {
        let keys = self.keys().await?;
        let generation = self.0.generation.load(Ordering::Relaxed);
        change.generation = (generation > 0).then_some(generation);
        let trail = self.clone();
        // Should nobody wait any more, the intent is dropped there and says that nothing left.
        let done = tokio::task::spawn_blocking(move || trail.write_intent(&keys, change));
        done.await.map_err(|_| Error::Ending)?
    }

    fn write_intent(&self, keys: &Arc<Keys>, change: Change) -> Result<Intent, Error> {
        let caller = change.caller.clone();
        let body = body_of(&Event::Intent(change));
        let written = self.append(keys, &body, PATIENCE)?;
        let intent = Intent::new(self.clone(), Arc::clone(keys), caller, written.sequence);
        match written.sync() {
            Ok(()) => {
                if let Some(writer) = self.writer().as_mut() {
                    writer.synced(written.sequence);
                }
                Ok(intent)
            }
            Err(error) => {
                let code = "audit_unavailable";
                intent.end(Outcome::NotSent { code }, None);
                Err(Error::write(files::CURRENT, &error))
            }
        }
    }

    /// Writes down what became of an intent. Never fails the call: the log says it, once.
    pub async fn settle(&self, intent: Intent, outcome: Outcome, status: Option<u16>) {
        let event = intent.ended(outcome, status);
        if let Err(error) = self.note(event).await {
            self.complain(&error);
        }
    }

    /// Writes a line, without waiting for the disk.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn note(&self, event: Event) -> Result<(), Error> {
        let keys = self.keys().await?;
        let body = body_of(&event);
        if let Some(done) = self.append_at_once(&keys, &body) {
            return done;
        }
        let trail = self.clone();
        let done = tokio::task::spawn_blocking(move || trail.append(&keys, &body, PATIENCE));
        done.await.map_err(|_| Error::Ending)?.map(|_| ())
    }

    /// The digests of arguments. Who has the key can compare them with a value; nobody else can
    /// try values against them.
    ///
    /// # Errors
    /// When the key cannot be had.
    pub async fn digests<'a>(
        &self,
        arguments: impl IntoIterator<Item = (&'a String, &'a Value)>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let keys = self.keys().await?;
        let digest =
            |(field, value): (&'a String, &'a Value)| (field.clone(), keys.argument(field, value));
        Ok(arguments.into_iter().map(digest).collect())
    }

    /// The last line that this process has written or seen.
    pub fn anchor(&self) -> Option<Anchor> {
        let writer = self.writer();
        let known = writer.as_ref()?.known()?;
        Some(Anchor {
            sequence: known.sequence,
            mac: known.mac.clone(),
        })
    }

    /// How often an anchor was kept elsewhere; each following intent says it.
    pub fn anchored(&self, generation: u64) {
        self.0.generation.fetch_max(generation, Ordering::Relaxed);
    }

    /// Verifies the trail as it is now. `kept` is what is kept of it elsewhere; `None` when that
    /// was not asked.
    ///
    /// # Errors
    /// When it cannot be read, or the key cannot be had.
    pub async fn verify(&self, kept: Option<Kept>) -> Result<(Snapshot, Report), Error> {
        let keys = self.keys().await?;
        let home = self.0.home.clone().ok_or(Error::NoHome)?;
        let done = tokio::task::spawn_blocking(move || {
            let snapshot = Snapshot::take(&home)?;
            let report = verify::verify(&snapshot, &keys, kept.as_ref())
                .map_err(|error| Error::open(files::CURRENT, &error))?;
            Ok((snapshot, report))
        });
        done.await.map_err(|_| Error::Ending)?
    }

    /// Says once that the trail is not written, until it is again.
    pub fn complain(&self, error: &Error) {
        if !self.0.complained.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the trail is not written; calls that change something are refused");
        }
    }

    async fn keys(&self) -> Result<Arc<Keys>, Error> {
        if self.0.home.is_none() {
            return Err(Error::NoHome);
        }
        let mut known = self.0.keys.lock().await;
        match &*known {
            Known::Keys(keys) => return Ok(Arc::clone(keys)),
            Known::Not(why, since) if since.elapsed() < KEY_PAUSE => {
                return Err(Error::Key(why.clone()));
            }
            Known::Nothing | Known::Not(..) => {}
        }
        let key = (self.0.source)().await;
        let keys = key.and_then(|key| Keys::of(&key).ok_or("it is no key of a trail".to_owned()));
        match keys {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *known = Known::Keys(Arc::clone(&keys));
                Ok(keys)
            }
            Err(why) => {
                *known = Known::Not(why.clone(), Instant::now());
                Err(Error::Key(why))
            }
        }
    }

    fn writer(&self) -> std::sync::MutexGuard<'_, Option<Writer>> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, keys: &Keys, body: &[u8], patience: Duration) -> Result<Written, Error> {
        let mut writer = self.writer();
        let writer = writer.as_mut().ok_or(Error::NoHome)?;
        let written = writer.append(keys, body, patience)?;
        self.0.complained.store(false, Ordering::Relaxed);
        Ok(written)
    }

    /// Appends where that takes no waiting: `None` where it would.
    fn append_at_once(&self, keys: &Keys, body: &[u8]) -> Option<Result<(), Error>> {
        let mut writer = match self.0.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let writer = writer.as_mut().filter(|writer| writer.is_warm())?;
        match writer.append(keys, body, Duration::ZERO) {
            Ok(_) => {
                self.0.complained.store(false, Ordering::Relaxed);
                Some(Ok(()))
            }
            // Another process writes just now.
            Err(Error::Busy) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

fn body_of(event: &Event) -> Vec<u8> {
    // Plain fields always are JSON.
    serde_json::to_vec(event).unwrap_or_default()
}
