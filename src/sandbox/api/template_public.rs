//! Public templates: the approved list, and any published one by its slug.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::columns::{Columns, Page, PageDefault};
use crate::sandbox::model::template::PublicTemplate;

const COLUMNS: &[&str] = &["id", "name", "description", "url", "usedApps", "usage"];
const PAGE: PageDefault = PageDefault {
    limit: 100,
    sort_by: "usage",
    descending: true,
};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["templates", "public"]) => list(call),
        ("GET", ["templates", "public", slug]) => get(call, slug),
        ("GET", ["templates", "public", slug, "blueprint"]) => blueprint(call, slug),
        _ => return None,
    })
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("templates:read")?;
    let columns = Columns::of(call, COLUMNS)?;
    let page = Page::of(call, PAGE)?;
    let name = call.query.get("name").unwrap_or_default().to_lowercase();
    let apps: Vec<&str> = call.query.all("usedApps[]").collect();
    let public = call.state.public_templates.iter();
    let rows: Vec<Value> = public
        .filter(|template| template.listed && template.name.to_lowercase().contains(&name))
        .filter(|template| {
            let used = template.payload.used_apps();
            apps.iter().all(|app| used.iter().any(|one| one == app))
        })
        .map(PublicTemplate::json)
        .collect();
    let rows = columns.pick_all(&page.cut(rows), COLUMNS);
    Ok(Answer::ok(
        &json!({"templatesPublic": rows, "pg": page.json()}),
    ))
}

/// # Errors
/// 400 for anything that is not a slug, a plain id too.
fn seen<'c>(call: &'c Call<'_>, slug: &str) -> Result<&'c PublicTemplate, Answer> {
    call.needs("templates:read")?;
    let public_id = call.optional_id("templatePublicId")?;
    let (number, words) = slug.split_once('-').unwrap_or((slug, ""));
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let slug_like = !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && !words.is_empty()
        && words.bytes().all(plain);
    if !slug_like {
        return Err(Answer::invalid_input(
            "Validation failed for templateUrl unknown format",
        ));
    }
    let named = |template: &&PublicTemplate| {
        template.slug == slug && public_id.is_none_or(|id| id == template.id)
    };
    let found = call.state.public_templates.iter().find(named);
    found.ok_or_else(|| Answer::not_found("Template not found."))
}

fn get(call: &mut Call<'_>, slug: &str) -> Outcome {
    let columns = Columns::of(call, COLUMNS)?;
    let row = columns.pick(&seen(call, slug)?.json(), COLUMNS);
    Ok(Answer::ok(&json!({"templatePublic": row})))
}

fn blueprint(call: &mut Call<'_>, slug: &str) -> Outcome {
    Ok(Answer::ok(&seen(call, slug)?.payload.json()))
}
