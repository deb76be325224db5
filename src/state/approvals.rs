//! Calls that wait for a person's yes, and one-time numbers that were redeemed. What a row says
//! counts only with its MAC, which is checked where it is read (`tools`).

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Error, State};

/// A call that waits, or whose yes or no was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRow {
    /// What a person types.
    pub id: String,
    /// Who called.
    pub agent: String,
    /// The tool.
    pub tool: String,
    /// A keyed digest of agent, zone, tool and all arguments.
    pub binding: String,
    /// What the person is shown, as JSON.
    pub plan: String,
    /// `waiting`, `approved`, `rejected` or `used`.
    pub standing: String,
    /// When it was asked for, in seconds since 1970.
    pub created: i64,
    /// When a person decided.
    pub decided: Option<i64>,
    /// Who decided.
    pub who: Option<String>,
    /// Over all of the above.
    pub mac: String,
}

const COLUMNS: &str = "id, agent, tool, binding, plan, standing, created, decided, who, mac";

fn read(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    Ok(ApprovalRow {
        id: row.get(0)?,
        agent: row.get(1)?,
        tool: row.get(2)?,
        binding: row.get(3)?,
        plan: row.get(4)?,
        standing: row.get(5)?,
        created: row.get(6)?,
        decided: row.get(7)?,
        who: row.get(8)?,
        mac: row.get(9)?,
    })
}

impl State {
    /// Forgets what waits for a person, and what one has said, of an agent that is forgotten: a
    /// later one of its name has no yes of it.
    pub async fn forget_approvals_of(&self, agent: &str) -> Result<(), Error> {
        let agent = agent.to_owned();
        self.change(move |database| {
            database.execute("DELETE FROM approvals WHERE agent = ?1", [agent])
        })
        .await
        .map(|_| ())
    }

    /// Keeps a call that waits; others of the same call that still wait go, and so does what is
    /// older than `stale`.
    pub async fn keep_approval(&self, row: ApprovalRow, stale: i64) -> Result<(), Error> {
        self.change(move |database| {
            database.execute(
                "DELETE FROM approvals WHERE created < ?1 OR (binding = ?2 AND standing = 'waiting')",
                params![stale, row.binding],
            )?;
            let sql =
                format!("INSERT INTO approvals ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
            database.execute(
                &sql,
                params![
                    row.id, row.agent, row.tool, row.binding, row.plan, row.standing, row.created,
                    row.decided, row.who, row.mac
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// All of them, the oldest first.
    pub async fn approvals(&self) -> Result<Vec<ApprovalRow>, Error> {
        if !self.exists() {
            return Ok(Vec::new());
        }
        self.with(|database| {
            let sql = format!("SELECT {COLUMNS} FROM approvals ORDER BY created, id");
            let mut statement = database.prepare(&sql)?;
            statement.query_map([], read)?.collect()
        })
        .await
    }

    /// Those of one call, the newest first.
    pub async fn approvals_of(&self, binding: &str) -> Result<Vec<ApprovalRow>, Error> {
        let binding = binding.to_owned();
        self.with(move |database| {
            let sql = format!(
                "SELECT {COLUMNS} FROM approvals WHERE binding = ?1 ORDER BY created DESC, id"
            );
            let mut statement = database.prepare(&sql)?;
            statement.query_map([binding], read)?.collect()
        })
        .await
    }

    /// One by what a person types.
    pub async fn approval(&self, id: &str) -> Result<Option<ApprovalRow>, Error> {
        let id = id.to_owned();
        self.with(move |database| {
            let sql = format!("SELECT {COLUMNS} FROM approvals WHERE id = ?1");
            database.prepare(&sql)?.query_row([id], read).optional()
        })
        .await
    }

    /// Writes what became of one, unless it is another one by now: then `false`.
    pub async fn decide_approval(&self, row: ApprovalRow, before: &str) -> Result<bool, Error> {
        let before = before.to_owned();
        self.change(move |database| {
            let written = database.execute(
                "UPDATE approvals SET standing = ?2, decided = ?3, who = ?4, mac = ?5
                 WHERE id = ?1 AND mac = ?6",
                params![row.id, row.standing, row.decided, row.who, row.mac, before],
            )?;
            Ok(written == 1)
        })
        .await
    }

    /// Redeems a number, once on this machine: `false` when somebody has done so. It is forgotten
    /// after `until`, when it counts for nothing any more.
    pub async fn redeem(&self, number: &str, until: i64, now: i64) -> Result<bool, Error> {
        let number = number.to_owned();
        self.change(move |database| {
            database.execute("DELETE FROM redeemed WHERE until < ?1", [now])?;
            let written = database.execute(
                "INSERT OR IGNORE INTO redeemed (number, until) VALUES (?1, ?2)",
                params![number, until],
            )?;
            Ok(written == 1)
        })
        .await
    }
}
