//! Calls that wait for a person's yes, and one-time numbers that were redeemed. What a row says
//! counts only with its MAC, which is checked where it is read (`tools`).

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Error, State};
use crate::clock::{BootTime, Moment};

/// Whose a call is, and when by the clock of the boot. What was kept before says neither, so it
/// counts no more and is left out. Each agent gets the id of its creation.
pub(super) const WITH_HOLDERS: &str = "DROP TABLE approvals;
     CREATE TABLE approvals (
        id TEXT PRIMARY KEY, holder TEXT NOT NULL, agent TEXT NOT NULL, tool TEXT NOT NULL,
        binding TEXT NOT NULL, plan TEXT NOT NULL, standing TEXT NOT NULL,
        created INTEGER NOT NULL, created_boot TEXT, created_ms INTEGER,
        decided INTEGER, decided_boot TEXT, decided_ms INTEGER, who TEXT, mac TEXT NOT NULL
     ) STRICT;
     CREATE INDEX approvals_by_binding ON approvals (binding);
     ALTER TABLE redeemed ADD COLUMN boot TEXT NOT NULL DEFAULT '';
     ALTER TABLE redeemed ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE agents ADD COLUMN creation TEXT NOT NULL DEFAULT '';
     UPDATE agents SET creation = lower(hex(randomblob(16)));";

/// A call that waits, or whose yes or no was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRow {
    /// What a person types.
    pub id: String,
    /// Which agent called, so that no later one of its name is taken for it.
    pub holder: String,
    /// What the agent is called.
    pub agent: String,
    /// The tool.
    pub tool: String,
    /// A keyed digest of agent, zone, tool and effect.
    pub binding: String,
    /// What the person is shown, as JSON.
    pub plan: String,
    /// `waiting`, `declined` (which waits too), `approved`, `rejected` or `used`.
    pub standing: String,
    /// When it was asked for.
    pub created: Moment,
    /// When a person decided.
    pub decided: Option<Moment>,
    /// Who decided.
    pub who: Option<String>,
    /// Over all of the above.
    pub mac: String,
}

/// How many calls may wait.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// At most so many of one holder.
    pub of_one: i64,
    /// At most so many rows in all.
    pub in_all: i64,
    /// So long, in seconds, a call waits.
    pub waits_s: i64,
    /// So long, in seconds, a row is kept after its last change.
    pub kept_s: i64,
}

/// What became of a call that is to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It waits.
    Waits,
    /// As many of this holder wait as may.
    TooManyOfOne,
    /// There is no room for any.
    TooMany,
}

const COLUMNS: &str = "id, holder, agent, tool, binding, plan, standing, created, created_boot, \
                       created_ms, decided, decided_boot, decided_ms, who, mac";

fn read(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    Ok(ApprovalRow {
        id: row.get(0)?,
        holder: row.get(1)?,
        agent: row.get(2)?,
        tool: row.get(3)?,
        binding: row.get(4)?,
        plan: row.get(5)?,
        standing: row.get(6)?,
        created: moment(row, 7)?.unwrap_or(Moment {
            wall: i64::MIN,
            boot: None,
        }),
        decided: moment(row, 10)?,
        who: row.get(13)?,
        mac: row.get(14)?,
    })
}

