//! `keys_delete`: sent without Make's confirmation first, so that Make can say what would break.

use serde::{Deserialize, Serialize};

use super::plan::plan;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::KeyId;
use crate::make::{Dependent, Error, keys};
use crate::tools::{Call, DEPENDENTS, Plan, Spec, Thing, Tool, ToolError};

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
    /// What Make said used it and does not work any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    broke: Vec<Dependent>,
    /// How many that are, when they are too many to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    broke_in_all: Option<usize>,
}

impl Output {
    fn deleted(id: KeyId, mut broke: Vec<Dependent>) -> Self {
        let count = broke.len();
        broke.truncate(DEPENDENTS);
        Self {
            key_id: id,
            deleted: true,
            broke_in_all: (broke.len() < count).then_some(count),
            broke,
        }
    }
}

impl Tool for Delete {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "keys_delete",
        title: "Delete key",
        description: "Deletes a key for good, after a person's yes. Make says what uses it only then, if at all.",
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
        let mut broke = Vec::new();
        let mut result = call.try_send(&keys::delete(id, false)).await;
        match result {
            // Make has no list of what uses a key, and says it at most here.
            Err(Error::ConfirmationRequired { dependents, .. }) => {
                // Where it names nothing there is nothing to ask: it wants the flag for every key.
                let named = dependents.iter().map(Thing::from).collect();
                broke = dependents;
                call.agreed_to(named).await?;
                result = call.try_send(&keys::delete(id, true)).await;
            }
            // The flag is documented as required, the status without it is not.
            Err(Error::Rejected(refusal)) if refusal.status == 400 => {
                result = call.try_send(&keys::delete(id, true)).await;
            }
            _ => {}
        }
        match result {
            Ok(_) => Ok(Output::deleted(id, broke)),
            Err(error) if error.is_outcome_unknown() => {
                // Only after our own delete does "not there" mean that it worked.
                match call.look_up(keys::owner(id)).await {
                    Err(ToolError::Make(Error::NotFound(_))) => Ok(Output::deleted(id, broke)),
                    _ => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}
