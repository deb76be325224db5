//! `connections_list`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{TeamId, TypeName};
use crate::make::connections::{self, Connection, ScopesByType};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the connections of a team.
pub(in crate::tools) struct List;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    r#type: Option<Vec<TypeName>>,
    /// Scopes by type; `scoped` says whether they are granted.
    scopes: Option<ScopesByType>,
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
        description: "Lists a team's connections, never secrets. To choose one to reuse: connections_find_reusable.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsRead],
        effect: Effect::Read,
        asks: Asks::Never,
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
        let team = call.team()?;
        let mut found = call
            .send(connections::list(team, &types, &scopes))
            .await?
            .connections;
        for connection in &found {
            call.saw(
                Object::Connection(connection.id),
                connection.team_id.unwrap_or(team),
            );
        }
        for connection in &mut found {
            // Make answers `true` where nothing was asked: that would read as "has the scopes".
            let mut asked = scopes.iter().filter(|(_, scopes)| !scopes.is_empty());
            let name = connection.account_name.as_deref();
            if !asked.any(|(of, _)| name == Some(of.as_str())) {
                connection.scoped = None;
            }
        }
        if found.is_empty() {
            call.suggest(if types.is_empty() {
                format!(
                    "None yet: credential_requests_create with teamId {team} lets a person sign in."
                )
            } else {
                "None of this type: try without `type`, or connections_find_reusable.".to_owned()
            });
        }
        Ok(Output { connections: found })
    }
}
