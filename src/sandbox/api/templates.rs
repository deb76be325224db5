//! A team's templates: list, get, blueprint, create, change, delete.

use serde_json::{Map, Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::check::{Extra, Rule, check, id, optional, required, text};
use crate::sandbox::columns::{Columns, Page, PageDefault};
use crate::sandbox::model::template::{Payload, Template};
use crate::sandbox::options::TemplatePatch;

pub(super) const COLUMNS: &[&str] = &[
    "id",
    "name",
    "teamId",
    "description",
    "usedApps",
    "public",
    "published",
    "approved",
    "approvedId",
    "requestedApproval",
    "publishedId",
    "publicUrl",
    "approvedName",
    "publishedName",
];
const PAGE: PageDefault = PageDefault {
    limit: 100,
    sort_by: "id",
    descending: false,
};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["templates"]) => list(call),
        ("POST", ["templates"]) => create(call),
        ("GET", ["templates", id]) => get(call, id),
        ("PATCH", ["templates", id]) => change(call, id),
        ("DELETE", ["templates", id]) => delete(call, id),
        ("GET", ["templates", id, "blueprint"]) => blueprint(call, id),
        _ => return None,
    })
}

/// # Errors
/// 404 for one that is missing, hidden, or not published under `templatePublicId`.
pub(super) fn seen<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Template, Answer> {
    let id = number("templateId", id)?;
    let public = call.optional_id("templatePublicId")?;
    let template = call
        .state
        .templates
        .get(&id)
        .filter(|template| call.sees(template.team));
    let published = |template: &&Template| {
        public.is_none() || template.published.as_ref().map(|p| p.id) == public
    };
    template
        .filter(published)
        .ok_or_else(|| Answer::not_found("Template not found."))
}

/// # Errors
/// As `seen`, and 403 for a role that only looks.
pub(super) fn changed(call: &Call<'_>, id: &str) -> Result<u64, Answer> {
    call.needs("templates:write")?;
    let (id, team) = seen(call, id).map(|template| (template.id, template.team))?;
    call.may_change(team)?;
    Ok(id)
}

/// The object as it stands.
pub(super) fn json_of(call: &Call<'_>, id: u64) -> Value {
    call.state
        .templates
        .get(&id)
        .map_or(Value::Null, Template::json)
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("templates:read")?;
    let team = call.optional_id("teamId")?;
    if let Some(team) = team {
        call.in_team(team)?;
    }
    let columns = Columns::of(call, COLUMNS)?;
    let page = Page::of(call, PAGE)?;
    let public = call.query.get("public").map(|text| text == "true");
    let apps: Vec<&str> = call.query.all("usedApps[]").collect();
    let rows = call
        .state
        .templates
        .values()
        .filter(|template| team.map_or_else(|| call.sees(template.team), |t| t == template.team))
        .filter(|template| public.is_none_or(|wanted| wanted == template.published.is_some()))
        .filter(|template| {
            let used = template.payload.used_apps();
            apps.iter().all(|app| used.iter().any(|one| one == app))
        })
        .map(Template::json)
        .collect();
    let rows = columns.pick_all(&page.cut(rows), COLUMNS);
    Ok(Answer::ok(&json!({"templates": rows, "pg": page.json()})))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("templates:read")?;
    let columns = Columns::of(call, COLUMNS)?;
    let row = columns.pick(&seen(call, id)?.json(), COLUMNS);
    Ok(Answer::ok(&json!({"template": row})))
}

fn blueprint(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("templates:read")?;
    let template = seen(call, id)?;
    // The public version stays as it was published, whatever becomes of the template.
    let version = call.optional_id("templatePublicId")?;
    let public = version.and_then(|version| {
        let mut public = call.state.public_templates.iter();
        public.find(|public| public.id == version)
    });
    let payload = public.map_or(&template.payload, |public| &public.payload);
    Ok(Answer::ok(&payload.json()))
}

