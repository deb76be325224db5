//! `templates_get_blueprint` and `public_templates_get_blueprint`. The modules are the rows, so a
//! large blueprint is cut at a module; what stands beside them comes with the first page.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{TemplateId, TemplateSlug};
use crate::make::public_templates;
use crate::make::templates::{self, Payload};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Reads the blueprint of a team's template.
pub(in crate::tools) struct GetBlueprint;

/// Reads the blueprint of a public template.
pub(in crate::tools) struct PublicGetBlueprint;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    template_id: TemplateId,
    for_use: Option<bool>,
    /// A module's id: the modules of its routes instead.
    inside: Option<u64>,
}

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct PublicArgs {
    /// must be a `url` such as `13-http-example`, not an id
    template_url: TemplateSlug,
    /// A module's id: the modules of its routes instead.
    inside: Option<u64>,
}

#[derive(Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduling: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controller: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Map<String, Value>>,
    /// Parts too large for an answer; the operator can raise `--max-answer-bytes`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<&'static str>,
    #[schemars(schema_with = "modules")]
    flow: Vec<Value>,
}

/// Rows pass as Make wrote them; these are the documented fields. Make does not document the form
/// of most.
fn modules(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "description": "The modules in order; what stands beside them comes with the first page.",
        "items": {"type": "object", "properties": {
            "id": {"type": "integer"},
            "module": {"type": "string"},
            "version": {"type": "integer"},
            "parameters": {},
            "mapper": {},
            "filter": {},
            "routes": {},
            "onerror": {},
            "metadata": {},
            "route": {
                "type": "string",
                "description": "With `inside`: the number of the route, from 0, or `onerror`.",
            },
        }},
    })
}

const ROWS: Rows = Rows {
    rows: "flow",
    columns: &[
        "route",
        "id",
        "module",
        "version",
        "parameters",
        "mapper",
        "filter",
        "routes",
        "onerror",
    ],
    paging: Paging::Ours,
};

impl Tool for GetBlueprint {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "templates_get_blueprint",
        title: "Get a template's blueprint",
        description: "Reads a template's modules, one a row, with scheduling and controller. Module `metadata` only if in `fields`.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(ROWS),
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Template(args.template_id))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let request = templates::blueprint(args.template_id, args.for_use);
        answer(call, call.send(request).await?, args.inside)
    }
}

impl Tool for PublicGetBlueprint {
    type Args = PublicArgs;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "public_templates_get_blueprint",
        title: "Get a public template's blueprint",
        description: "The same as templates_get_blueprint, for a published template.",
        toolset: Toolset::Templates,
        scopes: &[Scope::TemplatesRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(ROWS),
    };

    fn target(_: &PublicArgs) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: PublicArgs) -> Result<Output, ToolError> {
        let request = public_templates::blueprint(&args.template_url);
        answer(call, call.send(request).await?, args.inside)
    }
}

fn answer(call: &Call<'_>, payload: Payload, inside: Option<u64>) -> Result<Output, ToolError> {
    if let Some(id) = inside {
        let flow = modules_inside(&payload.blueprint.flow, id).ok_or_else(|| {
            let next = "Take the `id` of a module from a call without `inside`.";
            ToolError::argument("inside", "is the id of no module in it", next)
        })?;
        if flow.is_empty() {
            call.suggest("That module holds no others: call without `inside`.");
        }
        return Ok(Output {
            flow,
            ..Output::default()
        });
    }
    let room = call.session().answer_cap_bytes() / 2;
    Ok(if call.window().offset == 0 {
        beside(payload, room)
    } else {
        Output {
            flow: payload.blueprint.flow,
            ..Output::default()
        }
    })
}

/// What stands beside the modules, smallest worth first, as far as there is room: it may not push
/// the modules out of the answer.
fn beside(payload: Payload, room: usize) -> Output {
    let mut left = room;
    let mut left_out = Vec::new();
    let mut fits = |part: &'static str, bytes: usize| {
        let fits = bytes <= left;
        if fits {
            left -= bytes;
        } else {
            left_out.push(part);
        }
        fits
    };
    let text = |text: &String| json!(text).to_string().len();
    let object = |object: &Map<String, Value>| json!(object).to_string().len();
    let blueprint = payload.blueprint;
    let name = blueprint.name.filter(|part| fits("name", text(part)));
    let language = payload.language.filter(|part| fits("language", text(part)));
    let scheduling = payload.scheduling;
    let scheduling = scheduling.filter(|part| fits("scheduling", object(part)));
    let controller = payload.controller;
    let controller = controller.filter(|part| fits("controller", object(part)));
    let metadata = blueprint.metadata;
    let metadata = metadata.filter(|part| fits("metadata", object(part)));
    Output {
        name,
        language,
        scheduling,
        controller,
        metadata,
        left_out,
        flow: blueprint.flow,
    }
}

/// The modules inside another one, wherever it stands; `None` when there is no such module.
fn modules_inside(flow: &[Value], id: u64) -> Option<Vec<Value>> {
    flow.iter().find_map(|module| {
        if module.get("id").and_then(Value::as_u64) == Some(id) {
            return Some(marked(module));
        }
        parts(module).find_map(|(_, flow)| modules_inside(flow, id))
    })
}

/// The flows inside a module: each route of a router, and what runs on an error.
fn parts(module: &Value) -> impl Iterator<Item = (String, &[Value])> {
    let routes = module.get("routes").and_then(Value::as_array);
    let routes = routes.into_iter().flatten().enumerate();
    let routes = routes.map(|(number, route)| (number.to_string(), route.get("flow")));
    let onerror = ("onerror".to_owned(), module.get("onerror"));
    routes.chain([onerror]).map(move |(name, flow)| {
        let flow = flow.and_then(Value::as_array);
        (name, flow.map(Vec::as_slice).unwrap_or_default())
    })
}

fn marked(module: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for (route, flow) in parts(module) {
        rows.extend(flow.iter().cloned().map(|mut row| {
            if let Some(row) = row.as_object_mut() {
                row.insert("route".to_owned(), json!(route));
            }
            row
        }));
    }
    rows
}
