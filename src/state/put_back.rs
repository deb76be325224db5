//! Whether this file was once found to be older than the trail: a copy that somebody put back. It
//! counts on from where it was, so what it lacks cannot be told by its counts any more.

use rusqlite::OptionalExtension as _;

use super::{Error, State};

pub(super) const TABLE: &str = "CREATE TABLE put_back (one INTEGER PRIMARY KEY CHECK (one = 1), changes INTEGER NOT NULL) STRICT;";

impl State {
    /// Whether it is older than a trail that knows this many changes of agents, or was once.
    pub async fn is_put_back(&self, written: u64) -> Result<bool, Error> {
        let written = i64::try_from(written).unwrap_or(i64::MAX);
        let known = self.with(|database| {
            let marked = "SELECT changes FROM put_back";
            let marked: Option<i64> = database
                .query_row(marked, [], |row| row.get(0))
                .optional()?;
            let changes = "SELECT value FROM generation";
            let changes: i64 = database.query_row(changes, [], |row| row.get(0))?;
            Ok((marked.is_some(), changes))
        });
        let (marked, changes) = known.await?;
        if marked || changes >= written {
            return Ok(marked);
        }
        self.change(move |database| {
            let mark = "INSERT OR IGNORE INTO put_back (one, changes) VALUES (1, ?1)";
            database.execute(mark, [changes]).map(|_| true)
        })
        .await
    }

    /// Whether it was once found to be older than the trail.
    pub async fn was_put_back(&self) -> Result<bool, Error> {
        self.is_put_back(0).await
    }
}
