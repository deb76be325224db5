//! `templates_delete`.

use serde::{Deserialize, Serialize};

use super::plan::plan;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::TemplateId;
use crate::make;
use crate::make::templates;
use crate::tools::consent::NONE_BESIDES;
use crate::tools::{Call, Failure, Plan, Spec, Tool, ToolError};

/// Takes a template away.
pub(in crate::tools) struct Delete;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    template_id: TemplateId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    template_id: TemplateId,
    deleted: bool,
}

impl Tool for Delete {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "templates_delete",
        title: "Delete a template",
        description: "Deletes a team's template for good, after a person's yes. Make refuses for approved ones.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesWrite],
        effect: Effect::Delete,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Template(args.template_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let id = args.template_id;
        let (plan, _) = plan(call, id, "Delete {} for good.").await?;
        Ok(Some(plan.sending(&templates::delete(id), NONE_BESIDES)))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.template_id;
        call.still_as_agreed().await?;
        match call.try_send(&templates::delete(id)).await {
            Ok(_) => {}
            Err(error) if error.is_outcome_unknown() => settle(call, id, &error).await?,
            Err(error) => return Err(error.into()),
        }
        Ok(Output {
            template_id: id,
            deleted: true,
        })
    }
}

/// After our own delete of unknown outcome, a template that is not there is a deleted one.
async fn settle(call: &Call<'_>, id: TemplateId, error: &make::Error) -> Result<(), ToolError> {
    let next = match call.look_up(templates::owner(id)).await {
        Err(ToolError::Make(make::Error::NotFound(_))) => return Ok(()),
        Ok(_) => "It is still there; look again with templates_get before repeating it.",
        Err(_) => "Look with templates_get; it is gone when that answers not_found.",
    };
    let failure = Failure::make(error);
    Err(Failure {
        next: next.to_owned(),
        ..failure
    }
    .into())
}
