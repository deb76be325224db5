//! The way to Make, as the operator configured it. Kept as text; what it means is checked where it
//! is used.

use rusqlite::{OptionalExtension as _, params};

use super::{Error, State};

/// The column for the private host, which came later than the others.
pub(super) const PRIVATE_ZONE: &str = "ALTER TABLE network ADD COLUMN private_zone TEXT;";

/// The way to Make as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkRow {
    /// The address of a proxy; never with a user name in it.
    pub proxy: Option<String>,
    /// The path of a file with further roots.
    pub ca_file: Option<String>,
    /// Whether the roots of the operating system count too.
    pub system_roots: bool,
    /// The private host that a token from the environment may go to.
    pub private_zone: Option<String>,
}

impl State {
    /// The way to Make; the plain one where nothing was configured. Where there is no state.db yet,
    /// none is made.
    pub async fn network(&self) -> Result<NetworkRow, Error> {
        if !self.exists() {
            return Ok(NetworkRow::default());
        }
        let kept = self.with(|database| {
            let mut statement = database
                .prepare("SELECT proxy, ca_file, system_roots, private_zone FROM network")?;
            let row = statement.query_row([], |row| {
                Ok(NetworkRow {
                    proxy: row.get(0)?,
                    ca_file: row.get(1)?,
                    system_roots: row.get(2)?,
                    private_zone: row.get(3)?,
                })
            });
            row.optional()
        });
        Ok(kept.await?.unwrap_or_default())
    }

    /// Keeps the way to Make.
    pub async fn keep_network(&self, network: NetworkRow) -> Result<(), Error> {
        self.change(move |database| {
            database.execute(
                "INSERT OR REPLACE INTO network (one, proxy, ca_file, system_roots, private_zone)
                 VALUES (1, ?1, ?2, ?3, ?4)",
                params![
                    network.proxy,
                    network.ca_file,
                    network.system_roots,
                    network.private_zone
                ],
            )?;
            Ok(())
        })
        .await
    }
}
