//! `connections_list`.

use serde::{Deserialize, Serialize};

use crate::grants::{Effect, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make::connections::{self, Connection};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the connections of a team.
pub(in crate::tools) struct List;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    /// Connection types, such as `google` or `slack2`.
    r#type: Option<Vec<String>>,
    /// With one `type`: `scoped` says whether these are granted.
    scopes: Option<Vec<String>>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    connections: Vec<Connection>,
}

impl Tool for List {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_list",
        title: "List connections",
        description: "Lists a team's connections. To reuse one, call connections_find_reusable. Never returns secrets.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsRead],
        effect: Effect::Read,
        list: Some(Rows {
            rows: "connections",
            columns: &[
                "id",
                "name",
                "accountName",
                "accountType",
                "expire",
                "scoped",
            ],
            paging: Paging::Ours,
        }),
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let types = args.r#type.unwrap_or_default();
        let scopes = args.scopes.unwrap_or_default();
        if !scopes.is_empty() && types.len() != 1 {
            return Err(ToolError::argument(
                "scopes",
                "goes with exactly one `type`",
                "Pass one `type`, or leave `scopes` out.",
            ));
        }
        let team = call.team()?;
        let found = call
            .send(connections::list(team, &types, &scopes))
            .await?
            .connections;
        if found.is_empty() {
            call.suggest(if types.is_empty() {
                format!("None yet: credential_requests_create with teamId {team} lets a person sign in.")
            } else {
                "None of this type: call again without `type`; families differ (google, google-email).".to_owned()
            });
        }
        Ok(Output { connections: found })
    }
}
