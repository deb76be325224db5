//! Who keeps an agent in its teams. Make bounds a token by its user and its scopes, not by team: it
//! keeps the agent in only where the user reaches no other team. Otherwise our policy does alone.

use std::collections::BTreeSet;

use serde::Serialize;

use super::desk::ask;
use super::operator::Operator;
use crate::grants::Teams;
use crate::ids::TeamId;
use crate::make::users::{Role, User};
use crate::make::{Client, organizations, pages, users};

/// Roles in an organization that reach no team by themselves (Make's list of roles).
const PLAIN: [&str; 3] = ["member", "accountant", "app-developer"];

/// Who keeps an agent in its teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Isolation {
    /// Whether Make itself does.
    pub enforced_by_make: bool,
    /// Why, in one sentence.
    pub why: String,
    /// Teams that the token reaches and the agent was not given.
    pub further_teams: Vec<TeamId>,
}

/// What Make says of a token's user.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Teams, from the user's own roles and from the organizations that it may read.
    pub teams: BTreeSet<TeamId>,
    /// Whether the user's roles in teams could be read.
    pub roles_known: bool,
    /// Whether a role of the user in an organization reaches further teams; `None` when the roles
    /// could not be read.
    pub wide_role: Option<bool>,
}

/// Asks Make what the token's user reaches. What the token may not ask itself, the operator's
/// may.
pub async fn reach(client: &Client, user: &User, operator: Option<&Operator>) -> Reach {
    let mut teams: BTreeSet<TeamId> = user
        .user_team_roles
        .iter()
        .flatten()
        .map(|role| role.team_id)
        .collect();
    let organizations = pages::all(organizations::organizations, |page| ask(client, page)).await;
    for organization in organizations.unwrap_or_default() {
        let found = organization.teams.into_iter().flatten();
        teams.extend(found.map(|team| team.id));
    }
    let asking = operator.map_or(client, Operator::client);
    let roles = ask(asking, users::organization_roles()).await;
    let wide_role = roles
        .ok()
        .and_then(|roles| is_wide(user, &roles.users_roles));
    Reach {
        teams,
        roles_known: user.user_team_roles.is_some(),
        wide_role,
    }
}

/// The same with the operator's own token.
pub async fn reach_of(operator: &Operator) -> Reach {
    reach(operator.client(), &operator.holder().user, None).await
}

/// Whether one of the user's roles in organizations reaches teams; `None` when one is not known.
fn is_wide(user: &User, roles: &[Role]) -> Option<bool> {
    let own = user.user_organization_roles.as_ref()?;
    let mut wide = false;
    for role in own {
        let id = role.users_role_id?;
        let known = roles.iter().find(|role| role.id == id)?;
        wide |= !PLAIN.contains(&known.identifier.as_str());
    }
    Some(wide)
}

/// Who keeps an agent with these teams in them.
pub fn isolation(teams: &Teams, reach: &Reach) -> Isolation {
    let further: Vec<TeamId> = match teams {
        Teams::All => Vec::new(),
        Teams::Only(granted) => reach.teams.difference(granted).copied().collect(),
    };
    let listed: Vec<String> = further.iter().map(ToString::to_string).collect();
    let (enforced_by_make, why) = if *teams == Teams::All {
        (
            true,
            "the agent was given every team that its token's user reaches".to_owned(),
        )
    } else if !further.is_empty() {
        let teams = if listed.len() == 1 { "team" } else { "teams" };
        let listed = listed.join(", ");
        (
            false,
            format!("the token's user reaches the {teams} {listed} too"),
        )
    } else if reach.wide_role == Some(true) {
        (
            false,
            "a role of the token's user in the organization reaches every team".to_owned(),
        )
    } else if reach.wide_role.is_none() || !reach.roles_known {
        (
            false,
            "the roles of the token's user could not be read".to_owned(),
        )
    } else {
        (true, "the token's user is in no other team".to_owned())
    };
    Isolation {
        enforced_by_make,
        why,
        further_teams: further,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teams(ids: &[u64]) -> BTreeSet<TeamId> {
        ids.iter().map(|id| TeamId::new(*id).unwrap()).collect()
    }

    fn of(granted: &[u64], reached: &[u64], wide_role: Option<bool>) -> bool {
        let reach = Reach {
            teams: teams(reached),
            roles_known: true,
            wide_role,
        };
        isolation(&Teams::Only(teams(granted)), &reach).enforced_by_make
    }

    #[test]
    fn make_enforces_only_what_it_is_known_to() {
        assert!(of(&[22], &[22], Some(false)));
        assert!(of(&[22, 23], &[22], Some(false)));
        assert!(!of(&[22], &[22, 23], Some(false)));
        assert!(!of(&[22], &[22], Some(true)));
        assert!(!of(&[22], &[22], None));
        let unknown = isolation(&Teams::Only(teams(&[22])), &Reach::default());
        assert!(!unknown.enforced_by_make);
    }

    #[test]
    fn an_unknown_role_is_not_taken_for_a_plain_one() {
        let user = |role: serde_json::Value| {
            let roles = serde_json::json!([{"organizationId": 1, "usersRoleId": role}]);
            let user = serde_json::json!({"id": 7, "userOrganizationRoles": roles});
            serde_json::from_value::<User>(user).unwrap()
        };
        let roles = ["owner", "admin", "member", "custom"];
        let roles: Vec<Role> = (1..)
            .zip(roles)
            .map(|(id, name)| Role {
                id,
                identifier: name.to_owned(),
            })
            .collect();
        assert_eq!(is_wide(&user(3.into()), &roles), Some(false));
        for wide in [1, 2, 4] {
            assert_eq!(is_wide(&user(wide.into()), &roles), Some(true));
        }
        assert_eq!(is_wide(&user(9.into()), &roles), None);
        assert_eq!(is_wide(&user(serde_json::Value::Null), &roles), None);
    }
}