/// A moment in three columns.
fn moment(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Moment>> {
    let (id, ms): (Option<String>, Option<i64>) = (row.get(first + 1)?, row.get(first + 2)?);
    let boot = id.zip(ms).map(|(id, ms)| BootTime { id, ms });
    let wall: Option<i64> = row.get(first)?;
    Ok(wall.map(|wall| Moment { wall, boot }))
}

fn boot(moment: &Moment) -> (Option<&str>, Option<i64>) {
    let boot = moment.boot.as_ref();
    (boot.map(|boot| boot.id.as_str()), boot.map(|boot| boot.ms))
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

    /// Keeps a call that waits, if there is room; others of the same call that still wait go, and
    /// so does what is over. Counted and written in one step, for other processes do the same.
    pub async fn keep_approval(&self, row: ApprovalRow, room: Room) -> Result<Kept, Error> {
        self.change(move |database| {
            database.execute(
                "DELETE FROM approvals
                 WHERE binding = ?1 AND standing IN ('waiting', 'declined')",
                [&row.binding],
            )?;
            forget_over(database, &row.created, room)?;
            let count = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
                database.query_row(sql, values, |row| row.get::<_, i64>(0))
            };
            let of_one = "SELECT count(*) FROM approvals
                 WHERE holder = ?1 AND standing IN ('waiting', 'declined')";
            if count(of_one, &[&row.holder])? >= room.of_one {
                return Ok(Kept::TooManyOfOne);
            }
            let excess = count("SELECT count(*) FROM approvals", &[])? - room.in_all + 1;
            if excess > 0 {
                // What was used is kept to be told of; what was said stays.
                let spared = "DELETE FROM approvals WHERE id IN (SELECT id FROM approvals
                     WHERE standing = 'used' ORDER BY created, id LIMIT ?1)";
                if i64::try_from(database.execute(spared, [excess])?).unwrap_or(0) < excess {
                    return Ok(Kept::TooMany);
                }
            }
            insert(database, &row)?;
            Ok(Kept::Waits)
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
            let decided = row.decided.as_ref();
            let (boot, ms) = decided.map_or((None, None), boot);
            let written = database.execute(
                "UPDATE approvals SET standing = ?2, decided = ?3, decided_boot = ?4,
                     decided_ms = ?5, who = ?6, mac = ?7
                 WHERE id = ?1 AND mac = ?8",
                params![
                    row.id,
                    row.standing,
                    decided.map(|at| at.wall),
                    boot,
                    ms,
                    row.who,
                    row.mac,
                    before
                ],
            )?;
            Ok(written == 1)
        })
        .await
    }

    /// Redeems a number, once on this machine: `false` when somebody has done so. It is forgotten
    /// when its time is over by both clocks: the wall clock may be set forward and back again.
    pub async fn redeem(&self, number: &str, until: Moment, now: Moment) -> Result<bool, Error> {
        let number = number.to_owned();
        self.change(move |database| {
            let (here, ms) = boot(&now);
            database.execute(
                "DELETE FROM redeemed WHERE until < ?1 AND NOT (boot = ?2 AND until_ms >= ?3)",
                params![now.wall, here.unwrap_or_default(), ms.unwrap_or(i64::MAX)],
            )?;
            let (there, until_ms) = boot(&until);
            let written = database.execute(
                "INSERT OR IGNORE INTO redeemed (number, until, boot, until_ms)
                 VALUES (?1, ?2, ?3, ?4)",
                params![
                    number,
                    until.wall,
                    there.unwrap_or_default(),
                    until_ms.unwrap_or(0)
                ],
            )?;
            Ok(written == 1)
        })
        .await
    }
}

/// Takes away what waited too long, and what was last changed long ago by both clocks.
fn forget_over(database: &Connection, now: &Moment, room: Room) -> rusqlite::Result<()> {
    database.execute(
        "DELETE FROM approvals
         WHERE standing IN ('waiting', 'declined') AND (created > ?1 OR created <= ?2)",
        params![now.wall, now.wall.saturating_sub(room.waits_s)],
    )?;
    let (here, ms) = boot(now);
    // Without a clock of the boot nothing is later by it.
    let long_ago_ms = ms.map_or(i64::MAX, |ms| ms - room.kept_s * 1000);
    database.execute(
        "DELETE FROM approvals WHERE COALESCE(decided, created) < ?1
           AND NOT (COALESCE(decided_boot, created_boot, '') = ?2
                    AND COALESCE(decided_ms, created_ms, 0) > ?3)",
        params![
            now.wall.saturating_sub(room.kept_s),
            here.unwrap_or_default(),
            long_ago_ms
        ],
    )?;
    Ok(())
}

fn insert(database: &Connection, row: &ApprovalRow) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT INTO approvals ({COLUMNS})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    );
    let (created_boot, created_ms) = boot(&row.created);
    let decided = row.decided.as_ref();
    let (decided_boot, decided_ms) = decided.map_or((None, None), boot);
    database.execute(
        &sql,
        params![
            row.id,
            row.holder,
            row.agent,
            row.tool,
            row.binding,
            row.plan,
            row.standing,
            row.created.wall,
            created_boot,
            created_ms,
            decided.map(|at| at.wall),
            decided_boot,
            decided_ms,
            row.who,
            row.mac
        ],
    )?;
    Ok(())
}
