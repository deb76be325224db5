//! `teams_list` and `teams_get`.

use serde::{Deserialize, Serialize};

use super::organizations::reachable;
use crate::grants::{Asks, Effect, Scope, Target, Teams, Toolset};
use crate::ids::{OrganizationId, TeamId};
use crate::make::organizations::{self, Team};
use crate::make::pages;
use crate::policy::may_see;
use crate::tools::error::Hidden;
use crate::tools::target::is_refusal;
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the teams that the agent may use.
pub(in crate::tools) struct TeamsList;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct ListArgs {
    organization_id: Option<OrganizationId>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct ListOutput {
    teams: Vec<Team>,
}

impl Tool for TeamsList {
    type Args = ListArgs;
    type Output = ListOutput;
    const SPEC: Spec = Spec {
        name: "teams_list",
        title: "List teams",
        description: "Lists the teams this agent may use, of one organization or of all it reaches.",
        toolset: Toolset::Account,
        scopes: &[Scope::TeamsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "teams",
            columns: &["id", "name", "organizationId"],
            paging: Paging::Ours,
        }),
    };

    fn target(_args: &ListArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: ListArgs) -> Result<ListOutput, ToolError> {
        let mut teams = match args.organization_id {
            Some(organization) => of_named(call, organization).await?,
            None => of_all(call).await?,
        };
        if let Teams::Only(granted) = &call.agent().grants.teams {
            teams.retain(|team| granted.contains(&team.id));
        }
        if teams.is_empty() {
            call.suggest(
                "None that this agent may use; agent_status says which teams it was given.",
            );
        }
        Ok(ListOutput { teams })
    }
}

/// The teams inside the organizations' own answer: one call instead of one an organization.
async fn of_all(call: &Call<'_>) -> Result<Vec<Team>, ToolError> {
    let mut teams = Vec::new();
    for organization in reachable(call).await? {
        let id = organization.id;
        match organization.teams {
            Some(found) => teams.extend(found.into_iter().map(|team| Team {
                id: team.id,
                name: team.name,
                organization_id: Some(id),
                is_paused: None,
            })),
            None => teams.extend(of_one(call, id).await?),
        }
    }
    Ok(teams)
}

/// The teams of an organization that the arguments name. An agent of certain teams learns of one
/// without any of its teams as much as of one that is not there, and Make is asked about neither.
async fn of_named(call: &Call<'_>, id: OrganizationId) -> Result<Vec<Team>, ToolError> {
    if call.agent().grants.teams == Teams::All {
        return of_one(call, id).await;
    }
    if call.organizations_if_told().await.is_some() {
        let own = reachable(call).await?;
        return if own.iter().any(|organization| organization.id == id) {
            of_one(call, id).await
        } else {
            Err(hidden(None))
        };
    }
    // The token may not read organizations: the teams that come back tell.
    let teams = match of_one(call, id).await {
        Err(error) if is_refusal(&error) => return Err(hidden(Some(Scope::TeamsRead))),
        other => other?,
    };
    let is_own = teams
        .iter()
        .any(|team| may_see(call.agent(), team.id).is_ok());
    if is_own {
        Ok(teams)
    } else {
        Err(hidden(Some(Scope::TeamsRead)))
    }
}

/// The refusal of an organization without a team of the agent.
fn hidden(scope: Option<Scope>) -> ToolError {
    ToolError::Hidden(Hidden {
        scope,
        by_policy: false,
    })
}

/// All of them: what an agent of certain teams does not get is left out only after that.
async fn of_one(call: &Call<'_>, organization: OrganizationId) -> Result<Vec<Team>, ToolError> {
    let teams = |offset| organizations::teams(organization, offset);
    pages::all(teams, |page| call.send(page)).await
}

/// Reads one team.
pub(in crate::tools) struct TeamsGet;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct GetArgs {
    team_id: Option<TeamId>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct GetOutput {
    team: Team,
}

impl Tool for TeamsGet {
    type Args = GetArgs;
    type Output = GetOutput;
    const SPEC: Spec = Spec {
        name: "teams_get",
        title: "Get team",
        description: "Reads a team: its name, organization and whether it is paused.",
        toolset: Toolset::Account,
        scopes: &[Scope::TeamsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &GetArgs) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, _args: GetArgs) -> Result<GetOutput, ToolError> {
        let team = call.send(organizations::team(call.team()?)).await?.team;
        Ok(GetOutput { team })
    }
}
