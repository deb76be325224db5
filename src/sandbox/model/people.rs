//! Organizations, teams, users and who belongs where.

use std::collections::BTreeMap;

use serde_json::{Value, json};

#[derive(Default)]
pub(crate) struct People {
    pub(crate) organizations: BTreeMap<u64, Organization>,
    pub(crate) teams: BTreeMap<u64, Team>,
    pub(crate) users: BTreeMap<u64, User>,
    /// (user, organization, role)
    pub(crate) organization_members: Vec<(u64, u64, u64)>,
    /// (user, team, role)
    pub(crate) team_members: Vec<(u64, u64, u64)>,
}

pub(crate) struct Organization {
    pub(crate) name: &'static str,
    pub(crate) license: Value,
}

pub(crate) struct Team {
    pub(crate) name: &'static str,
    pub(crate) organization: u64,
}

pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// Ids of the roles in `GET /users/roles`.
pub(crate) const ORGANIZATION_OWNER: u64 = 1;
pub(crate) const ORGANIZATION_MEMBER: u64 = 3;
pub(crate) const TEAM_ADMIN: u64 = 11;
pub(crate) const TEAM_MEMBER: u64 = 12;
/// Reads everything in the team and changes nothing.
pub(crate) const TEAM_MONITORING: u64 = 13;

impl User {
    pub(crate) fn brief(&self) -> Value {
        json!({"id": self.id, "email": self.email, "name": self.name})
    }
}

impl People {
    pub(crate) fn role(&self, user: u64, team: u64) -> Option<u64> {
        let place = |member: &&(u64, u64, u64)| member.0 == user && member.1 == team;
        self.team_members.iter().find(place).map(|member| member.2)
    }

    pub(crate) fn in_organization(&self, user: u64, organization: u64) -> bool {
        self.organization_members
            .iter()
            .any(|m| m.0 == user && m.1 == organization)
    }

    pub(crate) fn organization_of(&self, team: u64) -> Option<u64> {
        self.teams.get(&team).map(|team| team.organization)
    }

    pub(crate) fn license(&self, team: u64) -> Option<&Value> {
        self.organization_of(team)
            .and_then(|id| self.organizations.get(&id))
            .map(|organization| &organization.license)
    }

    pub(crate) fn teams_of(&self, organization: u64) -> impl Iterator<Item = (u64, &Team)> {
        self.teams
            .iter()
            .filter(move |(_, team)| team.organization == organization)
            .map(|(id, team)| (*id, team))
    }

    /// The user takes part in the team, and so in its organization.
    pub(crate) fn join(&mut self, user: u64, team: u64, role: u64) {
        if self.role(user, team).is_none() {
            self.team_members.push((user, team, role));
        }
        if let Some(organization) = self.organization_of(team)
            && !self.in_organization(user, organization)
        {
            self.organization_members
                .push((user, organization, ORGANIZATION_MEMBER));
        }
    }

    pub(crate) fn brief(&self, user: Option<u64>) -> Value {
        user.and_then(|id| self.users.get(&id))
            .map_or(Value::Null, User::brief)
    }
}
