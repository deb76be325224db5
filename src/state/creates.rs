//! What agents have made lately, so that nothing is made twice: a row is there before the request
//! leaves, and has the answer once there is one. Arguments and keys as keyed digests alone.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Error, State};

pub(super) const TABLE: &str = "CREATE TABLE creates (
        id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, digest TEXT NOT NULL,
        key TEXT, answer TEXT, began INTEGER NOT NULL
     ) STRICT;
     CREATE UNIQUE INDEX creates_by_key ON creates (scope, key) WHERE key IS NOT NULL;
     CREATE INDEX creates_by_digest ON creates (scope, digest);";

/// How long a key gives the first answer again, in seconds.
const BY_KEY_S: i64 = 24 * 60 * 60;
/// How long the same without a key is taken for an oversight.
const ALIKE_S: i64 = 10 * 60;

/// Something that is about to be made.
#[derive(Debug, Clone)]
pub struct NewCreate {
    /// Who makes it.
    pub scope: String,
    /// A keyed digest of the tool and its arguments.
    pub digest: String,
    /// A keyed digest of the caller's key.
    pub key: Option<String>,
}

/// Something that was made, or may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The answer; `None` when it is not known that it has ended.
    pub answer: Option<String>,
    /// When it began, in seconds since 1970.
    pub began: i64,
}

/// What is known when something is about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing like it; this is its row.
    New(i64),
    /// The same under the same key.
    SameKey(Create),
    /// Something else under the same key.
    KeyOfAnother,
    /// The same a short time ago.
    Alike(Create),
}

fn read(row: &Row<'_>) -> rusqlite::Result<(String, Create)> {
    let create = Create {
        answer: row.get(1)?,
        began: row.get(2)?,
    };
    Ok((row.get(0)?, create))
}

fn known(database: &Connection, new: &NewCreate, now: i64) -> rusqlite::Result<Option<Begun>> {
    if let Some(key) = &new.key {
        let mut statement = database.prepare(
            "SELECT digest, answer, began FROM creates
             WHERE scope = ?1 AND key = ?2 AND began > ?3",
        )?;
        let after = now.saturating_sub(BY_KEY_S);
        let found = statement.query_row(params![new.scope, key, after], read);
        let found = found.optional()?;
        // A new key says that another one is wanted.
        return Ok(found.map(|(digest, create)| {
            if digest == new.digest {
                Begun::SameKey(create)
            } else {
                Begun::KeyOfAnother
            }
        }));
    }
    let mut statement = database.prepare(
        "SELECT digest, answer, began FROM creates
         WHERE scope = ?1 AND digest = ?2 AND began > ?3 ORDER BY id DESC LIMIT 1",
    )?;
    let after = now.saturating_sub(ALIKE_S);
    let found = statement.query_row(params![new.scope, new.digest, after], read);
    Ok(found.optional()?.map(|(_, create)| Begun::Alike(create)))
}

impl State {
    /// What is known of something before it is begun; nothing is written.
    pub async fn known_create(&self, new: NewCreate, now: i64) -> Result<Option<Begun>, Error> {
        self.with(move |database| known(database, &new, now)).await
    }

    /// Writes down that something is about to be made, unless it was made already. On disk when
    /// this returns.
    pub async fn begin_create(&self, new: NewCreate, now: i64) -> Result<Begun, Error> {
        self.change(move |database| {
            database.execute(
                "DELETE FROM creates WHERE began <= ?1 OR (key IS NULL AND began <= ?2)",
                params![now.saturating_sub(BY_KEY_S), now.saturating_sub(ALIKE_S)],
            )?;
            if let Some(known) = known(database, &new, now)? {
                return Ok(known);
            }
            database.execute(
                "INSERT INTO creates (scope, digest, key, answer, began) VALUES (?1, ?2, ?3, NULL, ?4)",
                params![new.scope, new.digest, new.key, now],
            )?;
            Ok(Begun::New(database.last_insert_rowid()))
        })
        .await
    }

    /// Writes down the answer.
    pub async fn settle_create(&self, id: i64, answer: String) -> Result<(), Error> {
        self.with(move |database| {
            database.execute(
                "UPDATE creates SET answer = ?2 WHERE id = ?1",
                params![id, answer],
            )
        })
        .await
        .map(|_| ())
    }

    /// Forgets a row: it is known that nothing was made.
    pub async fn forget_create(&self, id: i64) -> Result<(), Error> {
        self.with(move |database| database.execute("DELETE FROM creates WHERE id = ?1", [id]))
            .await
            .map(|_| ())
    }

    /// Forgets what an agent has made; a later one of the same name has nothing of it.
    pub async fn forget_creates_of(&self, agent: &str) -> Result<(), Error> {
        // Names of agents hold no character that means something here.
        let scopes = format!("{agent} %");
        self.with(move |database| {
            database.execute("DELETE FROM creates WHERE scope LIKE ?1", [scopes])
        })
        .await
        .map(|_| ())
    }
}
