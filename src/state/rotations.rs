//! The journal of tokens that are being made: what has been done of an issue, an adoption or a
//! rotation, so that the next command can finish or undo it. What a row means is checked where it
//! is read (`agents`).

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::agents::{find, next_generation};
use super::pending_revocations::{self, PendingRevocation};
use super::{AgentRow, Error, State};

/// A token that is being made for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationRow {
    /// The agent.
    pub agent: String,
    /// The zone.
    pub zone: String,
    /// The Make user whose tokens these are.
    pub make_user: i64,
    /// How far it has come: `intent`, `stored`, `verified` or `switched`.
    pub step: String,
    /// Whether the new token was made by somebody else and given to us.
    pub given: bool,
    /// What is known of the token before, as JSON; `null` when there was none.
    pub old: String,
    /// What is known of the new token, as JSON.
    pub new: String,
    /// The row that says the new token has to go, should it never be used.
    pub pending: Option<i64>,
    /// When it began, in seconds since 1970.
    pub since: i64,
}

const COLUMNS: &str = "agent, zone, make_user, step, given, old, new, pending, since";

fn read(row: &Row<'_>) -> rusqlite::Result<RotationRow> {
    Ok(RotationRow {
        agent: row.get(0)?,
        zone: row.get(1)?,
        make_user: row.get(2)?,
        step: row.get(3)?,
        given: row.get(4)?,
        old: row.get(5)?,
        new: row.get(6)?,
        pending: row.get(7)?,
        since: row.get(8)?,
    })
}

/// The change from one token to the next: written whole or not at all.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The agent as it will be.
    pub agent: AgentRow,
    /// The former token, which has to go now.
    pub former: Option<PendingRevocation>,
}

impl State {
    /// Begins: enters the new agent, if it is one, the token that may come to exist and the
    /// journal, in one step. `None` when the name is taken, or another token of the same agent or
    /// Make user is being made.
    pub async fn begin_rotation(
        &self,
        rotation: RotationRow,
        agent: Option<AgentRow>,
        pending: Option<PendingRevocation>,
    ) -> Result<Option<RotationRow>, Error> {
        self.change(move |database| {
            let mut rotation = rotation;
            let busy: Option<i64> = database
                .query_row(
                    "SELECT 1 FROM rotations WHERE agent = ?1 OR (zone = ?2 AND make_user = ?3)",
                    params![rotation.agent, rotation.zone, rotation.make_user],
                    |row| row.get(0),
                )
                .optional()?;
            if busy.is_some() {
                return Ok(None);
            }
            if let Some(agent) = agent {
                if find(database, &agent.name)?.is_some() {
                    return Ok(None);
                }
                super::agents::insert(database, &agent)?;
            }
            if let Some(pending) = pending {
                rotation.pending = Some(pending_revocations::insert(database, &pending)?);
            }
            insert(database, &rotation)?;
            Ok(Some(rotation))
        })
        .await
    }

    /// Writes how far it has come, and what is known of the token by now.
    pub async fn note_rotation(&self, rotation: RotationRow) -> Result<(), Error> {
        self.change(move |database| {
            database.execute(
                "UPDATE rotations SET step = ?2, new = ?3 WHERE agent = ?1",
                params![rotation.agent, rotation.step, rotation.new],
            )?;
            Ok(())
        })
        .await
    }

    /// From one token to the next: the agent has the new one, which need not go any more, and the
    /// former one has to go. Returns the new generation; `None` when the agent is another one by
    /// now, and nothing was written.
    pub async fn switch_rotation(
        &self,
        rotation: RotationRow,
        switch: Switch,
    ) -> Result<Option<i64>, Error> {
        self.change(move |database| {
            let Switch { agent, former } = switch;
            let known = find(database, &agent.name)?;
            if known.is_none_or(|known| known.generation != agent.generation) {
                return Ok(None);
            }
            let generation = next_generation(database)?;
            super::agents::update(database, &agent, generation)?;
            if let Some(pending) = rotation.pending {
                pending_revocations::erase(database, pending)?;
            }
            let pending = former
                .map(|former| pending_revocations::insert(database, &former))
                .transpose()?;
            database.execute(
                "UPDATE rotations SET step = ?2, pending = ?3 WHERE agent = ?1",
                params![rotation.agent, rotation.step, pending],
            )?;
            Ok(Some(generation))
        })
        .await
    }

    /// Ends: erases the journal, and an agent that never had a token with it.
    pub async fn end_rotation(&self, agent: &str, forget_agent: bool) -> Result<(), Error> {
        let agent = agent.to_owned();
        self.change(move |database| {
            database.execute("DELETE FROM rotations WHERE agent = ?1", [&agent])?;
            if forget_agent {
                next_generation(database)?;
                database.execute("DELETE FROM agents WHERE name = ?1", [&agent])?;
            }
            Ok(())
        })
        .await
    }

    /// What is being made now, oldest first.
    pub async fn rotations(&self) -> Result<Vec<RotationRow>, Error> {
        self.with(|database| {
            let sql = format!("SELECT {COLUMNS} FROM rotations ORDER BY since, agent");
            let mut statement = database.prepare(&sql)?;
            let rows = statement.query_map([], read)?;
            rows.collect()
        })
        .await
    }
}

fn insert(database: &Connection, rotation: &RotationRow) -> rusqlite::Result<()> {
    database.execute(
        "INSERT INTO rotations (agent, zone, make_user, step, given, old, new, pending, since)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            rotation.agent,
            rotation.zone,
            rotation.make_user,
            rotation.step,
            rotation.given,
            rotation.old,
            rotation.new,
            rotation.pending,
            rotation.since
        ],
    )?;
    Ok(())
}
