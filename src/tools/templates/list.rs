//! `templates_list`.

use serde::{Deserialize, Serialize};

use super::{page, seen_by_agent};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make::templates::{self, Template};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the templates of a team.
pub(in crate::tools) struct List;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    public: Option<bool>,
    used_apps: Option<Vec<String>>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    templates: Vec<Template>,
}

impl Tool for List {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "templates_list",
        title: "List templates",
        description: "Lists a team's own scenario templates, without blueprints. Make's public ones: public_templates_list.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "templates",
            columns: &[
                "id",
                "name",
                "usedApps",
                "public",
                "publicUrl",
                "untrustedLink",
            ],
            paging: Paging::Makes,
        }),
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let apps = args.used_apps.unwrap_or_default();
        let (team, page) = (call.team()?, page(call));
        let request = templates::list(team, args.public, &apps, page);
        let found = call.send(request).await?.templates;
        for template in &found {
            call.saw(
                Object::Template(template.id),
                template.team_id.unwrap_or(team),
            );
        }
        if found.is_empty() && page.offset == 0 {
            call.suggest(if apps.is_empty() && args.public.is_none() {
                "None in this team: templates_create makes one, public_templates_list has Make's."
            } else {
                "None that fits: call again without `public` and `usedApps`, or public_templates_list."
            });
        }
        let shown = found.into_iter();
        let templates = shown
            .map(|template| seen_by_agent(call, template))
            .collect();
        Ok(Output { templates })
    }
}
