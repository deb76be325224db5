//! `keys_delete`: sent without Make's confirmation first, so that Make can say what would break.

use serde::{Deserialize, Serialize};

use super::plan::plan;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::KeyId;
use crate::make::{Dependent, Error, keys};
use crate::tools::consent::NONE_BESIDES;
use crate::tools::deleting::{self, Broken};
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
    #[serde(flatten)]
    broken: Broken,
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
        let id = args.key_id;
        let (plan, _) = plan(call, id, "Delete {} for good.").await?;
        let plan = plan.sending(&keys::delete(id, false), NONE_BESIDES);
        Ok(Some(plan.sending_if(
            "where Make asks for confirmation",
            &keys::delete(id, true),
        )))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.key_id;
        let delete = |confirmed| keys::delete(id, confirmed);
        let broken = deleting::delete(call, delete, |error| Ok(wants(error)), keys::owner(id));
        Ok(Output {
            key_id: id,
            deleted: true,
            broken: broken.await?,
        })
    }
}

/// What would break, where Make wants the confirmation. It has no list of what uses a key, and
/// says it at most here.
fn wants(error: &Error) -> Option<Vec<Dependent>> {
    if let Error::ConfirmationRequired { dependents, .. } = error {
        // Where it names nothing there is nothing to ask: it wants the flag for every key.
        return Some(dependents.clone());
    }
    // The flag is documented as required, and not with which status it is missed.
    let Error::Rejected(refusal) = error else {
        return None;
    };
    (refusal.is_about_form() || refusal.speaks_of("confirm")).then(Vec::new)
}
