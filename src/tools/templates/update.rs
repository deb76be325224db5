//! `templates_update`.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::content::{Blueprint, Controller, Scheduling, content, send_in_either_form};
use super::plan::{Seen, about, is_published, plan, seen};
use super::secrets::{Goal, Origin, as_shown, check, put_back};
use super::seen_by_agent;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::TemplateId;
use crate::make::templates::{self, Content, Form, Template};
use crate::tools::{Call, Plan, Spec, Tool, ToolError, after};

/// A template's answer shows its name, and nothing short shows its parts.
const COMPARE: &str = "Compare with templates_get and templates_get_blueprint before repeating it.";

/// Changes a template.
pub(in crate::tools) struct Update;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    template_id: TemplateId,
    #[schemars(length(min = 1, max = 120))]
    name: Option<String>,
    blueprint: Option<Blueprint>,
    scheduling: Option<Scheduling>,
    controller: Option<Controller>,
}

impl Args {
    fn parts(&self) -> Result<Content, ToolError> {
        content(
            self.blueprint.as_ref(),
            self.scheduling.as_ref(),
            self.controller.as_ref(),
        )
    }

    /// The parts that would be replaced whole.
    fn replaces(&self) -> Vec<&'static str> {
        let given = [
            ("blueprint", self.blueprint.is_some()),
            ("scheduling", self.scheduling.is_some()),
            ("controller", self.controller.is_some()),
        ];
        given
            .into_iter()
            .filter_map(|(name, is_given)| is_given.then_some(name))
            .collect()
    }
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    changed: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Template>,
}

/// The plan with what is sent: its secrets as the marks that stand for them. Each field of the parts
/// is listed where all of them together can be read by a person, and else each part as the one long
/// text that it is.
async fn sending(
    call: &Call<'_>,
    plan: Plan,
    args: &Args,
    there: &Seen,
) -> Result<Plan, ToolError> {
    let (id, name) = (args.template_id, args.name.as_deref());
    let mut leaves = args.parts()?;
    put_back(call, Goal::Changed(id), &mut leaves).await?;
    let plan = replacing(plan, name, &leaves, there);
    let mut seen = args.parts()?;
    as_shown(call, &Origin::Team(id), &mut seen).await?;
    let covering = |plan: Plan| {
        [Form::Text, Form::Objects]
            .into_iter()
            .fold(plan, |plan, form| {
                plan.or_as(&templates::update(id, name, &leaves, form))
            })
    };
    let showing = |form| {
        let plan = plan
            .clone()
            .showing(&templates::update(id, name, &seen, form));
        covering(plan)
    };
    let by_field = showing(Form::Objects);
    Ok(if by_field.is_readable() {
        by_field
    } else {
        showing(Form::Text)
    })
}

/// The plan with what of the arguments is new.
fn replacing(plan: Plan, name: Option<&str>, leaves: &Content, there: &Seen) -> Plan {
    let stored = |part: &str| there.content.as_ref().and_then(|content| content.get(part));
    let (new, old) = (name, there.template.as_ref());
    let (new, old) = (
        new.map(|name| json!(name)),
        old.map(|template| json!(template.name)),
    );
    plan.replacing(&["name"], new.as_ref(), old.as_ref())
        .replacing(
            &["blueprint"],
            leaves.blueprint.as_ref(),
            stored("blueprint"),
        )
        .replacing(
            &["scheduling"],
            leaves.scheduling.as_ref(),
            stored("scheduling"),
        )
        .replacing(
            &["controller"],
            leaves.controller.as_ref(),
            stored("controller"),
        )
}

impl Tool for Update {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "templates_update",
        title: "Update a template",
        description: "Renames a template, or replaces its blueprint, scheduling or controller whole: the old one is lost.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesWrite],
        effect: Effect::Replace,
        asks: Asks::Sometimes,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Template(args.template_id))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        check(call, Goal::Changed(args.template_id), &args.parts()?)?;
        let parts = args.replaces();
        let does = if parts.is_empty() {
            "Give {} another name.".to_owned()
        } else {
            let parts = parts.join(", ");
            format!("Replace {parts} of {{}} whole; what was there is lost.")
        };
        if parts.is_empty() && args.name.is_none() {
            return Ok(None);
        }
        let id = args.template_id;
        let (plan, there) = if parts.is_empty() {
            let template = seen(call, id).await?;
            // Others see a published one, so its name counts too; where it cannot be read, it may be.
            if !template.as_ref().is_none_or(is_published) {
                return Ok(None);
            }
            let plan = about(call, id, &does, template.as_ref()).await;
            let content = None;
            (plan, Seen { template, content })
        } else {
            plan(call, id, &does).await?
        };
        let plan = plan.quoting("New name", args.name.as_deref());
        Ok(Some(sending(call, plan, args, &there).await?))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let id = args.template_id;
        let name = args.name.as_deref();
        let mut changed = args.replaces();
        let is_rename_alone = changed.is_empty();
        changed.extend(name.map(|_| "name"));
        if changed.is_empty() {
            return Err(ToolError::argument(
                "name",
                "and the other fields are absent: there is nothing to change",
                "Pass `name`, `blueprint`, `scheduling` or `controller`.",
            ));
        }
        let mut parts = args.parts()?;
        put_back(call, Goal::Changed(id), &mut parts).await?;
        let request = |form| templates::update(id, name, &parts, form);
        let sent = if is_rename_alone {
            call.still_as_agreed().await?;
            // A name has one form, so a refusal of it is final.
            let answer = call.try_send(&request(Form::Text)).await;
            answer.map(|answer| answer.body)
        } else {
            send_in_either_form(call, request).await?
        };
        let template = match sent {
            Ok(answer) => answer.template,
            Err(error) => {
                let now = async { Ok(call.look_up(templates::get(id)).await?.template) };
                return Err(after::failure(error, COMPARE, now).await);
            }
        };
        let template = template.map(|template| seen_by_agent(call, template));
        Ok(Output { changed, template })
    }
}
