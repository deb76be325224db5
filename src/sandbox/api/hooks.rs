//! Hooks: the list, for finding what depends on a connection.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["hooks"]) => list(call),
        ("GET", ["hooks", id]) => get(call, id),
        _ => return None,
    })
}

fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("hooks:read")?;
    let team = call.required_id("teamId")?;
    call.in_team(team)?;
    let type_name = call.query.get("typeName");
    let assigned = call.query.get("assigned").map(|text| text == "true");
    let rows: Vec<Value> = call
        .state
        .hooks
        .values()
        .filter(|hook| hook.team == team)
        .filter(|hook| type_name.is_none_or(|wanted| wanted == hook.type_name))
        .filter(|hook| assigned.is_none_or(|wanted| wanted == hook.scenario.is_some()))
        .map(|hook| call.state.hook_json(hook))
        .collect();
    Ok(Answer::ok(&json!({"hooks": rows})))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("hooks:read")?;
    let id = number("hookId", id)?;
    let hook = call
        .state
        .hooks
        .get(&id)
        .filter(|hook| call.sees(hook.team));
    let hook = hook.ok_or_else(|| Answer::not_found("Hook not found."))?;
    Ok(Answer::ok(&json!({"hook": call.state.hook_json(hook)})))
}
