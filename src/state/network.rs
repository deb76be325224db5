//! The way to Make, as the operator configured it. Kept as text; what it means is checked where it
//! is used. It counts only in the folder where it was entered: otherwise a variable that names a
//! prepared home folder would lead a token of the environment past a foreign proxy or to a foreign
//! host. A key in the same folder proves nothing against that, so the folder itself is the proof.

use rusqlite::{OptionalExtension as _, params};

use super::{Error, State, files};

/// The column for the private host, which came later than the others.
pub(super) const PRIVATE_ZONE: &str = "ALTER TABLE network ADD COLUMN private_zone TEXT;";

/// The column for the folder where it was entered.
pub(super) const ENTERED_IN: &str = "ALTER TABLE network ADD COLUMN entered_in TEXT;";

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
            self.check_home()?;
            return Ok(NetworkRow::default());
        }
        let kept = self.with(|database| {
            let mut statement = database.prepare(
                "SELECT proxy, ca_file, system_roots, private_zone, entered_in FROM network",
            )?;
            let row = statement.query_row([], |row| {
                let network = NetworkRow {
                    proxy: row.get(0)?,
                    ca_file: row.get(1)?,
                    system_roots: row.get(2)?,
                    private_zone: row.get(3)?,
                };
                Ok((network, row.get::<_, Option<String>>(4)?))
            });
            row.optional()
        });
        let Some((network, entered_in)) = kept.await? else {
            return Ok(NetworkRow::default());
        };
        let home = self.0.home.as_ref().ok_or(Error::NoHome)?;
        let is_here = || files::mark(home).is_ok_and(|here| entered_in.as_ref() == Some(&here));
        if network == NetworkRow::default() || files::is_own(home) || is_here() {
            Ok(network)
        } else {
            Err(Error::EnteredElsewhere)
        }
    }

    /// Keeps the way to Make, for this folder.
    pub async fn keep_network(&self, network: NetworkRow) -> Result<(), Error> {
        let home = self.0.home.clone().ok_or(Error::NoHome)?;
        self.change(move |database| {
            database.execute(
                "INSERT OR REPLACE INTO network
                 (one, proxy, ca_file, system_roots, private_zone, entered_in)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5)",
                params![
                    network.proxy,
                    network.ca_file,
                    network.system_roots,
                    network.private_zone,
                    files::mark(&home).ok()
                ],
            )?;
            Ok(())
        })
        .await
    }
}
