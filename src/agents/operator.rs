//! The operator: a Make user with a token that may make and take away tokens.

use super::Error;
use super::checks::{self, Holder};
use super::desk::{Desk, ask};
use crate::ids::UserId;
use crate::make::organizations::{self, Organization};
use crate::make::{Access, Client, Zone, pages};

/// What the operator's token has to be allowed at Make.
pub const SCOPES: [&str; 2] = ["user:read", "user:write"];

/// The operator with a token that works. Never made where an agent is served.
#[derive(Debug, Clone)]
pub struct Operator {
    client: Client,
    holder: Holder,
}

impl Operator {
    /// The operator with this token, once Make has said that it works and may do what is needed.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::OperatorLacks`].
    pub async fn with(desk: &Desk, access: Access) -> Result<Self, Error> {
        let client = desk.client(access);
        let holder = checks::holder(&client).await?;
        let missing: Vec<&str> = SCOPES
            .into_iter()
            .filter(|needed| !holder.scopes.iter().any(|held| held == needed))
            .collect();
        if missing.is_empty() {
            Ok(Self { client, holder })
        } else {
            Err(Error::OperatorLacks(missing.join(" and ")))
        }
    }

    /// The way to Make.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The zone of the token.
    pub fn zone(&self) -> &Zone {
        self.client.zone()
    }

    /// The Make user.
    pub fn user(&self) -> UserId {
        self.holder.user.id
    }

    /// Whose the token is and what it may do.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The first 8 characters of the token.
    pub fn prefix(&self) -> &str {
        self.client.token_prefix().unwrap_or_default()
    }
}

/// The organizations that a token reaches, with their teams.
pub async fn organizations(client: &Client) -> Result<Vec<Organization>, Error> {
    let mut all = pages::all(organizations::organizations, |page| ask(client, page)).await?;
    for organization in &mut all {
        if organization.teams.is_none() {
            let teams = |offset| organizations::teams(organization.id, offset);
            let teams = pages::all(teams, |page| ask(client, page)).await?;
            let named = teams.into_iter().map(|team| organizations::TeamName {
                id: team.id,
                name: team.name,
            });
            organization.teams = Some(named.collect());
        }
    }
    Ok(all)
}
