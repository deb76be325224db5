//! The teams there are, for an operator who has not named any yet.

use serde_json::{Value, json};

use crate::agents::isolation::Reach;
use crate::agents::organizations;
use crate::cli::text::Foreign;
use crate::cli::{Ended, text};
use crate::ids::TeamId;
use crate::make::Client;
use crate::make::organizations::Organization;

/// The organizations of a token; none where it may not read them.
pub(in crate::cli) async fn of_token(client: &Client) -> Vec<Organization> {
    organizations(client).await.unwrap_or_default()
}

/// Teams that the token's user is in and whose names it may not read.
fn unnamed(organizations: &[Organization], reach: &Reach) -> Vec<TeamId> {
    let named: Vec<TeamId> = organizations
        .iter()
        .flat_map(|organization| organization.teams.iter().flatten())
        .map(|team| team.id)
        .collect();
    let unnamed = reach.teams.iter().filter(|id| !named.contains(id));
    unnamed.copied().collect()
}

/// The teams as JSON.
pub(in crate::cli) fn rows(organizations: &[Organization], reach: &Reach) -> Vec<Value> {
    let mut rows = Vec::new();
    for organization in organizations {
        for team in organization.teams.iter().flatten() {
            rows.push(json!({
                "id": team.id,
                "name": team.name,
                "organizationId": organization.id,
                "organization": organization.name,
            }));
        }
    }
    rows.extend(
        unnamed(organizations, reach)
            .iter()
            .map(|id| json!({"id": id})),
    );
    rows
}

/// The teams, a line each.
pub(in crate::cli) fn tell(organizations: &[Organization], reach: &Reach) {
    for organization in organizations {
        text::line(format!(
            "{} (organization {})",
            Foreign(&organization.name),
            organization.id
        ));
        for team in organization.teams.iter().flatten() {
            let name = Foreign(&team.name);
            text::line(format!("  {:>8}  {name}", team.id.number()));
        }
    }
    for id in unnamed(organizations, reach) {
        text::line(format!("  {:>8}", id.number()));
    }
}

/// Lists the teams and stops: nothing was made.
pub(super) fn list(organizations: &[Organization], reach: &Reach, as_json: bool) -> Ended {
    let rows = rows(organizations, reach);
    if rows.is_empty() {
        text::problem("the token may not list teams; their ids stand in the address bar of Make");
    }
    if as_json {
        let next = "run it again with --teams IDS, or --all-teams";
        text::json(format!("{:#}", json!({"teams": rows, "next": next})));
    } else {
        tell(organizations, reach);
    }
    text::problem("nothing was made: name teams with --teams IDS, or --all-teams");
    Ended::Usage
}
