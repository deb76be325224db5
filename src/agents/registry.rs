//! The agents that this machine knows: rows of state.db, read and checked.

use serde::{Deserialize, Serialize};

use super::Error;
use super::retire::pending_of;
use crate::grants::{Agent, Grants, Standing};
use crate::ids::{AgentName, TokenStamp, UserId};
use crate::make::Zone;
use crate::state::{AgentRow, State};

/// What may be known of an agent's token; never the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenFacts {
    /// The first 8 characters, which Make shows too.
    pub prefix: String,
    /// The label at Make; `None` for an adopted token, which somebody else made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When Make made it, where that is known: what Make knows it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<TokenStamp>,
    /// Since when this machine has it, in seconds since 1970: its age counts from here when Make's
    /// own time is not known.
    pub since: i64,
    /// Its scopes, as Make said them when it was taken up.
    pub scopes: Vec<String>,
    /// The Make user it belongs to.
    pub make_user_id: UserId,
}

/// An agent that this machine knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its name.
    pub name: AgentName,
    /// Whether it may work.
    pub standing: Standing,
    /// What it may do.
    pub grants: Grants,
    /// The zone of its token. Only a copy to show: calls take the zone that is kept beside the token.
    pub zone: Zone,
    /// Where its token is kept: a secret reference.
    pub store: String,
    /// Its token; `None` while it is being made.
    pub token: Option<TokenFacts>,
    /// When it was added, in seconds since 1970.
    pub created: i64,
    /// A random id of its creation: what a person agreed to for it counts for no other agent that
    /// gets its name later, and for whatever token it has.
    pub creation: String,
    /// Grows with every change.
    pub generation: i64,
}

impl Registered {
    /// The agent as policy sees it.
    pub fn agent(&self) -> Agent {
        Agent {
            name: self.name.clone(),
            standing: self.standing,
            grants: self.grants.clone(),
        }
    }

    pub(super) fn read(row: AgentRow) -> Result<Self, Error> {
        let corrupt = || Error::Corrupt(row.name.clone());
        let standing = match row.standing.as_str() {
            "pending" => Standing::Pending,
            "active" => Standing::Active,
            "revoked" => Standing::Revoked,
            _ => return Err(corrupt()),
        };
        Ok(Self {
            name: row.name.parse().map_err(|_| corrupt())?,
            standing,
            grants: serde_json::from_str(&row.grants).map_err(|_| corrupt())?,
            zone: Zone::kept(&row.zone).map_err(|_| corrupt())?,
            token: serde_json::from_str(&row.token).map_err(|_| corrupt())?,
            store: row.store,
            created: row.created,
            creation: row.creation,
            generation: row.generation,
        })
    }

    pub(super) fn row(&self) -> Result<AgentRow, Error> {
        let corrupt = |_| Error::Corrupt(self.name.to_string());
        let standing = match self.standing {
            Standing::Pending => "pending",
            Standing::Active => "active",
            Standing::Revoked => "revoked",
        };
        Ok(AgentRow {
            name: self.name.to_string(),
            standing: standing.to_owned(),
            grants: serde_json::to_string(&self.grants).map_err(corrupt)?,
            zone: self.zone.to_string(),
            store: self.store.clone(),
            token: serde_json::to_string(&self.token).map_err(corrupt)?,
            created: self.created,
            creation: self.creation.clone(),
            generation: self.generation,
        })
    }
}

/// The agents that this machine knows. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registry {
    state: State,
}

impl Registry {
    /// The agents in this state.
    pub fn of(state: State) -> Self {
        Self { state }
    }

    /// Where they are kept.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// An agent by its name.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none.
    pub async fn get(&self, name: &AgentName) -> Result<Registered, Error> {
        let row = self.state.agent(name.as_str()).await?;
        Registered::read(row.ok_or_else(|| Error::Unknown(name.clone()))?)
    }

    /// All agents, by name.
    pub async fn list(&self) -> Result<Vec<Registered>, Error> {
        let rows = self.state.agents().await?;
        rows.into_iter().map(Registered::read).collect()
    }

    /// Adds an agent and gives it its generation.
    ///
    /// # Errors
    /// [`Error::NameTaken`], [`Error::Reserved`].
    pub async fn add(&self, agent: &mut Registered) -> Result<(), Error> {
        if agent.name.as_str() == "env" {
            return Err(Error::Reserved);
        }
        let added = self.state.add_agent(agent.row()?).await?;
        agent.generation = added.ok_or_else(|| Error::NameTaken(agent.name.clone()))?;
        Ok(())
    }

    /// Writes a changed agent and gives it its new generation.
    ///
    /// # Errors
    /// [`Error::Changed`] when it is another one by now: nothing was written then.
    pub async fn write(&self, agent: &mut Registered) -> Result<(), Error> {
        let written = self.state.write_agent(agent.row()?).await?;
        agent.generation = written.ok_or_else(|| Error::Changed(agent.name.clone()))?;
        Ok(())
    }

    /// Marks an agent revoked, whatever else happens to it meanwhile, and remembers that its token
    /// has to go at Make, where it is ours to take away. Gives the agent as it is then: its
    /// processes have to take that generation up.
    pub async fn mark_revoked(&self, name: &AgentName, reason: &str) -> Result<Registered, Error> {
        loop {
            let mut agent = self.get(name).await?;
            let token = pending_of(&agent, reason);
            let marked = self
                .state
                .revoke_agent(name.as_str(), agent.generation, token)
                .await?;
            // Changed in between: looked at again, for the token may be another one now.
            if let Some(generation) = marked {
                agent.standing = Standing::Revoked;
                agent.generation = generation;
                return Ok(agent);
            }
        }
    }

    /// Forgets an agent.
    pub async fn remove(&self, name: &AgentName) -> Result<(), Error> {
        if self.state.remove_agent(name.as_str()).await? {
            Ok(())
        } else {
            Err(Error::Unknown(name.clone()))
        }
    }
}
