//! The seed's organizations, teams and users.

use serde_json::{Value, json};

use super::seeded::{ACME, GINA, GLOBEX, JANE, JOHN, MARKETING, OPS, SALES};
use crate::sandbox::model::State;
use crate::sandbox::model::people::{
    ORGANIZATION_MEMBER, ORGANIZATION_OWNER, Organization, TEAM_ADMIN, TEAM_MEMBER,
    TEAM_MONITORING, Team, User,
};

pub(super) fn fill(state: &mut State) {
    let people = &mut state.people;
    for (id, name, limit, templates) in [(ACME, "Acme", 60, true), (GLOBEX, "Globex", 30, false)] {
        let license = license(limit, templates);
        people
            .organizations
            .insert(id, Organization { name, license });
    }
    for (id, name, organization) in [
        (MARKETING, "Marketing", ACME),
        (SALES, "Sales", ACME),
        (OPS, "Ops", GLOBEX),
    ] {
        people.teams.insert(id, Team { name, organization });
    }
    for (id, name, email) in [
        (JANE, "Jane Doe", "jane@example.com"),
        (JOHN, "John Roe", "john@example.com"),
        (GINA, "Gina Globex", "gina@globex.example"),
    ] {
        people.users.insert(
            id,
            User {
                id,
                name: name.to_owned(),
                email: email.to_owned(),
            },
        );
    }
    people.organization_members = vec![
        (JANE, ACME, ORGANIZATION_OWNER),
        (JOHN, ACME, ORGANIZATION_MEMBER),
        (GINA, GLOBEX, ORGANIZATION_OWNER),
    ];
    people.team_members = vec![
        (JANE, MARKETING, TEAM_ADMIN),
        (JANE, SALES, TEAM_MEMBER),
        (JOHN, MARKETING, TEAM_MONITORING),
        (GINA, OPS, TEAM_ADMIN),
    ];
}

fn license(limit: u64, templates: bool) -> Value {
    json!({
        "apiLimit": limit,
        "creatingTemplates": templates,
        "dynamicConnections": false,
        "portal": templates,
        "portalModuleBridge": templates,
        "customVariables": true,
        "teams": 10,
        "users": 20,
        "auditLogsDays": 30,
    })
}
