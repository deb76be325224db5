//! Users: oneself, what the token may do, the members of a team or organization, roles.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::columns::{Columns, Page, PageDefault};
use crate::sandbox::model::people::User;

const ME: &[&str] = &[
    "id",
    "name",
    "email",
    "language",
    "timezoneId",
    "localeId",
    "countryId",
    "features",
    "avatar",
    "timezone",
    "locale",
    "emailNotifications",
    "usersAdminsRoleId",
    "userOrganizationRoles",
    "userTeamRoles",
    "forceSetPassword",
    "hasPassword",
    "tfaEnabled",
    "tfaStatus",
    "isAffiliatePartner",
    "hasAddedApp",
    "supportEligible",
];
const ME_DEFAULT: &[&str] = &[
    "id",
    "name",
    "email",
    "language",
    "timezoneId",
    "localeId",
    "countryId",
    "features",
    "avatar",
    "timezone",
    "locale",
];
const USER: &[&str] = &[
    "id",
    "name",
    "email",
    "language",
    "timezoneId",
    "localeId",
    "countryId",
    "features",
    "avatar",
];
const PAGE: PageDefault = PageDefault {
    limit: 10_000,
    sort_by: "name",
    descending: false,
};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["users", "me"]) => me(call),
        ("GET", ["users", "me", "current-authorization"]) => Ok(current_authorization(call)),
        ("GET", ["users"]) => list(call),
        ("GET", ["users", "roles"]) => roles(call),
        ("GET", ["users", user, "user-team-roles"]) => team_roles(call, user),
        ("GET", ["users", user, "user-team-roles", team]) => team_role(call, user, team),
        _ => return None,
    })
}

fn profile(user: &User) -> Value {
    json!({
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "language": "en",
        "timezoneId": 113,
        "localeId": 18,
        "countryId": 1,
        "features": {},
        "avatar": "https://www.gravatar.com/avatar/0",
        "timezone": "Europe/Prague",
        "locale": "en-US",
    })
}

fn me(call: &mut Call<'_>) -> Outcome {
    let columns = Columns::of(call, ME)?;
    let people = &call.state.people;
    let user = people
        .users
        .get(&call.user)
        .ok_or_else(Answer::unauthorized)?;
    let organizations = people
        .organization_members
        .iter()
        .filter(|m| m.0 == user.id);
    let organizations: Vec<Value> = organizations
        .map(|m| json!({"usersRoleId": m.2, "userId": m.0, "organizationId": m.1, "invitation": null}))
        .collect();
    let teams = people.team_members.iter().filter(|m| m.0 == user.id);
    let teams: Vec<Value> = teams
        .map(|m| json!({"usersRoleId": m.2, "userId": m.0, "teamId": m.1, "changeable": true}))
        .collect();
    let more = json!({
        "emailNotifications": [],
        "usersAdminsRoleId": null,
        "userOrganizationRoles": organizations,
        "userTeamRoles": teams,
        "forceSetPassword": false,
        "hasPassword": true,
        "tfaEnabled": false,
        "tfaStatus": 0,
        "isAffiliatePartner": false,
        "hasAddedApp": false,
        "supportEligible": true,
    });
    let mut row = profile(user);
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    Ok(Answer::ok(
        &json!({"authUser": columns.pick(&row, ME_DEFAULT)}),
    ))
}

fn current_authorization(call: &Call<'_>) -> Answer {
    Answer::ok(&json!({"authorization": {"authUsed": "token", "scope": call.scopes}}))
}

/// Exactly one of team and organization has to be named.
fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("user:read")?;
    let team = call.optional_id("teamId")?;
    let organization = call.optional_id("organizationId")?;
    let columns = Columns::of(call, USER)?;
    let page = Page::of(call, PAGE)?;
    let people = &call.state.people;
    let members: Vec<u64> = match (team, organization) {
        (Some(team), None) => {
            call.in_team(team)?;
            people
                .team_members
                .iter()
                .filter(|m| m.1 == team)
                .map(|m| m.0)
                .collect()
        }
        (None, Some(organization)) if people.in_organization(call.user, organization) => {
            let members = people.organization_members.iter();
            members
                .filter(|m| m.1 == organization)
                .map(|m| m.0)
                .collect()
        }
        (None, Some(_)) => return Err(Answer::forbidden()),
        _ => {
            return Err(Answer::invalid_input(
                "Either teamId or organizationId is required.",
            ));
        }
    };
    let rows = members
        .iter()
        .filter_map(|id| people.users.get(id))
        .map(profile)
        .collect();
    let rows = columns.pick_all(&page.cut(rows), USER);
    Ok(Answer::ok(&json!({"users": rows, "pg": page.json()})))
}

/// (id, name, identifier, category)
const ROLES: &[(u64, &str, &str, &str)] = &[
    (1, "Owner", "owner", "organization"),
    (2, "Admin", "admin", "organization"),
    (3, "Member", "member", "organization"),
    (4, "Accountant", "accountant", "organization"),
    (5, "App Developer", "app-developer", "organization"),
    (11, "Team Admin", "team-admin", "team"),
    (12, "Team Member", "team-member", "team"),
    (13, "Team Monitoring", "team-monitoring", "team"),
    (14, "Team Operator", "team-operator", "team"),
    (
        15,
        "Team Restricted Member",
        "team-restricted-member",
        "team",
    ),
];

fn roles(call: &mut Call<'_>) -> Outcome {
    const COLUMNS: &[&str] = &[
        "id",
        "name",
        "identifier",
        "category",
        "subsidiary",
        "managementType",
        "description",
        "permissions",
    ];
    call.needs("user:read")?;
    let columns = Columns::of(call, COLUMNS)?;
    let category = call.query.get("category");
    let rows: Vec<Value> = ROLES
        .iter()
        .filter(|role| category.is_none_or(|wanted| wanted == role.3))
        .map(|(id, name, identifier, category)| {
            json!({
                "id": id,
                "name": name,
                "identifier": identifier,
                "category": category,
                "subsidiary": false,
                "managementType": "system_locked",
                "description": "",
                "permissions": [format!("{category} view")],
            })
        })
        .map(|role| columns.pick(&role, COLUMNS))
        .collect();
    Ok(Answer::ok(&json!({"usersRoles": rows})))
}

fn role_json(member: (u64, u64, u64)) -> Value {
    let (user, team, role) = member;
    json!({
        "usersRoleId": role,
        "userId": user,
        "teamId": team,
        "changeable": true,
        "ssoPending": false,
    })
}

/// Only the teams the caller is in too.
fn visible(call: &Call<'_>, user: &str) -> Result<Vec<(u64, u64, u64)>, Answer> {
    call.needs("user:read")?;
    let user = if user == "me" {
        call.user
    } else {
        number("userId", user)?
    };
    let members = call.state.people.team_members.iter();
    let found: Vec<_> = members
        .filter(|m| m.0 == user && call.sees(m.1))
        .copied()
        .collect();
    if found.is_empty() {
        Err(Answer::no_user())
    } else {
        Ok(found)
    }
}

fn team_roles(call: &mut Call<'_>, user: &str) -> Outcome {
    let rows: Vec<Value> = visible(call, user)?.into_iter().map(role_json).collect();
    Ok(Answer::ok(&json!({"userTeamRoles": rows})))
}

fn team_role(call: &mut Call<'_>, user: &str, team: &str) -> Outcome {
    let team = number("teamId", team)?;
    let found = visible(call, user)?.into_iter().find(|m| m.1 == team);
    let row = found.map(role_json).ok_or_else(Answer::no_user)?;
    Ok(Answer::ok(&json!({"userTeamRole": row})))
}
