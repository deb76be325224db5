//! `keys_create`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets::{self, Rest};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{TeamId, TypeName};
use crate::make::keys::{self, Key};
use crate::tools::{Call, Failure, Spec, Tool, ToolError};

/// Makes a key.
pub(in crate::tools) struct Create;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    #[schemars(length(min = 1, max = 128))]
    name: String,
    type_name: TypeName,
    /// Secret: {"$secret": "NAME"}.
    parameters: Map<String, Value>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    key: Key,
}

impl Tool for Create {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "keys_create",
        title: "Create key",
        description: "Makes a key (parameters: keys_list_types). Secrets only by name (secrets_list); else use credential_requests_create_by_credentials.",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysWrite, Scope::KeysRead],
        effect: Effect::Create,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn candidates(call: &Call<'_>, args: &Args) -> Option<Vec<Value>> {
        let list = keys::list(call.team().ok()?, Some(&args.type_name));
        let mut fitting: Vec<Key> = call.look_up(list).await.ok()?.keys;
        fitting.retain(|key| key.name == args.name);
        fitting.sort_by_key(|key| std::cmp::Reverse(key.id));
        let shown = |key: &Key| json!({"keyId": key.id, "name": key.name});
        Some(fitting.iter().take(10).map(shown).collect())
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let team = call.team()?;
        let (type_name, is_new) = (Some(args.type_name.as_str()), Rest::IsNew);
        let named = secrets::admit(call, type_name, &args.parameters, is_new).await?;
        let request = keys::create(team, &args.name, &args.type_name, &args.parameters);
        let key = match call.try_send_with(&request, &named).await {
            Ok(made) => made.body.key,
            Err(error) if error.is_outcome_unknown() => {
                let candidates = Self::candidates(call, &args).await;
                let next = format!(
                    "keys_list with teamId {team} shows whether it is there; do not repeat."
                );
                return Err(Failure::maybe_created(&error, candidates, next).into());
            }
            Err(error) => return Err(error.into()),
        };
        call.saw(Object::Key(key.id), team);
        call.suggest(format!(
            "Ready to use; keys_get with keyId {} reads it. Make cannot test keys.",
            key.id
        ));
        Ok(Output { key })
    }
}
