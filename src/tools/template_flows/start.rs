//! `template_flows_start`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{FlowId, PublicVersionId, TeamId, TemplateId};
use crate::make::templates::Template;
use crate::make::{self, PageAddress, PageName, Request, flows, templates};
use crate::tools::consent::NONE_BESIDES;
use crate::tools::links::{self, Address};
use crate::tools::templates::secrets::{Origin, telling};
use crate::tools::templates::{made_of, public_content};
use crate::tools::{
    Call, EffectRules, Failure, Plan, Spec, Thing, Tool, ToolError, prefill, target,
};

/// Starts a flow.
pub(in crate::tools) struct Start;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    /// Where the scenario will be.
    team_id: Option<TeamId>,
    template_id: TemplateId,
    scenario: Option<Scenario>,
    /// Answers by field id; `hard` ones cannot be changed. No secrets.
    prefill: Option<Prefill>,
    /// https only.
    #[schemars(length(max = 2048))]
    redirect_uri: Option<String>,
    auto_activate: Option<bool>,
    auto_finalize: Option<bool>,
    allow_reusing_components: Option<bool>,
    allow_creating_components: Option<bool>,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
struct Scenario {
    #[schemars(length(min = 1))]
    name: String,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
struct Prefill {
    #[serde(skip_serializing_if = "Option::is_none")]
    hard: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    soft: Option<Map<String, Value>>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    flow_id: String,
    /// The page; for the person alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<PageAddress>,
    /// Make told this instead of a page of its own: text, not a link to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted_link: Option<String>,
    team_id: TeamId,
    /// Who has to finish it.
    waits_for: &'static str,
}

impl Tool for Start {
    type Args = Args;
    type Output = Output;
    // Create, not Request: what comes out is a scenario, which may be active at once.
    const SPEC: Spec = Spec {
        name: "template_flows_start",
        title: "Start a template flow",
        description: "Opens a Make Bridge page on which a person turns a published template into a scenario; returns its link. Then template_flows_get.",
        toolset: Toolset::TemplateFlows,
        scopes: &[Scope::InstancesWrite, Scope::TemplatesRead],
        effect: Effect::Create,
        asks: Asks::Always,
        list: None,
    };

