//! `state.db`: what this machine remembers between processes. `SQLite` in WAL mode, so that all
//! processes of one home share it; created for its owner alone; opened at the first use, because a
//! start must take no lock.

mod agents;
mod anchors;
mod approvals;
mod creates;
mod files;
mod instances;
mod links;
mod locks;
mod named_secrets;
mod network;
mod pending_revocations;
mod plan_gates;
mod put_back;
mod rotations;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::file_trust::{self, Others, Untrusted};
use files::identity;

pub use agents::AgentRow;
pub use anchors::Anchor;
pub use approvals::{ApprovalRow, Kept, Room};
pub use creates::{Begun, Create, NewCreate};
pub use instances::Instance;
pub use links::Link;
pub use locks::Lock;
pub use named_secrets::NamedSecretRow;
pub use network::NetworkRow;
pub use pending_revocations::PendingRevocation;
pub use rotations::{RotationRow, Switch};

/// How long one process waits for another.
const BUSY: Duration = Duration::from_secs(2);

/// Each entry takes the schema one version further; entries are never changed, only added.
const MIGRATIONS: [&str; 12] = [
    "CREATE TABLE links (
        token TEXT NOT NULL, object TEXT NOT NULL, team INTEGER, agent TEXT NOT NULL,
        url TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (token, object)
     ) STRICT;
     CREATE TABLE plan_gates (
        token TEXT NOT NULL, place TEXT NOT NULL, until INTEGER NOT NULL,
        PRIMARY KEY (token, place)
     ) STRICT;",
    "CREATE TABLE generation (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL) STRICT;
     INSERT INTO generation (one, value) VALUES (1, 0);
     CREATE TABLE installation (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
     CREATE TABLE agents (
        name TEXT PRIMARY KEY, standing TEXT NOT NULL, grants TEXT NOT NULL, zone TEXT NOT NULL,
        store TEXT NOT NULL, token TEXT NOT NULL, created INTEGER NOT NULL,
        generation INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE instances (
        id INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL, pid INTEGER NOT NULL,
        birth TEXT NOT NULL, lease_until_ms INTEGER NOT NULL, seen INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE pending_revocations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL, zone TEXT NOT NULL,
        make_user INTEGER NOT NULL, label TEXT NOT NULL, prefix TEXT, created TEXT,
        reason TEXT NOT NULL, since INTEGER NOT NULL
     ) STRICT;",
    // One rotation an agent and one a Make user at a time.
    "CREATE TABLE rotations (
        agent TEXT PRIMARY KEY, zone TEXT NOT NULL, make_user INTEGER NOT NULL,
        step TEXT NOT NULL, given INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL,
        pending INTEGER, since INTEGER NOT NULL, UNIQUE (zone, make_user)
     ) STRICT;
     CREATE TABLE network (
        one INTEGER PRIMARY KEY CHECK (one = 1), proxy TEXT, ca_file TEXT,
        system_roots INTEGER NOT NULL
     ) STRICT;",
    "CREATE TABLE anchors (
        id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL,
        sequence INTEGER NOT NULL, mac TEXT NOT NULL
     ) STRICT;",
    // Calls that wait for a person, and one-time numbers that were redeemed.
    "CREATE TABLE approvals (
        id TEXT PRIMARY KEY, agent TEXT NOT NULL, tool TEXT NOT NULL, binding TEXT NOT NULL,
        plan TEXT NOT NULL, standing TEXT NOT NULL, created INTEGER NOT NULL,
        decided INTEGER, who TEXT, mac TEXT NOT NULL
     ) STRICT;
     CREATE INDEX approvals_by_binding ON approvals (binding);
     CREATE TABLE redeemed (number TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;",
    named_secrets::TABLE,
    creates::TABLE,
    put_back::TABLE,
    // Tokens of an agent come and go, and what it made stays.
    "ALTER TABLE links RENAME COLUMN token TO holder;",
    approvals::WITH_HOLDERS,
    network::PRIVATE_ZONE,
    network::ENTERED_IN,
];

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no place for it.
    #[error("no home folder is known; set MAKE_CREDENTIALS_HOME")]
    NoHome,
    /// The folder or the file cannot be made or opened.
    #[error("state.db cannot be opened in {0}")]
    Open(PathBuf),
    /// Another user can have written it.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// What it says of the way to Make counts in another folder.
    #[error(
        "the way to Make was entered in another home folder, or by an earlier version: run `make-credentials-mcp operator network --reset` with the options that it needs"
    )]
    EnteredElsewhere,
    /// A newer version of this program has written it.
    #[error("state.db was written by a newer version of this program")]
    TooNew,
    /// `SQLite` failed.
    #[error("state.db failed: {0}")]
    Failed(#[from] rusqlite::Error),
    /// The work was given up because the process ends.
    #[error("state.db was not reached before the process ended")]
    Ending,
}

