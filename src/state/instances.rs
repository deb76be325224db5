//! The processes that serve an agent now. Each holds a lease and says which generation of its
//! agent it has taken up, so that a command can wait until a change holds everywhere.

use rusqlite::params;

use super::agents::find;
use super::{AgentRow, Error, State};

/// A process that serves an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its row.
    pub id: i64,
    /// The agent.
    pub agent: String,
    /// The process.
    pub pid: i64,
    /// What tells this process from a later one with the same number, and this machine and
    /// container from another.
    pub birth: String,
    /// Until when it may work without having been heard of, on the clock of the machine in
    /// milliseconds since it was started.
    pub lease_until_ms: i64,
    /// The generation of the agent that it works with.
    pub seen: i64,
}

impl State {
    /// Enters a process and reads its agent, in one step: a change comes either before it, and is
    /// read, or after it, and waits for it.
    pub async fn enroll(&self, instance: Instance) -> Result<(i64, Option<AgentRow>), Error> {
        self.change(move |database| {
            let agent = find(database, &instance.agent)?;
            let seen = agent.as_ref().map_or(0, |agent| agent.generation);
            database.execute(
                "INSERT INTO instances (agent, pid, birth, lease_until_ms, seen)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    instance.agent,
                    instance.pid,
                    instance.birth,
                    instance.lease_until_ms,
                    seen
                ],
            )?;
            Ok((database.last_insert_rowid(), agent))
        })
        .await
    }

    /// Changes whenever another process has written, or has put another file in its place.
    pub async fn version(&self) -> Result<(u32, i64), Error> {
        let read = self
            .with(|database| database.pragma_query_value(None, "data_version", |row| row.get(0)));
        let version = read.await?;
        Ok((self.openings(), version))
    }

    /// Prolongs a lease and says which generation is in use. `false` when the process was struck
    /// off: it must not work any more.
    pub async fn renew(&self, id: i64, lease_until_ms: i64, seen: i64) -> Result<bool, Error> {
        self.change(move |database| {
            let changed = database.execute(
                "UPDATE instances SET lease_until_ms = ?2, seen = ?3 WHERE id = ?1",
                params![id, lease_until_ms, seen],
            )?;
            Ok(changed > 0)
        })
        .await
    }

    /// Strikes a process off.
    pub async fn strike_off(&self, id: i64) -> Result<(), Error> {
        self.change(move |database| {
            database.execute("DELETE FROM instances WHERE id = ?1", [id])?;
            Ok(())
        })
        .await
    }

    /// The processes that serve this agent; of all agents without a name.
    pub async fn instances(&self, agent: Option<&str>) -> Result<Vec<Instance>, Error> {
        let agent = agent.map(str::to_owned);
        self.with(move |database| {
            let mut statement = database.prepare(
                "SELECT id, agent, pid, birth, lease_until_ms, seen FROM instances
                 WHERE ?1 IS NULL OR agent = ?1 ORDER BY id",
            )?;
            let rows = statement.query_map([agent], |row| {
                Ok(Instance {
                    id: row.get(0)?,
                    agent: row.get(1)?,
                    pid: row.get(2)?,
                    birth: row.get(3)?,
                    lease_until_ms: row.get(4)?,
                    seen: row.get(5)?,
                })
            })?;
            rows.collect()
        })
        .await
    }
}
