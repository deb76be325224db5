//! The teams there are, for an operator who has not named any yet.

use serde_json::json;

use crate::agents::isolation::Reach;
use crate::agents::{Operator, organizations};
use crate::cli::{Ended, text};
use crate::make::Client;
use crate::make::organizations::Organization;

/// The organizations of the operator; none where its token may not read them.
pub(super) async fn of_operator(operator: &Operator) -> Vec<Organization> {
    of_token(operator.client()).await
}

/// The organizations of a token; none where it may not read them.
pub(super) async fn of_token(client: &Client) -> Vec<Organization> {
    organizations(client).await.unwrap_or_default()
}

/// Lists the teams and stops: nothing was made.
pub(super) fn list(organizations: &[Organization], reach: &Reach, as_json: bool) -> Ended {
    let named = organizations
        .iter()
        .flat_map(|organization| organization.teams.iter().flatten())
        .map(|team| team.id);
    let named: Vec<_> = named.collect();
    let unnamed: Vec<_> = reach.teams.iter().filter(|id| !named.contains(id)).collect();
    if as_json {
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
        rows.extend(unnamed.iter().map(|id| json!({"id": id})));
        let next = "run it again with --teams IDS, or --all-teams";
        text::line(format!("{:#}", json!({"teams": rows, "next": next})));
    } else {
        for organization in organizations {
            text::line(format!("{} (organization {})", organization.name, organization.id));
            for team in organization.teams.iter().flatten() {
                text::line(format!("  {:>8}  {}", team.id.number(), team.name));
            }
        }
        for id in &unnamed {
            text::line(format!("  {:>8}", id.number()));
        }
    }
    if named.is_empty() && unnamed.is_empty() {
        text::problem("the token may not list teams; their ids stand in the address bar of Make");
    }
    text::problem("nothing was made: name teams with --teams IDS, or --all-teams");
    Ended::Usage
}
