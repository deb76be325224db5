//! Where the trail ended when a change was last made, and how often that was kept: a trail that
//! was put back is older than this, and a state that was put back counts less than the trail says.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Error, State};

const SELECT: &str = "SELECT generation, sequence, mac FROM anchors";

/// The last line of the trail that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// How often an anchor was kept.
    pub generation: u64,
    /// The sequence number of the line.
    pub sequence: u64,
    /// Its MAC.
    pub mac: String,
}

impl State {
    /// Keeps a line of the trail, unless a later one is known. Returns what is known then.
    pub async fn keep_anchor(&self, sequence: u64, mac: String) -> Result<Anchor, Error> {
        let sequence = i64::try_from(sequence).unwrap_or(i64::MAX);
        self.with(move |database| {
            database.execute(
                "INSERT INTO anchors (id, generation, sequence, mac) VALUES (1, 1, ?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET generation = generation + 1,
                     sequence = excluded.sequence, mac = excluded.mac
                 WHERE excluded.sequence > sequence",
                params![sequence, mac],
            )?;
            database.query_row(SELECT, [], read)
        })
        .await
    }

    /// What is known of the trail.
    pub async fn anchor(&self) -> Result<Option<Anchor>, Error> {
        self.with(|database| database.query_row(SELECT, [], read).optional())
            .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Anchor> {
    let number = |at: usize| row.get::<_, i64>(at).map(i64::unsigned_abs);
    Ok(Anchor {
        generation: number(0)?,
        sequence: number(1)?,
        mac: row.get(2)?,
    })
}
