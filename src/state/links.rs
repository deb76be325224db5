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
    /// Keeps a link. `holder` says whose it is, whichever token that agent has.
    pub async fn keep_link(
        &self,
        holder: &str,
        object: &str,
        agent: &str,
        link: Link,
    ) -> Result<(), Error> {
        let (holder, object, agent) = (holder.to_owned(), object.to_owned(), agent.to_owned());
        self.with(move |database| {
            let team = link.team.and_then(|team| i64::try_from(team.number()).ok());
            database.execute(
                "INSERT OR REPLACE INTO links (holder, object, team, agent, url, created)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![holder, object, team, agent, link.url, link.created],
            )
        })
        .await
        .map(|_| ())
    }

    /// The link of an object, for the agent that made it.
    pub async fn link(
        &self,
        holder: &str,
        object: &str,
        agent: &str,
    ) -> Result<Option<Link>, Error> {
        let (holder, object, agent) = (holder.to_owned(), object.to_owned(), agent.to_owned());
        self.with(move |database| {
            let mut statement = database.prepare(
                "SELECT url, team, created FROM links WHERE holder = ?1 AND object = ?2 AND agent = ?3",
            )?;
            statement
                .query_row(params![holder, object, agent], |row| {
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

    /// Forgets the links of an agent; a later one of the same name has nothing of it.
    pub async fn forget_links_of(&self, agent: &str) -> Result<(), Error> {
        let agent = agent.to_owned();
        self.with(move |database| database.execute("DELETE FROM links WHERE agent = ?1", [agent]))
            .await
            .map(|_| ())
    }

    /// Erases a link that nobody needs any more.
    pub async fn erase_link(&self, holder: &str, object: &str) -> Result<(), Error> {
        let (holder, object) = (holder.to_owned(), object.to_owned());
        self.with(move |database| {
            database.execute(
                "DELETE FROM links WHERE holder = ?1 AND object = ?2",
                params![holder, object],
            )
        })
        .await
        .map(|_| ())
    }
}
