//! `connections_create`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{TeamId, TypeName};
use crate::make::connections::{self, Connection, New, RESERVED, ScopesByType};
use crate::tools::{Call, Failure, Spec, Tool, ToolError};

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
    /// Secret: {"$secret": "NAME"}.
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
        description: "Makes a connection. Secrets only by name (secrets_list); for OAuth types or other secrets use credential_requests_create_by_credentials.",
        toolset: Toolset::Connections,
        scopes: &[Scope::ConnectionsWrite],
        effect: Effect::Create,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn candidates(call: &Call<'_>, args: &Args) -> Option<Vec<Value>> {
        look(call, call.team().ok()?, &args.name, &args.account_name).await
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
        let named = secrets::admit_new(call, args.account_name.as_str(), &data).await?;
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
        let connection = match call.try_send_with(&connections::create(new), &named).await {
            Ok(made) => Connection {
                // Make answers `true` although nobody has granted anything yet.
                scoped: None,
                ..made.body.connection
            },
            Err(error) if error.is_outcome_unknown() => {
                let candidates = look(call, team, &args.name, &args.account_name).await;
                let next = format!(
                    "connections_list with teamId {team} shows whether it is there; do not repeat."
                );
                return Err(Failure::maybe_created(&error, candidates, next).into());
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
async fn look(call: &Call<'_>, team: TeamId, name: &str, kind: &TypeName) -> Option<Vec<Value>> {
    let request = connections::list(team, std::slice::from_ref(kind), &ScopesByType::new());
    let mut fitting: Vec<Connection> = call.look_up(request).await.ok()?.connections;
    fitting.retain(|connection| connection.name == name);
    fitting.sort_by_key(|connection| std::cmp::Reverse(connection.id));
    let shown = |c: &Connection| json!({"connectionId": c.id, "name": c.name});
    Some(fitting.iter().take(10).map(shown).collect())
}
