//! The plan of a request to somebody else, who is added or invited to the team.

use super::gate;
use crate::make::Request;
use crate::make::credential_requests::{Created, Provider};
use crate::tools::consent::NONE_BESIDES;
use crate::tools::{Call, Plan, Thing, ToolError};

/// A plan: which person, into which team, and all that is asked of them.
pub(super) async fn plan(
    call: &Call<'_>,
    name: &str,
    provider: &Provider,
    request: &Request<Created>,
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
    Ok(plan
        .quoting("Name of the request", Some(name))
        .sending(request, NONE_BESIDES))
}
