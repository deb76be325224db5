//! The secrets that tools may name: where each is kept and where it may go, never a value. What a
//! row says is checked where it is read.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Error, State};

pub(super) const TABLE: &str = "CREATE TABLE named_secrets (
        name TEXT PRIMARY KEY, store TEXT NOT NULL, binding TEXT NOT NULL, since INTEGER NOT NULL
     ) STRICT;";

/// A named secret as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSecretRow {
    /// Its name.
    pub name: String,
    /// Where its value is kept: a secret reference.
    pub store: String,
    /// Where it may go, as JSON.
    pub binding: String,
    /// When it was last set, in seconds since 1970.
    pub since: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<NamedSecretRow> {
    Ok(NamedSecretRow {
        name: row.get(0)?,
        store: row.get(1)?,
        binding: row.get(2)?,
        since: row.get(3)?,
    })
}

impl State {
    /// One named secret.
    pub async fn named_secret(&self, name: &str) -> Result<Option<NamedSecretRow>, Error> {
        // An agent that names one must not make the file.
        if !self.exists() {
            return Ok(None);
        }
        let name = name.to_owned();
        self.with(move |database| {
            let mut statement = database
                .prepare("SELECT name, store, binding, since FROM named_secrets WHERE name = ?1")?;
            statement.query_row([name], read).optional()
        })
        .await
    }

    /// All named secrets, by name.
    pub async fn named_secrets(&self) -> Result<Vec<NamedSecretRow>, Error> {
        if !self.exists() {
            return Ok(Vec::new());
        }
        self.with(|database| {
            let mut statement = database
                .prepare("SELECT name, store, binding, since FROM named_secrets ORDER BY name")?;
            let rows = statement.query_map([], read)?;
            rows.collect()
        })
        .await
    }

    /// Keeps where a secret is and where it may go, in place of what was known of the name.
    pub async fn keep_named_secret(&self, row: NamedSecretRow) -> Result<(), Error> {
        self.with(move |database| {
            database.execute(
                "INSERT OR REPLACE INTO named_secrets (name, store, binding, since)
                 VALUES (?1, ?2, ?3, ?4)",
                params![row.name, row.store, row.binding, row.since],
            )
        })
        .await
        .map(|_| ())
    }

    /// Forgets a named secret. `false` when there was none.
    pub async fn forget_named_secret(&self, name: &str) -> Result<bool, Error> {
        let name = name.to_owned();
        self.with(move |database| {
            database.execute("DELETE FROM named_secrets WHERE name = ?1", [name])
        })
        .await
        .map(|gone| gone > 0)
    }
}
