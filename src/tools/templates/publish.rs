//! `templates_publish` and `templates_request_approval`: a template's way to everyone.

use serde::Deserialize;

use super::plan::whole_plan;
use super::{One, seen_by_agent};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::TemplateId;
use crate::make::Request;
use crate::make::templates::{self, Template};
use crate::tools::consent::NONE_BESIDES;
use crate::tools::{Call, Plan, Spec, Tool, ToolError, after};

/// Publishes a template.
pub(in crate::tools) struct Publish;

/// Asks Make to list a published template.
pub(in crate::tools) struct RequestApproval;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    template_id: TemplateId,
}

impl Tool for Publish {
    type Args = Args;
    type Output = One;
    // Replace: the version that was public before is lost, and Make has no call back.
    const SPEC: Spec = Spec {
        name: "templates_publish",
        title: "Publish a template",
        description: "Publishes a template to everyone with its link, after a person's yes: Make has no way back.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesWrite],
        effect: Effect::Replace,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Template(args.template_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let does = "Publish {} as it is now to everyone with its link. Make has no way back.";
        let id = args.template_id;
        let plan = whole_plan(call, id, does).await?;
        Ok(Some(plan.sending(&templates::publish(id), NONE_BESIDES)))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<One, ToolError> {
        let request = templates::publish(args.template_id);
        call.still_as_agreed().await?;
        let template = sent(call, args.template_id, request).await?;
        call.suggest(
            "template_flows_start uses it; templates_request_approval asks Make to list it.",
        );
        Ok(One {
            template: seen_by_agent(call, template),
        })
    }
}

async fn sent(
    call: &Call<'_>,
    id: TemplateId,
    request: Request<templates::One>,
) -> Result<Template, ToolError> {
    match call.try_send(&request).await {
        Ok(answer) => Ok(answer.body.template),
        Err(error) => {
            let now = async { Ok(call.look_up(templates::get(id)).await?.template) };
            Err(after::failure(error, after::COMPARE, now).await)
        }
    }
}

impl Tool for RequestApproval {
    type Args = Args;
    type Output = One;
    const SPEC: Spec = Spec {
        name: "templates_request_approval",
        title: "Request approval of a template",
        description: "Asks Make to approve a published template for its public list.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesWrite],
        effect: Effect::Change,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Template(args.template_id))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<One, ToolError> {
        let request = templates::request_approval(args.template_id);
        let template = sent(call, args.template_id, request).await?;
        call.suggest("Make decides in its own time; templates_get shows `approved` once it has.");
        Ok(One {
            template: seen_by_agent(call, template),
        })
    }
}
