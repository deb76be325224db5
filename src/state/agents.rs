//! The agents of this machine. What a row says is checked where it is read (`agents`); here it is
//! kept, and each change gets a new generation, which running servers look for.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::pending_revocations::{self, PendingRevocation};
use super::{Error, State};

/// An agent as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRow {
    /// Its name.
    pub name: String,
    /// `pending`, `active` or `revoked`.
    pub standing: String,
    /// Its grants, as JSON.
    pub grants: String,
    /// The zone of its token.
    pub zone: String,
    /// Where its token is kept.
    pub store: String,
    /// What may be known of its token, as JSON; never the token.
    pub token: String,
    /// When it was added, in seconds since 1970.
    pub created: i64,
    /// A random id of its creation: tells it from another agent of its name. Never changed.
    pub creation: String,
    /// Grows with every change of any agent.
    pub generation: i64,
}

const COLUMNS: &str = "name, standing, grants, zone, store, token, created, generation, creation";

fn read(row: &Row<'_>) -> rusqlite::Result<AgentRow> {
    Ok(AgentRow {
        name: row.get(0)?,
        standing: row.get(1)?,
        grants: row.get(2)?,
        zone: row.get(3)?,
        store: row.get(4)?,
        token: row.get(5)?,
        created: row.get(6)?,
        generation: row.get(7)?,
        creation: row.get(8)?,
    })
}

/// One agent, within whatever the caller has begun.
pub(super) fn find(database: &Connection, name: &str) -> rusqlite::Result<Option<AgentRow>> {
    let mut statement =
        database.prepare(&format!("SELECT {COLUMNS} FROM agents WHERE name = ?1"))?;
    statement.query_row([name], read).optional()
}

/// A number that was never given out before.
pub(super) fn next_generation(database: &Connection) -> rusqlite::Result<i64> {
    database.query_row(
        "UPDATE generation SET value = value + 1 RETURNING value",
        [],
        |row| row.get(0),
    )
}

/// Enters an agent and returns its generation.
pub(super) fn insert(database: &Connection, agent: &AgentRow) -> rusqlite::Result<i64> {
    let generation = next_generation(database)?;
    database.execute(
        "INSERT INTO agents (name, standing, grants, zone, store, token, created, generation, creation)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            agent.name,
            agent.standing,
            agent.grants,
            agent.zone,
            agent.store,
            agent.token,
            agent.created,
            generation,
            agent.creation
        ],
    )?;
    Ok(generation)
}

/// Writes an agent that is known.
pub(super) fn update(
    database: &Connection,
    agent: &AgentRow,
    generation: i64,
) -> rusqlite::Result<()> {
    database.execute(
        "UPDATE agents SET standing = ?2, grants = ?3, zone = ?4, store = ?5, token = ?6,
         generation = ?7 WHERE name = ?1",
        params![
            agent.name,
            agent.standing,
            agent.grants,
            agent.zone,
            agent.store,
            agent.token,
            generation
        ],
    )?;
    Ok(())
}

impl State {
    /// Adds an agent; `None` when the name is taken. Returns the generation.
    pub async fn add_agent(&self, agent: AgentRow) -> Result<Option<i64>, Error> {
        self.change(move |database| {
            if find(database, &agent.name)?.is_some() {
                return Ok(None);
            }
            insert(database, &agent).map(Some)
        })
        .await
    }

    /// An agent by its name.
    pub async fn agent(&self, name: &str) -> Result<Option<AgentRow>, Error> {
        let name = name.to_owned();
        self.with(move |database| find(database, &name)).await
    }

    /// All agents, by name.
    pub async fn agents(&self) -> Result<Vec<AgentRow>, Error> {
        self.with(|database| {
            let sql = format!("SELECT {COLUMNS} FROM agents ORDER BY name");
            let mut statement = database.prepare(&sql)?;
            let rows = statement.query_map([], read)?;
            rows.collect()
        })
        .await
    }

    /// Writes an agent as `change` makes it, unless it is another one by now. Returns the new
    /// generation; `None` when the row is not of the generation that `agent` says, and nothing
    /// was written.
    pub async fn write_agent(&self, agent: AgentRow) -> Result<Option<i64>, Error> {
        self.change(move |database| {
            let known = find(database, &agent.name)?;
            if known.is_none_or(|known| known.generation != agent.generation) {
                return Ok(None);
            }
            let generation = next_generation(database)?;
            update(database, &agent, generation)?;
            Ok(Some(generation))
        })
        .await
    }

    /// Marks an agent revoked and in the same step remembers that its token has to go at Make.
    /// Returns the generation from which on it is revoked; `None` when the row is not of this
    /// generation, and nothing was written.
    pub async fn revoke_agent(
        &self,
        name: &str,
        generation: i64,
        token: Option<PendingRevocation>,
    ) -> Result<Option<i64>, Error> {
        let name = name.to_owned();
        self.change(move |database| {
            let known = find(database, &name)?.filter(|known| known.generation == generation);
            let Some(known) = known else {
                return Ok(None);
            };
            if known.standing == "revoked" {
                return Ok(Some(known.generation));
            }
            if let Some(token) = token {
                pending_revocations::insert(database, &token)?;
            }
            let generation = next_generation(database)?;
            database.execute(
                "UPDATE agents SET standing = 'revoked', generation = ?2 WHERE name = ?1",
                params![name, generation],
            )?;
            Ok(Some(generation))
        })
        .await
    }

    /// Forgets an agent. `false` when there was none.
    pub async fn remove_agent(&self, name: &str) -> Result<bool, Error> {
        let name = name.to_owned();
        self.change(move |database| {
            next_generation(database)?;
            Ok(database.execute("DELETE FROM agents WHERE name = ?1", [name])? > 0)
        })
        .await
    }

    /// How often any agent was changed.
    pub async fn changes(&self) -> Result<u64, Error> {
        self.with(|database| {
            let value = database.query_row("SELECT value FROM generation", [], |row| {
                row.get::<_, i64>(0)
            })?;
            Ok(value.unsigned_abs())
        })
        .await
    }

    /// What tells this installation's tokens from those of another machine: made once.
    pub async fn installation(&self) -> Result<String, Error> {
        self.change(|database| {
            database.execute(
                "INSERT OR IGNORE INTO installation (one, id) VALUES (1, lower(hex(randomblob(4))))",
                [],
            )?;
            database.query_row("SELECT id FROM installation", [], |row| row.get(0))
        })
        .await
    }

    /// The same, where it was made already.
    pub async fn known_installation(&self) -> Result<Option<String>, Error> {
        self.with(|database| {
            let mut statement = database.prepare("SELECT id FROM installation")?;
            statement.query_row([], |row| row.get(0)).optional()
        })
        .await
    }
}
