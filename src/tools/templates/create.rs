//! `templates_create`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{Blueprint, Controller, Scheduling, content, send_in_either_form};
use super::secrets::{Goal, put_back};
use super::{One, seen_by_agent};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make;
use crate::make::templates::{self, Page};
use crate::tools::{Call, Failure, Spec, Tool, ToolError};

/// How far a look for what may have been made goes.
const LOOK_PAGES: u64 = 10;
const LOOK_ROWS: u64 = 100;

/// Makes a template.
pub(in crate::tools) struct Create;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    /// Such as `en`; fixed for good.
    #[schemars(length(min = 2, max = 10))]
    language: String,
    blueprint: Blueprint,
    scheduling: Scheduling,
    controller: Controller,
}

impl Tool for Create {
    type Args = Args;
    type Output = One;
    const SPEC: Spec = Spec {
        name: "templates_create",
        title: "Create a template",
        description: "Creates a template, private to the team, from parts as templates_get_blueprint shows them.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesWrite],
        effect: Effect::Create,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn candidates(call: &Call<'_>, args: &Args) -> Option<Vec<Value>> {
        let names = [args.controller.name.clone(), args.blueprint.name.clone()];
        candidates(call, call.team().ok()?, &names).await.ok()
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<One, ToolError> {
        let team = call.team()?;
        let mut parts = content(
            Some(&args.blueprint),
            Some(&args.scheduling),
            Some(&args.controller),
        )?;
        put_back(call, Goal::Made(team), &mut parts).await?;
        let request = |form| templates::create(team, &args.language, &parts, form);
        let template = match send_in_either_form(call, request).await? {
            Ok(made) => made.template,
            Err(error) if error.is_outcome_unknown() => {
                let names = [args.controller.name, args.blueprint.name];
                return Err(maybe_created(call, team, &names, &error).await);
            }
            Err(error) => return Err(error.into()),
        };
        call.saw(Object::Template(template.id), team);
        call.suggest(
            "The team can use it now. template_flows_start needs it published: templates_publish.",
        );
        Ok(One {
            template: seen_by_agent(call, template),
        })
    }
}

/// The request holds no name of its own: Make takes it from a part.
async fn maybe_created(
    call: &Call<'_>,
    team: TeamId,
    names: &[String],
    error: &make::Error,
) -> ToolError {
    let found = candidates(call, team, names).await.ok();
    let next = "Do not repeat it before templates_list shows that it is not there.";
    Failure::maybe_created(error, found, next).into()
}

async fn candidates(
    call: &Call<'_>,
    team: TeamId,
    names: &[String],
) -> Result<Vec<Value>, ToolError> {
    let mut found = Vec::new();
    for number in 0..LOOK_PAGES {
        let page = Page {
            offset: number * LOOK_ROWS,
            limit: LOOK_ROWS,
        };
        let request = templates::list(team, None, &[], page);
        let rows = call.look_up(request).await?.templates;
        let is_last = (rows.len() as u64) < LOOK_ROWS;
        let fitting = rows
            .into_iter()
            .filter(|row| row.name.as_ref().is_some_and(|name| names.contains(name)));
        found.extend(fitting.map(|row| json!({"id": row.id, "name": row.name})));
        if is_last {
            break;
        }
    }
    Ok(found)
}
