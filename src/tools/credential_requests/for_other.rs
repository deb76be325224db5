//! The plan of a request to somebody else, who is added or invited to the team.

use super::gate;
use crate::make::credential_requests::Provider;
use crate::tools::{Call, Plan, Thing, ToolError};

/// A plan: which person, into which team, for which apps.
pub(super) async fn plan(
    call: &Call<'_>,
    name: &str,
    provider: &Provider,
    apps: impl Iterator<Item = &str>,
) -> Result<Plan, ToolError> {
    let team = call.team()?;
    gate::refuse_closed(call, team).await?;
    let does = "Bring another person into {}, or invite them, and ask them for credentials.";
    let mut plan = Plan::new(does, Thing::new("team", Some(&team), None))
        .of_team(Some(team), call.team_name(Some(team)).await.as_deref());
    if let Some(user) = provider.provider_make_user_id {
        plan = plan.noting("The person", &format!("the Make user {user}"));
    }
    if let Some(new) = &provider.new_user {
        plan = plan
            .quoting("The person", Some(&new.name))
            .quoting("Their address", Some(&new.email));
    }
    let mut apps: Vec<&str> = apps.collect();
    apps.sort_unstable();
    apps.dedup();
    Ok(plan
        .quoting("Name of the request", Some(name))
        .quoting("Apps", Some(&apps.join(", "))))
}