    // What Make takes for these when they are absent is not documented; the plan shows them.
    const EFFECT_RULES: EffectRules = EffectRules {
        beside: &["allowReusingComponents", "allowCreatingComponents"],
        ..EffectRules::PLAIN
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        check(call, args)?;
        let team = call.team()?;
        let (version, template) = published(call, args.template_id).await?;
        let object = Thing::new(
            "template",
            Some(&args.template_id),
            template.name.as_deref(),
        );
        let does =
            "Make a page on which a person turns the published version of {} into a scenario.";
        let plan = Plan::new(does, object)
            .of_team(Some(team), call.team_name(Some(team)).await.as_deref())
            .quoting("Published as", template.published_name.as_deref());
        let content = public_content(call, args.template_id, version).await?;
        let plan = made_of(plan, Some(&template), content.as_ref());
        // A name that the template has is none of its own for the scenario.
        let name = args.scenario.as_ref().map(|part| json!(part.name));
        let names = [
            &template.published_name,
            &template.name,
            &template.approved_name,
        ];
        let of_template = names.into_iter().flatten().find(|known| {
            let given = args.scenario.as_ref();
            given.is_some_and(|part| part.name.trim() == known.trim())
        });
        let of_template = of_template
            .or(template.name.as_ref())
            .map(|name| json!(name));
        let plan = plan.replacing(&["scenario", "name"], name.as_ref(), of_template.as_ref());
        let slug = template.public_url.as_ref();
        let slug = slug.and_then(PageName::slug);
        let origin = slug.map_or(Origin::Team(args.template_id), Origin::Public);
        let plan = telling(call, plan, &origin, content).await?;
        Ok(Some(
            plan.sending(&request(team, version, args), NONE_BESIDES),
        ))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        check(call, &args)?;
        let team = call.team()?;
        let (version, _) = published(call, args.template_id).await?;
        let request = request(team, version, &args);
        // The page stays open after that, and what the person finds there is what is published then.
        call.still_as_agreed().await?;
        let started = match call.try_send(&request).await {
            Ok(answer) => answer.body,
            Err(error) if error.is_outcome_unknown() => return Err(unknown(&error)),
            Err(error) => return Err(error.into()),
        };
        let flow_id = started.flow.id.to_string();
        let (public_url, untrusted_link) = match links::trusted(call.session(), &started.public_url)
        {
            Address::Trusted(page) => (Some(page), None),
            Address::Untrusted(text) => (None, Some(text)),
        };
        if let Ok(id) = flow_id.parse::<FlowId>() {
            let object = Object::Flow(id);
            links::keep(call.session(), &object, public_url.as_ref(), Some(team)).await;
        }
        let (next, waits_for) = match public_url {
            Some(_) => (
                "Give `publicUrl` to the person, then template_flows_get with this `flowId`.",
                "the person who opens publicUrl, signs in to the apps and saves",
            ),
            None => (links::WARNING, "a person; Make named no page of its own"),
        };
        call.suggest(next);
        Ok(Output {
            flow_id,
            public_url,
            untrusted_link,
            team_id: team,
            waits_for,
        })
    }
}

/// The published version of a template, which is what Make starts. The template itself may be of
/// another team than the scenario, but of one that the agent may see.
async fn published(
    call: &Call<'_>,
    id: TemplateId,
) -> Result<(PublicVersionId, Template), ToolError> {
    let object = Object::Template(id);
    let found = call.send(templates::get(id)).await;
    let found = found.map_err(|error| target::hide_object(call.session(), &object, error));
    let template = found?.template;
    call.belongs(object, template.team_id)?;
    let published = template.published_id.ok_or_else(|| {
        ToolError::argument(
            "templateId",
            "names a template that is not published, and a flow needs a published one",
            format!("Call templates_publish with templateId {id}; a person has to agree."),
        )
    })?;
    Ok((published, template))
}

fn request(team: TeamId, template: PublicVersionId, args: &Args) -> Request<flows::Started> {
    flows::start(flows::New {
        team,
        template,
        options: options(args),
    })
}

fn check(call: &Call<'_>, args: &Args) -> Result<(), ToolError> {
    let uri = args.redirect_uri.as_deref();
    if uri.is_some_and(|uri| !is_https(uri)) {
        return Err(ToolError::argument(
            "redirectUri",
            "must be an https:// address without user name",
            "Leave `redirectUri` out, or pass an https:// address.",
        ));
    }
    let filled = args.prefill.iter();
    let filled = filled.flat_map(|it| [(true, &it.hard), (false, &it.soft)]);
    prefill::admit_answers(
        call,
        filled.filter_map(|(is_hard, fields)| Some((is_hard, fields.as_ref()?))),
    )
}

fn options(args: &Args) -> Map<String, Value> {
    let mut options = Map::new();
    let texts = [
        (
            "redirectUri",
            args.redirect_uri.as_ref().map(|uri| json!(uri)),
        ),
        ("scenario", args.scenario.as_ref().map(|part| json!(part))),
        ("prefill", args.prefill.as_ref().map(|part| json!(part))),
    ];
    let switches = [
        ("autoActivate", args.auto_activate),
        ("autoFinalize", args.auto_finalize),
        ("allowReusingComponents", args.allow_reusing_components),
        ("allowCreatingComponents", args.allow_creating_components),
    ];
    let switches = switches.map(|(name, switch)| (name, switch.map(Value::Bool)));
    for (name, value) in texts.into_iter().chain(switches) {
        options.extend(value.map(|value| (name.to_owned(), value)));
    }
    options
}

fn is_https(uri: &str) -> bool {
    reqwest::Url::parse(uri).is_ok_and(|url| {
        url.scheme() == "https" && url.username().is_empty() && url.password().is_none()
    })
}

/// Make lists no flows, so there is nothing to look for but what a flow makes.
fn unknown(error: &make::Error) -> ToolError {
    let failure = Failure::make(error);
    Failure {
        next: "Flows cannot be listed: tell the person before starting another one.".to_owned(),
        ..failure
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_sent_back_to_https_alone() {
        assert!(is_https("https://example.com/done?x=1"));
        for bad in [
            "http://example.com",
            "javascript:alert(1)",
            "https://u:p@example.com",
            "x",
            "",
        ] {
            assert!(!is_https(bad), "{bad}");
        }
    }
}
