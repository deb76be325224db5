//! What would happen to a template. Which scenarios were made from it, Make does not tell.

use crate::ids::TemplateId;
use crate::make::templates::{self, Template};
use crate::tools::{Call, Plan, Thing, ToolError};

/// A plan about a template: its name, its team, and who sees it.
pub(super) async fn plan(call: &Call<'_>, id: TemplateId, does: &str) -> Result<Plan, ToolError> {
    let template = seen(call, id).await?;
    Ok(about(call, id, does, template.as_ref()).await)
}

/// The template; `None` when the token may not read it.
pub(super) async fn seen(call: &Call<'_>, id: TemplateId) -> Result<Option<Template>, ToolError> {
    let seen = call.see(templates::get(id)).await?;
    Ok(seen.map(|seen| seen.template))
}

/// A plan about a template that was read.
pub(super) async fn about(
    call: &Call<'_>,
    id: TemplateId,
    does: &str,
    template: Option<&Template>,
) -> Plan {
    let Some(template) = template else {
        let plan = Plan::new(does, Thing::new("template", Some(&id), None));
        let plan = plan.noting("Published", "not known");
        return plan.of_team(call.team().ok(), None);
    };
    let team = template.team_id.or(call.team().ok());
    Plan::new(
        does,
        Thing::new("template", Some(&id), template.name.as_deref()),
    )
    .of_team(team, call.team_name(team).await.as_deref())
    .noting(
        "Published",
        if is_published(template) { "yes" } else { "no" },
    )
    .quoting("Published as", template.published_name.as_deref())
    .quoting(
        "On Make's public list as",
        template.approved_name.as_deref(),
    )
}

pub(super) fn is_published(template: &Template) -> bool {
    template.public == Some(true) || template.published.is_some() || template.published_id.is_some()
}
