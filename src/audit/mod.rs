//! The trail: what agents and operators did, one line an event, chained by MACs across all
//! processes of a home folder. A change is on disk here before it leaves, or it does not leave.
//!
//! # Files
//!
//! `audit.jsonl` is written to; at 16 MiB it becomes `audit.<n>.jsonl` and the next one begins.
//! `audit.head` says where the trail ends and how often agents were changed, signed. `audit.lock` is held while a line is written.
//! All are 0600, made exclusively, and never followed through a symbolic link. Older files are
//! never removed by this program; one that somebody removed is missing to `verify`.
//!
//! # A line
//!
//! A JSON object. Always: `seq` (from 1, without gaps), `at` (UTC, milliseconds), `pid`, `kind`,
//! and last `mac`: HMAC-SHA256 in base64 over the `mac` of the line before, a line feed, and the
//! bytes of the line before `,"mac":`. By `kind`:
//!
//! - `intent`: a changing request is about to leave. `agent`, `tool`, `ids` (ids of objects as
//!   they are), `arguments` (every other argument: name and keyed digest, 9 bytes of an
//!   HMAC-SHA256), `decision`, `confirmedBy` (`approve`, `elicitation`, `policy`) and `who`,
//!   `method`, `path` (with ids, without query), `generation` and `kept` (how often the end was
//!   kept in `state.db`, and which line that was).
//! - `outcome`: what became of it. `intent` (its `seq`), `agent`, `tool`, `outcome` (`answered`,
//!   `failed` and `not_sent` with `code`, `unknown`, `cancelled`), `status`, `durationMs`.
//! - `call`: a call that changed nothing: it read, or was refused (`decision: denied`, `reason`),
//!   or failed before a change. `requests` and the last one's `method`, `path`, `status`.
//! - `operator`: `action`, and where they apply `agent`, `tokenPrefix`, `step`, `about`.
//! - `file`: the first line of a file: its number, and the `mac` before. `resumed`: the files were
//!   not as the last writer left them; `reason`, and the `mac` that should have been the last.
//!
//! Nothing that Make says and no value of an argument is in it.
//!
//! # What `verify` finds
//!
//! With the key: every changed, removed, added, repeated or exchanged byte, line and file, a cut
//! end, a changed, missing or older head; with file, line and sequence number. With what
//! `state.db` knows ([`Kept`]): a trail that was put back as a whole or removed, as of the last
//! change that was kept there, and a `state.db` that was put back. What a killed writer leaves is
//! told as a note: an unfinished line, a head that is one line behind.
//!
//! # What it cannot find
//!
//! Lines of who has the key: it is in the secret store of the same user. Trail and state put back
//! together, to the same moment: keep an export elsewhere. Lines behind the last kept change that
//! were removed together with the head of that moment. After a loss of power, lines that were not
//! waited for may be missing: that is told as wrong, and that it may have been the power.

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
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::secret::Secret;

pub use event::{
    Action, Call, Caller, Change, Confirmed, ConfirmedBy, Decision, Did, End, Event, Label,
    Outcome, Route, Settled, TokenPrefix,
};
pub use intent::Intent;
pub use reader::{Mark, Snapshot};
pub use verify::{Finding, Kept, Report};

use files::Look;
use key::Keys;
use line::Body;
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
    kept: Mutex<Option<(u64, u64)>>,
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
            kept: Mutex::new(None),
            complained: AtomicBool::new(false),
        }))
    }

    /// Writes down that a changing request is about to leave. It is on disk when this returns.
    ///
    /// # Errors
    /// When it is not: then the request must not leave.
    pub async fn intend(&self, mut change: Change) -> Result<Intent, Error> {
        let keys = self.keys().await?;
        let kept = *self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (change.generation, change.kept) = kept.unzip();
        let trail = self.clone();
        // Should nobody wait any more, the intent is dropped there and says that nothing left.
        let done = tokio::task::spawn_blocking(move || trail.write_intent(&keys, change));
        done.await.map_err(|_| Error::Ending)?
    }

    fn write_intent(&self, keys: &Arc<Keys>, change: Change) -> Result<Intent, Error> {
        let caller = change.caller.clone();
        let body = body_of(&Event::Intent(change));
        let written = self.append(keys, &body, PATIENCE, Look::Anew)?;
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
        let append = move || trail.append(&keys, &body, PATIENCE, Look::Lately);
        let done = tokio::task::spawn_blocking(append);
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

    /// What is kept elsewhere now: how often that was done, and the line. Each following intent
    /// says it.
    pub fn anchored(&self, generation: u64, sequence: u64) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((generation, sequence));
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

    fn append(
        &self,
        keys: &Keys,
        body: &Body,
        patience: Duration,
        look: Look,
    ) -> Result<Written, Error> {
        let mut writer = self.writer();
        let writer = writer.as_mut().ok_or(Error::NoHome)?;
        let written = writer.append(keys, body, patience, look)?;
        self.0.complained.store(false, Ordering::Relaxed);
        Ok(written)
    }

    /// Appends where that takes no waiting: `None` where it would.
    fn append_at_once(&self, keys: &Keys, body: &Body) -> Option<Result<(), Error>> {
        let mut writer = match self.0.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let writer = writer.as_mut().filter(|writer| writer.is_warm())?;
        match writer.append(keys, body, Duration::ZERO, Look::Lately) {
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

fn body_of(event: &Event) -> Body {
    let changes = match event {
        Event::Operator(action) => action.changes.unwrap_or(0),
        Event::Intent(_) | Event::Outcome(_) | Event::Call(_) => 0,
    };
    Body {
        changes,
        ..Body::of(event)
    }
}
