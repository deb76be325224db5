//! `keys_delete`.

use serde::{Deserialize, Serialize};

use super::plan::plan;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::KeyId;
use crate::make::{Error, keys};
use crate::tools::{Call, Plan, Spec, Tool, ToolError};

/// Takes a key away.
pub(in crate::tools) struct Delete;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    key_id: KeyId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    key_id: KeyId,
    deleted: bool,
}

impl Tool for Delete {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "keys_delete",
        title: "Delete key",
        description: "Deletes a key for good, after a person's yes. Make cannot say which scenarios use it.",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysWrite],
        effect: Effect::Delete,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Key(args.key_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let (plan, _) = plan(call, args.key_id, "Delete {} for good.").await?;
        Ok(Some(plan))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.key_id;
        match call.try_send(&keys::delete(id)).await {
            Ok(_) => Ok(Output {
                key_id: id,
                deleted: true,
            }),
            Err(error) if error.is_outcome_unknown() => {
                // Only after our own delete does "not there" mean that it worked.
                match call.look_up(keys::owner(id)).await {
                    Err(ToolError::Make(Error::NotFound(_))) => Ok(Output {
                        key_id: id,
                        deleted: true,
                    }),
                    _ => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}
