//! Hooks: the list, for finding what depends on a connection, and the way to get rid of one that
//! keeps a connection from being deleted.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::model::scenario::{Hook, broken_by};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["hooks"]) => list(call),
        ("GET", ["hooks", id]) => get(call, id),
        ("DELETE", ["hooks", id]) => delete(call, id),
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

fn seen<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Hook, Answer> {
    let id = number("hookId", id)?;
    let hook = call
        .state
        .hooks
        .get(&id)
        .filter(|hook| call.sees(hook.team));
    hook.ok_or_else(|| Answer::not_found("Hook not found."))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("hooks:read")?;
    let hook = seen(call, id)?;
    Ok(Answer::ok(&json!({"hook": call.state.hook_json(hook)})))
}

/// Has to be confirmed while a scenario listens to it. Make documents the flag and not what it is
/// asked for; what is in use is its rule for connections.
fn delete(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("hooks:write")?;
    let hook = seen(call, id)?;
    call.may_change(hook.team)?;
    let (id, row) = (hook.id, call.state.hook_json(hook));
    let listening = hook.scenario.and_then(|id| call.state.scenarios.get(&id));
    if let Some(scenario) = listening
        && !call.confirmed()
    {
        let used = [(scenario.id, scenario.name.as_str())];
        return Err(Answer::needs_confirmation(&broken_by("hook", &used)));
    }
    call.state.hooks.remove(&id);
    let scenarios = call.state.scenarios.values_mut();
    for scenario in scenarios.filter(|scenario| scenario.hook == Some(id)) {
        scenario.hook = None;
    }
    Ok(Answer::ok(&json!({"hook": row})))
}