fn create(call: &mut Call<'_>) -> Outcome {
    call.needs("templates:write")?;
    let columns = Columns::of(call, COLUMNS)?;
    let fields = call.fields()?;
    let shape = [
        required("teamId", Rule::Int(1)),
        required("language", Rule::Text(2, 10)),
        required("blueprint", Rule::Any),
        required("scheduling", Rule::Any),
        required("controller", Rule::Any),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let team = id(&fields, "teamId").unwrap_or_default();
    call.may_change(team)?;
    let license = call.state.people.license(team);
    if license.and_then(|license| license.get("creatingTemplates")) != Some(&Value::Bool(true)) {
        return Err(Answer::forbidden());
    }
    let payload = Payload {
        blueprint: inner(&fields, "blueprint")?,
        scheduling: scheduling(&fields)?,
        controller: controller(&fields)?,
        language: text(&fields, "language").unwrap_or_default(),
    };
    let id = call.state.next_id("template");
    let template = Template {
        id,
        team,
        name: name_of(&payload),
        payload,
        published: None,
        requested_approval: false,
        approved: None,
    };
    call.state.templates.insert(id, template);
    Ok(Answer::ok(
        &json!({"template": columns.pick(&json_of(call, id), COLUMNS)}),
    ))
}

/// An object, or the JSON text of one: the schema says the first, the example sends the second.
fn inner(fields: &Map<String, Value>, name: &str) -> Result<Value, Answer> {
    let value = match fields.get(name) {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let wrong = || Answer::violations(&[format!("'{name}' should be object")]);
    if value.is_object() {
        Ok(value)
    } else {
        Err(wrong())
    }
}

fn scheduling(fields: &Map<String, Value>) -> Result<Value, Answer> {
    const TYPES: &[&str] = &[
        "immediately",
        "indefinitely",
        "once",
        "daily",
        "weekly",
        "monthly",
        "yearly",
        "on-demand",
    ];
    let value = inner(fields, "scheduling")?;
    match value.get("type").and_then(Value::as_str) {
        Some(kind) if TYPES.contains(&kind) => {}
        _ => {
            return Err(Answer::violations(&[
                "'scheduling.type' should be equal to one of the allowed values".to_owned(),
            ]));
        }
    }
    // `null` is documented beside the range.
    let runs = "maximum_runs_per_minute";
    match value.get(runs) {
        None | Some(Value::Null) => Ok(value),
        Some(most) if most.as_u64().is_some_and(|n| (1..=10_000).contains(&n)) => Ok(value),
        Some(_) => Err(Answer::violations(&[format!(
            "'scheduling.{runs}' should be >= 1 and <= 10000"
        )])),
    }
}

fn controller(fields: &Map<String, Value>) -> Result<Value, Answer> {
    let value = inner(fields, "controller")?;
    let shape = [
        required("name", Rule::Text(1, 120)),
        optional("description", Rule::Text(0, 1500)),
        required("idSequence", Rule::Int(0)),
        required("modules", Rule::Object),
    ];
    check(
        value.as_object().unwrap_or(&Map::new()),
        &shape,
        Extra::Taken,
    )?;
    Ok(value)
}

fn name_of(payload: &Payload) -> String {
    let name = payload
        .controller
        .get("name")
        .or_else(|| payload.blueprint.get("name"));
    name.and_then(Value::as_str)
        .unwrap_or("Template")
        .to_owned()
}

fn change(call: &mut Call<'_>, id: &str) -> Outcome {
    let columns = Columns::of(call, COLUMNS)?;
    let id = changed(call, id)?;
    let fields = call.fields()?;
    let shape = [
        optional("name", Rule::Text(1, 120)),
        optional("blueprint", Rule::Any),
        optional("scheduling", Rule::Any),
        optional("controller", Rule::Any),
    ];
    check(&fields, &shape, Extra::Refused)?;
    let given = |name: &str| fields.contains_key(name);
    let blueprint = given("blueprint")
        .then(|| inner(&fields, "blueprint"))
        .transpose()?;
    let new_scheduling = given("scheduling")
        .then(|| scheduling(&fields))
        .transpose()?;
    let new_controller = given("controller")
        .then(|| controller(&fields))
        .transpose()?;
    if let Some(template) = call.state.templates.get_mut(&id) {
        let payload = &mut template.payload;
        payload.blueprint = blueprint.unwrap_or_else(|| payload.blueprint.clone());
        payload.scheduling = new_scheduling.unwrap_or_else(|| payload.scheduling.clone());
        payload.controller = new_controller.unwrap_or_else(|| payload.controller.clone());
        template.name = text(&fields, "name").unwrap_or_else(|| template.name.clone());
    }
    let row = columns.pick(&json_of(call, id), COLUMNS);
    Ok(Answer::ok(&match call.state.options.template_patch {
        TemplatePatch::Array => json!({"template": [row]}),
        TemplatePatch::Object => json!({"template": row}),
    }))
}

/// Always has to be confirmed; an approved one belongs to Make's public list and stays.
fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    let id = changed(call, id)?;
    let approved = call
        .state
        .templates
        .get(&id)
        .is_some_and(|t| t.approved.is_some());
    if approved {
        return Err(Answer::forbidden());
    }
    if !call.confirmed() {
        return Err(Answer::needs_confirmation(&json!([{"type": "template"}])));
    }
    call.state.templates.remove(&id);
    Ok(Answer::ok(&json!({"template": id})))
}
