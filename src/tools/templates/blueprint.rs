//! `templates_get_blueprint` and `public_templates_get_blueprint`. The modules are the rows, so a
//! large blueprint is cut at a module; what stands beside them comes with the first page.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets::{Origin, SecretFound, found_in, hide};
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
    /// Masked in the parts shown here. Pass masks back as they are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets_found: Vec<SecretFound>,
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
        description: "Reads a template's modules, one a row, with scheduling and controller. Module `metadata` only if in `fields`. Secrets are masked.",
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
        let origin = Origin::Team(args.template_id);
        answer(call, call.send(request).await?, args.inside, &origin).await
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
        let payload = call.send(request).await?;
        let origin = Origin::Public(args.template_url);
        answer(call, payload, args.inside, &origin).await
    }
}

async fn answer(
    call: &Call<'_>,
    payload: Payload,
    inside: Option<u64>,
    origin: &Origin,
) -> Result<Output, ToolError> {
    let payload = hide(call, origin, payload).await?;
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
    let mut beside = Beside {
        left: room,
        left_out: Vec::new(),
        secrets: Vec::new(),
    };
    let blueprint = payload.blueprint;
    let name = beside.text(("name", "blueprint.name"), blueprint.name);
    let language = beside.text(("language", "language"), payload.language);
    let scheduling = beside.object(("scheduling", "scheduling"), payload.scheduling);
    let controller = beside.object(("controller", "controller"), payload.controller);
    let metadata = beside.object(("metadata", "blueprint.metadata"), blueprint.metadata);
    Output {
        name,
        language,
        scheduling,
        controller,
        metadata,
        left_out: beside.left_out,
        secrets_found: beside.secrets,
        flow: blueprint.flow,
    }
}

/// The parts beside the modules that have room, and what was masked in them.
struct Beside {
    left: usize,
    left_out: Vec<&'static str>,
    secrets: Vec<SecretFound>,
}

impl Beside {
    fn text(&mut self, names: (&'static str, &str), part: Option<String>) -> Option<String> {
        part.filter(|text| self.fits(names, &json!(text)))
    }

    fn object(
        &mut self,
        names: (&'static str, &str),
        part: Option<Map<String, Value>>,
    ) -> Option<Map<String, Value>> {
        let value = Value::Object(part?);
        if !self.fits(names, &value) {
            return None;
        }
        match value {
            Value::Object(part) => Some(part),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    fn fits(&mut self, (name, path): (&'static str, &str), part: &Value) -> bool {
        let mut secrets = found_in(path, part);
        let told = if secrets.is_empty() {
            0
        } else {
            json!(secrets).to_string().len()
        };
        let bytes = part.to_string().len() + told;
        let fits = bytes <= self.left;
        if fits {
            self.left -= bytes;
            self.secrets.append(&mut secrets);
        } else {
            self.left_out.push(name);
        }
        fits
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
