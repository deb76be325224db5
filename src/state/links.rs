//! The links that Make shows once: a credential request's page and a flow's page, with the team
//! they belong to. For the agent that made them, on this machine.

use rusqlite::{OptionalExtension as _, params};

use super::{Error, State};
use crate::ids::TeamId;

/// A link as it was when the object was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The page of the person; not a secret in our sense, and still only for that person.
    pub url: String,
    /// The team of the object.
    pub team: Option<TeamId>,
    /// When it was made, in seconds since 1970.
    pub created: i64,
}

impl State {
    /// Keeps a link. `token` is the fingerprint of the token it was made with.
    pub async fn keep_link(
        &self,
        token: &str,
        object: &str,
        agent: &str,
        link: Link,
    ) -> Result<(), Error> {
        let (token, object, agent) = (token.to_owned(), object.to_owned(), agent.to_owned());
        self.with(move |database| {
            let team = link.team.and_then(|team| i64::try_from(team.number()).ok());
            database.execute(
                "INSERT OR REPLACE INTO links (token, object, team, agent, url, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![token, object, team, agent, link.url, link.created],
            )
        })
        .await
        .map(|_| ())
    }

    /// The link of an object, for the agent that made it.
    pub async fn link(
        &self,
        token: &str,
        object: &str,
        agent: &str,
    ) -> Result<Option<Link>, Error> {
        let (token, object, agent) = (token.to_owned(), object.to_owned(), agent.to_owned());
        self.with(move |database| {
            let mut statement = database.prepare(
                "SELECT url, team, created FROM links WHERE token = ?1 AND object = ?2 AND agent = ?3",
            )?;
            statement
                .query_row(params![token, object, agent], |row| {
                    let team: Option<i64> = row.get(1)?;
                    let team = team.and_then(|team| TeamId::new(u64::try_from(team).ok()?).ok());
                    Ok(Link {
                        url: row.get(0)?,
                        team,
                        created: row.get(2)?,
                    })
                })
                .optional()
        })
        .await
    }

    /// Erases a link that nobody needs any more.
    pub async fn erase_link(&self, token: &str, object: &str) -> Result<(), Error> {
        let (token, object) = (token.to_owned(), object.to_owned());
        self.with(move |database| {
            database.execute(
                "DELETE FROM links WHERE token = ?1 AND object = ?2",
                params![token, object],
            )
        })
        .await
        .map(|_| ())
    }
}
