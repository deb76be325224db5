//! `organizations_list` and `organizations_get`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Scope, Target, Teams, Toolset};
use crate::ids::OrganizationId;
use crate::make::organizations::{self, Organization};
use crate::tools::error::Hidden;
use crate::tools::target::is_refusal;
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the organizations that the agent reaches.
pub(in crate::tools) struct OrganizationsList;

#[derive(Deserialize, schemars::JsonSchema)]
pub(in crate::tools) struct ListArgs {}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct ListOutput {
    organizations: Vec<Organization>,
}

impl Tool for OrganizationsList {
    type Args = ListArgs;
    type Output = ListOutput;
    const SPEC: Spec = Spec {
        name: "organizations_list",
        title: "List organizations",
        description: "Lists the organizations this agent reaches.",
        toolset: Toolset::Account,
        scopes: &[Scope::OrganizationsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "organizations",
            columns: &["id", "name", "zone"],
            paging: Paging::Ours,
        }),
    };

    fn target(_args: &ListArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, _args: ListArgs) -> Result<ListOutput, ToolError> {
        let organizations = reachable(call).await?;
        if organizations.is_empty() {
            call.suggest("None; the token's user may have left them. users_me says who it is.");
        }
        Ok(ListOutput { organizations })
    }
}

/// The organizations of the agent: those of its teams, when it is bound to teams, with the other
/// teams left out.
pub(super) async fn reachable(call: &Call<'_>) -> Result<Vec<Organization>, ToolError> {
    let all = call.organizations().await?;
    Ok(all
        .iter()
        .cloned()
        .filter_map(|organization| visible(call, organization))
        .collect())
}

fn visible(call: &Call<'_>, mut organization: Organization) -> Option<Organization> {
    if let Teams::Only(granted) = &call.agent().grants.teams {
        let teams = organization.teams.as_mut()?;
        teams.retain(|team| granted.contains(&team.id));
        if teams.is_empty() {
            return None;
        }
    }
    Some(organization)
}

/// The refusal of an organization in which the agent has no team; `by_policy` when Make showed it.
fn hidden(by_policy: bool) -> ToolError {
    ToolError::Hidden(Hidden {
        scope: Some(Scope::OrganizationsRead),
        by_policy,
    })
}

/// Make's refusal of an organization as an agent of certain teams may have it.
fn hide(call: &Call<'_>, id: OrganizationId, error: ToolError) -> ToolError {
    let known = call.session().facts().known_organizations();
    let known = known.iter().flat_map(|all| all.iter());
    let mut own = known.filter(|one| one.id == id);
    let is_own = own.any(|one| visible(call, one.clone()).is_some());
    let is_told = call.agent().grants.teams == Teams::All || is_own || !is_refusal(&error);
    if is_told { error } else { hidden(false) }
}

/// Reads one organization with its plan.
pub(in crate::tools) struct OrganizationsGet;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct GetArgs {
    organization_id: OrganizationId,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct GetOutput {
    organization: Organization,
}

impl Tool for OrganizationsGet {
    type Args = GetArgs;
    type Output = GetOutput;
    const SPEC: Spec = Spec {
        name: "organizations_get",
        title: "Get organization",
        description: "Reads an organization: calls a minute (license.apiLimit), what its plan allows, its teams.",
        toolset: Toolset::Account,
        scopes: &[Scope::OrganizationsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(_args: &GetArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: GetArgs) -> Result<GetOutput, ToolError> {
        let request = organizations::organization(args.organization_id);
        let found = call.send(request).await;
        let found = found.map_err(|error| hide(call, args.organization_id, error));
        let mut organization = found?.organization;
        // 0 is Make's way of not saying.
        if let Some(license) = &mut organization.license {
            license.api_limit = license.api_limit.filter(|limit| *limit > 0);
        }
        let organization = visible(call, organization).ok_or_else(|| hidden(true))?;
        Ok(GetOutput { organization })
    }
}
