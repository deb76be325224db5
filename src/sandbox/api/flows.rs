//! Make Bridge flows under `/api/v2`: from a published template to a scenario by way of a person.

use serde_json::json;

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{Extra, Rule, check, id, optional, required, text};
use crate::sandbox::model::flow::Flow;
use crate::sandbox::options::Person;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("POST", ["instances", "flow", "init", "template"]) => init(call),
        ("GET", ["instances", "flow", id]) => get(call, id),
        _ => return None,
    })
}

fn init(call: &mut Call<'_>) -> Outcome {
    call.needs("instances:write")?;
    let fields = call.fields()?;
    let shape = [
        required("teamId", Rule::Int(1)),
        required("templateId", Rule::Int(1)),
        optional("autoActivate", Rule::Bool),
        optional("autoFinalize", Rule::Bool),
        optional("allowReusingComponents", Rule::Bool),
        optional("allowCreatingComponents", Rule::Bool),
        optional("redirectUri", Rule::Text(0, 2048)),
        optional("prefill", Rule::Object),
        optional("scenario", Rule::Object),
    ];
    // Make names one more field without giving its name, so others are taken.
    check(&fields, &shape, Extra::Taken)?;
    let team = id(&fields, "teamId").unwrap_or_default();
    call.may_change(team)?;
    may_bridge(call, team)?;
    // The public version: the template's own id finds nothing.
    let template = id(&fields, "templateId").unwrap_or_default();
    if !call
        .state
        .public_templates
        .iter()
        .any(|public| public.id == template)
    {
        return Err(Answer::not_found("Template not found."));
    }
    let scenario = fields
        .get("scenario")
        .and_then(|scenario| scenario.as_object());
    let flow = Flow {
        id: call.state.chance.uuid(),
        team,
        template,
        scenario_name: scenario.and_then(|scenario| text(scenario, "name")),
        auto_activate: fields.get("autoActivate") == Some(&json!(true)),
        polls: 0,
        scenario: None,
    };
    let answer = json!({
        "publicUrl": format!("{}/flow/{}", call.state.zone, flow.id),
        "flow": {"id": flow.id},
    });
    call.state.flows.push(flow);
    Ok(Answer::ok(&answer))
}

/// Bridge is part of some plans only. Make names two flags for it and not which of them decides, so
/// both have to be set; in this zone an organization has both or neither. A flow that is there was
/// begun under such a plan, so reading one asks for nothing more.
fn may_bridge(call: &Call<'_>, team: u64) -> Result<(), Answer> {
    let license = call.state.people.license(team);
    let set = |flag| license.and_then(|license| license.get(flag)) == Some(&json!(true));
    if set("portal") && set("portalModuleBridge") {
        Ok(())
    } else {
        Err(Answer::forbidden())
    }
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("instances:read")?;
    let missing = || Answer::not_found("Flow not found.");
    let place = call
        .state
        .flows
        .iter()
        .position(|flow| flow.id == id && call.sees(flow.team));
    let place = place.ok_or_else(missing)?;
    let flow = call.state.flows.get_mut(place).ok_or_else(missing)?;
    flow.polls += 1;
    let polls = flow.polls;
    if let Person::Auto { after_polls } = call.state.options.person
        && polls > after_polls
    {
        // Without its template a flow stays open, and the answer shows that.
        let _open = call.state.finish_flow(id);
    }
    let flow = call.state.flows.get(place).ok_or_else(missing)?;
    Ok(Answer::ok(&json!({"flow": flow.json()})))
}