/// What this machine remembers. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    home: Option<PathBuf>,
    open: Mutex<Option<Opened>>,
    /// How often the file was opened.
    openings: AtomicU32,
}

/// The open file.
struct Opened {
    database: Connection,
    identity: Option<(u64, u64)>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("home", &self.0.home)
            .finish_non_exhaustive()
    }
}

impl State {
    /// The state in this home folder. Does no I/O.
    pub fn at(home: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            home,
            open: Mutex::new(None),
            openings: AtomicU32::new(0),
        }))
    }

    /// Whether anything was ever kept.
    pub fn exists(&self) -> bool {
        let home = self.0.home.as_ref();
        home.is_some_and(|home| home.join("state.db").exists())
    }

    /// How often this process has opened the file.
    fn openings(&self) -> u32 {
        self.0.openings.load(Ordering::Relaxed)
    }

    /// Looks the whole file over: the version of its schema, and what `SQLite` finds wrong with
    /// it, if anything.
    pub async fn look_over(&self) -> Result<(i64, Option<String>), Error> {
        self.with(|database| {
            let version = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
            let found: String =
                database.pragma_query_value(None, "quick_check", |row| row.get(0))?;
            Ok((version, (found != "ok").then_some(found)))
        })
        .await
    }

    /// Works on the database in a thread that may block.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            let mut open = inner.open.lock().unwrap_or_else(PoisonError::into_inner);
            // A copy that somebody put in its place is another file, and what was open is nobody's
            // any more.
            let opened = match open.take_if(|open| inner.is_current(open)) {
                Some(opened) => opened,
                None => inner.connect()?,
            };
            let result = work(&opened.database);
            *open = Some(opened);
            Ok(result?)
        });
        done.await.map_err(|_| Error::Ending)?
    }

    /// The same, as one change that is written whole or not at all.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.with(move |database| {
            // Dropped without a commit, it takes everything back.
            let whole = Transaction::new_unchecked(database, TransactionBehavior::Immediate)?;
            let result = work(&whole)?;
            whole.commit()?;
            Ok(result)
        })
        .await
    }
}

impl Inner {
    fn is_current(&self, open: &Opened) -> bool {
        let Some(path) = self.home.as_ref().map(|home| home.join("state.db")) else {
            return false;
        };
        // Looked at for each use: rights may have been opened since.
        let facts = file_trust::check(&path, Others::Nothing);
        facts.is_ok_and(|facts| open.identity.is_none() || identity(&facts) == open.identity)
    }

    fn connect(&self) -> Result<Opened, Error> {
        let home = self.home.as_ref().ok_or(Error::NoHome)?;
        let path = home.join("state.db");
        let failed = || Error::Open(home.clone());
        files::make(home, &path)?;
        let database = Connection::open(&path).map_err(|_| failed())?;
        database.busy_timeout(BUSY)?;
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "secure_delete", true)?;
        migrate(&database)?;
        self.openings.fetch_add(1, Ordering::Relaxed);
        Ok(Opened {
            database,
            identity: std::fs::metadata(&path)
                .ok()
                .and_then(|facts| identity(&facts)),
        })
    }
}

fn migrate(database: &Connection) -> Result<(), Error> {
    // One process at a time; the others wait and then find nothing left to do.
    database.execute_batch("BEGIN IMMEDIATE")?;
    let step = || -> Result<(), Error> {
        let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let version = usize::try_from(version).map_err(|_| Error::TooNew)?;
        let todo = MIGRATIONS.get(version..).ok_or(Error::TooNew)?;
        for migration in todo {
            database.execute_batch(migration)?;
        }
        // As many as there are migrations, which fits any integer.
        database.pragma_update(
            None,
            "user_version",
            i64::try_from(MIGRATIONS.len()).unwrap_or(0),
        )?;
        Ok(())
    };
    let result = step();
    database.execute_batch(if result.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    result
}

#[cfg(test)]
mod tests;
