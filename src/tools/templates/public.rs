//! `public_templates_list` and `public_templates_get`: what Make offers to everyone.

use serde::{Deserialize, Serialize};

use super::page;
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::TemplateSlug;
use crate::make::public_templates::{self, PublicTemplate};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError, links};

/// Lists Make's approved templates.
pub(in crate::tools) struct PublicList;

/// Reads one public template.
pub(in crate::tools) struct PublicGet;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct ListArgs {
    name: Option<String>,
    used_apps: Option<Vec<String>>,
    /// Also English ones.
    include_en: Option<bool>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct ListOutput {
    templates: Vec<PublicTemplate>,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct GetArgs {
    /// must be a `url` such as `13-http-example`, not an id
    template_url: TemplateSlug,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct GetOutput {
    template: PublicTemplate,
}

/// A template as an agent may see it: what Make names its page by is checked.
fn seen(call: &Call<'_>, mut template: PublicTemplate) -> PublicTemplate {
    let (name, untrusted) = (&mut template.url, &mut template.untrusted_link);
    if links::settle(call.session(), name, untrusted) {
        call.suggest(links::WARNING);
    }
    template
}

impl Tool for PublicList {
    type Args = ListArgs;
    type Output = ListOutput;
    const SPEC: Spec = Spec {
        name: "public_templates_list",
        title: "List public templates",
        description: "Searches Make's approved public templates. A team's own: templates_list.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "templates",
            columns: &[
                "url",
                "name",
                "description",
                "usedApps",
                "usage",
                "untrustedLink",
            ],
            paging: Paging::Makes,
        }),
    };

    fn target(_: &ListArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: ListArgs) -> Result<ListOutput, ToolError> {
        let apps = args.used_apps.unwrap_or_default();
        let page = page(call);
        let request = public_templates::list(args.name.as_deref(), &apps, args.include_en, page);
        let templates = call.send(request).await?.templates_public;
        if templates.is_empty() && page.offset == 0 {
            call.suggest(
                "None: try fewer `usedApps`, another word in `name`, or `includeEn` true.",
            );
        }
        let shown = templates.into_iter();
        let templates = shown.map(|template| seen(call, template)).collect();
        Ok(ListOutput { templates })
    }
}

impl Tool for PublicGet {
    type Args = GetArgs;
    type Output = GetOutput;
    const SPEC: Spec = Spec {
        name: "public_templates_get",
        title: "Get a public template",
        description: "Reads a published template by its `url`, without its blueprint.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(_: &GetArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: GetArgs) -> Result<GetOutput, ToolError> {
        let request = public_templates::get(&args.template_url);
        let template = call.send(request).await?.template_public;
        Ok(GetOutput {
            template: seen(call, template),
        })
    }
}
