//! A template's way out: publishing and the request for approval.

use serde_json::json;

use super::templates::{COLUMNS, changed, json_of};
use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::columns::Columns;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("POST", ["templates", id, "publish"]) => publish(call, id),
        ("POST", ["templates", id, "request-approval"]) => request_approval(call, id),
        _ => return None,
    })
}

fn publish(call: &mut Call<'_>, id: &str) -> Outcome {
    let columns = Columns::of(call, COLUMNS)?;
    let id = changed(call, id)?;
    let published = call
        .state
        .templates
        .get(&id)
        .and_then(|template| template.published.as_ref());
    let public_id = published.map(|published| published.id);
    let public_id = public_id.unwrap_or_else(|| 9000 + call.state.next_id("published template"));
    call.state.publish(id, public_id);
    Ok(Answer::ok(
        &json!({"template": columns.pick(&json_of(call, id), COLUMNS)}),
    ))
}

fn request_approval(call: &mut Call<'_>, id: &str) -> Outcome {
    let columns = Columns::of(call, COLUMNS)?;
    let id = changed(call, id)?;
    let Some(template) = call.state.templates.get_mut(&id) else {
        return Err(Answer::not_found("Template not found."));
    };
    if template.published.is_none() {
        return Err(Answer::invalid_input(
            "The template has to be published first.",
        ));
    }
    template.requested_approval = true;
    Ok(Answer::ok(
        &json!({"template": columns.pick(&json_of(call, id), COLUMNS)}),
    ))
}
