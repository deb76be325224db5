//! `connections_create`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets::plain_secrets;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{TeamId, TypeName};
use crate::make;
use crate::make::connections::{self, Connection, New, RESERVED, ScopesByType};
use crate::tools::{Call, Failure, Spec, Tool, ToolError, plaintext};

/// Makes a connection.
pub(in crate::tools) struct Create;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    #[schemars(length(min = 1, max = 128))]
    name: String,
    /// The connection type.
    account_name: TypeName,
    scopes: Option<Vec<String>>,
    scope: Option<Vec<String>>,
    data: Option<Map<String, Value>>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    connection: Connection,
    /// Not usable before a person has signed in.
    needs_sign_in: bool,
}

impl Tool for Create {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "connections_create",
        title: "Create connection",
        description: "Makes a connection from data without secrets. For OAuth types or secrets use credential_requests_create_by_credentials instead.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite],
        effect: Effect::Create,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let team = call.team()?;
        let data = args.data.unwrap_or_default();
        if data.keys().any(|name| RESERVED.contains(&name.as_str())) {
            return Err(ToolError::argument(
                "data",
                format!("must not hold {}", RESERVED.join(", ")),
                "Pass `name`, `accountName`, `scopes` and `teamId` beside `data`.",
            ));
        }
        plaintext::admit(call, &plain_secrets(&data))?;
        // The SDK of Make spells it `scope` and then drops it.
        let mut scopes = args.scopes.unwrap_or_default();
        scopes.extend(args.scope.unwrap_or_default());
        let new = New {
            team,
            name: &args.name,
            account_name: args.account_name.as_str(),
            scopes: &scopes,
            data,
        };
        let connection = match call.try_send(&connections::create(new)).await {
            Ok(made) => made.body.connection,
            Err(error) if error.is_outcome_unknown() => {
                return Err(look(call, team, &args.name, &args.account_name, &error).await);
            }
            Err(error) => return Err(error.into()),
        };
        call.saw(Object::Connection(connection.id), team);
        let needs_sign_in = connection.account_type.as_deref() == Some("oauth");
        call.suggest(if needs_sign_in {
            format!("Unusable until a person signs in: credential_requests_create_by_credentials, teamId {team}.")
        } else {
            format!("connections_verify with connectionId {}.", connection.id)
        });
        Ok(Output {
            connection,
            needs_sign_in,
        })
    }
}

/// What may have come of a create whose answer was lost.
async fn look(
    call: &Call<'_>,
    team: TeamId,
    name: &str,
    kind: &TypeName,
    error: &make::Error,
) -> ToolError {
    let request = connections::list(team, std::slice::from_ref(kind), &ScopesByType::new());
    let candidates = call.look_up(request).await.ok().map(|found| {
        let mut fitting: Vec<Connection> = found
            .connections
            .into_iter()
            .filter(|connection| connection.name == name)
            .collect();
        fitting.sort_by_key(|connection| std::cmp::Reverse(connection.id));
        fitting
            .iter()
            .take(10)
            .map(|c| json!({"connectionId": c.id, "name": c.name}))
            .collect()
    });
    let next =
        format!("connections_list with teamId {team} shows whether it is there; do not repeat.");
    Failure::maybe_created(error, candidates, next).into()
}
