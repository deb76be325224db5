//! `keys_create`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets;
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
        description: "Makes a key from parameters without secrets (see keys_list_types). For a secret use credential_requests_create_by_credentials.",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysWrite, Scope::KeysRead],
        effect: Effect::Create,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let team = call.team()?;
        secrets::admit(call, Some(args.type_name.as_str()), &args.parameters).await?;
        let request = keys::create(team, &args.name, &args.type_name, &args.parameters);
        let key = match call.try_send(&request).await {
            Ok(made) => made.body.key,
            Err(error) if error.is_outcome_unknown() => {
                let found = call
                    .look_up(keys::list(team, Some(&args.type_name)))
                    .await
                    .ok();
                let candidates = found.map(|found| {
                    let mut fitting: Vec<Key> = found
                        .keys
                        .into_iter()
                        .filter(|key| key.name == args.name)
                        .collect();
                    fitting.sort_by_key(|key| std::cmp::Reverse(key.id));
                    fitting
                        .iter()
                        .take(10)
                        .map(|key| json!({"keyId": key.id, "name": key.name}))
                        .collect()
                });
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
