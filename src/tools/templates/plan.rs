//! What would happen to a template. Which scenarios were made from it, Make does not tell.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::secrets::{Origin, telling};
use crate::ids::{PublicVersionId, TemplateId};
use crate::make::templates::{self, Template};
use crate::make::{Error, PageName, Request};
use crate::tools::{Call, Code, Failure, Plan, Thing, ToolError};

/// A plan about a template and all that is in it: its name, its team, who sees it, what it is made
/// of. It holds as long as nothing of that changes. With what was seen, where it could be.
pub(super) async fn plan(
    call: &Call<'_>,
    id: TemplateId,
    does: &str,
) -> Result<(Plan, Seen), ToolError> {
    let template = seen(call, id).await?;
    let plan = about(call, id, does, template.as_ref()).await;
    // Last, so that nothing is read between it and the change.
    let content = call.see(templates::stored(id, None)).await?;
    let plan = made_of(plan, template.as_ref(), content.as_ref());
    Ok((plan, Seen { template, content }))
}

/// A template as it is.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) template: Option<Template>,
    /// What it is made of, as Make tells it.
    pub(super) content: Option<Value>,
}

/// The same where everything has to be read: what becomes public is what a person has agreed to.
pub(super) async fn whole_plan(
    call: &Call<'_>,
    id: TemplateId,
    does: &str,
) -> Result<Plan, ToolError> {
    let template = readable(call, templates::get(id)).await?.template;
    let plan = about(call, id, does, Some(&template)).await;
    let content = readable(call, templates::stored(id, None)).await?;
    let plan = made_of(plan, Some(&template), Some(&content));
    telling(call, plan, &Origin::Team(id), Some(content)).await
}

async fn readable<T>(call: &Call<'_>, request: Request<T>) -> Result<T, ToolError>
where
    T: serde::de::DeserializeOwned + Send,
{
    call.see(request).await?.ok_or_else(|| {
        Failure::new(
            Code::Forbidden,
            "Make does not let this token read all of the template, so a person cannot be told what would become public; nothing was sent.",
            "Tell the operator: the token may lack the scope templates:read.",
        )
        .into()
    })
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

/// What a public version is made of; `None` where Make does not tell.
pub(in crate::tools) async fn public_content(
    call: &Call<'_>,
    id: TemplateId,
    version: PublicVersionId,
) -> Result<Option<Value>, ToolError> {
    match call.see(templates::stored(id, Some(version))).await {
        Err(ToolError::Make(Error::NotFound(_))) => Ok(None),
        content => content,
    }
}

/// A plan with what the template is made of: how many modules of which apps, and a digest of all
/// that Make tells of it.
pub(in crate::tools) fn made_of(
    plan: Plan,
    template: Option<&Template>,
    content: Option<&Value>,
) -> Plan {
    let plan = plan.quoting(
        "Description",
        template.and_then(|template| template.description.as_deref()),
    );
    // An address that was not checked is in no answer, and counts here too.
    let page = template.and_then(|template| template.public_url.as_ref());
    let all = match page.and_then(PageName::unchecked) {
        Some(page) => json!({"template": template, "content": content, "page": page}),
        None => json!({"template": template, "content": content}),
    };
    let Some(content) = content else {
        let plan = plan.noting("Made of", "not known: it cannot be read");
        return plan.holding("What is known of it", &all);
    };
    let (count, apps) = modules(content);
    let apps: Vec<&str> = apps.into_iter().collect();
    plan.noting("Modules", &count.to_string())
        .quoting("Apps", Some(&apps.join(", ")))
        .holding("All that it is made of", &all)
}

/// How many modules there are, however deep, and of which apps: `app:Module` names both.
fn modules(content: &Value) -> (usize, BTreeSet<&str>) {
    let (mut count, mut apps, mut open) = (0, BTreeSet::new(), vec![content]);
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                let module = fields.get("module").and_then(Value::as_str);
                if let Some(module) = module {
                    count += 1;
                    apps.insert(module.split_once(':').map_or(module, |(app, _)| app));
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    (count, apps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_counted_however_deep_they_are() {
        let module = |name: &str| json!({"module": name, "parameters": {}});
        let mut router = module("builtin:BasicRouter");
        router["routes"] = json!([{"flow": [module("http:ActionSendData")]}]);
        let mut agent = module("ai:Agent");
        agent["onerror"] = json!([module("slack:CreateMessage")]);
        agent["tools"] = json!([{"flow": [module("http:Get")]}]);
        let content = json!({"blueprint": {"flow": [router, agent]}});
        let (count, apps) = modules(&content);
        assert_eq!(count, 5);
        let apps: Vec<&str> = apps.into_iter().collect();
        assert_eq!(apps, ["ai", "builtin", "http", "slack"]);
    }
}
