//! Tokens that have to go at Make and may still be there. A row is written before the token can
//! exist without an owner, and erased when Make has refused it.

use rusqlite::{Connection, params};

use super::{Error, State};

/// A token that has to go at Make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRevocation {
    /// Its row; 0 for one that is not kept yet.
    pub id: i64,
    /// The agent it was made for.
    pub agent: String,
    /// Its zone.
    pub zone: String,
    /// The Make user it belongs to.
    pub make_user: i64,
    /// Its label, unique to the one creation.
    pub label: String,
    /// Its first 8 characters, where they are known.
    pub prefix: Option<String>,
    /// When Make made it, where that is known.
    pub created: Option<String>,
    /// Why it has to go, in our words.
    pub reason: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
}

/// Enters a token and returns its row.
pub(super) fn insert(database: &Connection, token: &PendingRevocation) -> rusqlite::Result<i64> {
    database.execute(
        "INSERT INTO pending_revocations
         (agent, zone, make_user, label, prefix, created, reason, since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            token.agent,
            token.zone,
            token.make_user,
            token.label,
            token.prefix,
            token.created,
            token.reason,
            token.since
        ],
    )?;
    Ok(database.last_insert_rowid())
}

pub(super) fn erase(database: &Connection, id: i64) -> rusqlite::Result<()> {
    database.execute("DELETE FROM pending_revocations WHERE id = ?1", [id])?;
    Ok(())
}

impl State {
    /// Remembers that a token has to go.
    pub async fn add_pending_revocation(&self, token: PendingRevocation) -> Result<i64, Error> {
        self.change(move |database| insert(database, &token)).await
    }

    /// The tokens that have to go, oldest first.
    pub async fn pending_revocations(&self) -> Result<Vec<PendingRevocation>, Error> {
        self.with(|database| {
            let mut statement = database.prepare(
                "SELECT id, agent, zone, make_user, label, prefix, created, reason, since
                 FROM pending_revocations ORDER BY id",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(PendingRevocation {
                    id: row.get(0)?,
                    agent: row.get(1)?,
                    zone: row.get(2)?,
                    make_user: row.get(3)?,
                    label: row.get(4)?,
                    prefix: row.get(5)?,
                    created: row.get(6)?,
                    reason: row.get(7)?,
                    since: row.get(8)?,
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// Writes what has become known of a token: its first characters and when it was made.
    pub async fn name_pending_revocation(
        &self,
        id: i64,
        prefix: String,
        created: String,
    ) -> Result<(), Error> {
        self.change(move |database| {
            database.execute(
                "UPDATE pending_revocations SET prefix = ?2, created = ?3 WHERE id = ?1",
                params![id, prefix, created],
            )?;
            Ok(())
        })
        .await
    }

    /// The token is gone.
    pub async fn erase_pending_revocation(&self, id: i64) -> Result<(), Error> {
        self.change(move |database| erase(database, id)).await
    }
}
