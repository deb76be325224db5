//! `templates_get`.

use serde::Deserialize;

use super::{One, seen_by_agent};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::TemplateId;
use crate::make::templates;
use crate::tools::{Call, Spec, Tool, ToolError};

/// Reads one template.
pub(in crate::tools) struct Get;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    template_id: TemplateId,
}

impl Tool for Get {
    type Args = Args;
    type Output = One;
    const SPEC: Spec = Spec {
        name: "templates_get",
        title: "Get a template",
        description: "Reads a team's template: apps, publication, approval. Its modules: templates_get_blueprint.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Answer(Object::Template(args.template_id))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<One, ToolError> {
        let id = args.template_id;
        let template = call.send(templates::get(id)).await?.template;
        call.belongs(Object::Template(id), template.team_id)?;
        Ok(One {
            template: seen_by_agent(call, template),
        })
    }
}
