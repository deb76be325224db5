//! Scenarios: list, get, blueprint, start and stop.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::clock::stamp;
use crate::sandbox::columns::{Columns, Page, PageDefault};
use crate::sandbox::model::scenario::Scenario;

const COLUMNS: &[&str] = &[
    "id",
    "name",
    "teamId",
    "hookId",
    "deviceId",
    "deviceScope",
    "concept",
    "description",
    "folderId",
    "isinvalid",
    "islinked",
    "isActive",
    "islocked",
    "isPaused",
    "usedPackages",
    "lastEdit",
    "scheduling",
    "iswaiting",
    "dlqCount",
    "createdByUser",
    "updatedByUser",
    "nextExec",
    "scenarioVersion",
    "moduleSequenceId",
];
/// A short page, so a client that does not page misses scenarios.
const PAGE: PageDefault = PageDefault {
    limit: 10,
    sort_by: "proprietal",
    descending: true,
};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["scenarios"]) => list(call),
        ("GET", ["scenarios", id]) => get(call, id),
        ("GET", ["scenarios", id, "blueprint"]) => blueprint(call, id),
        ("POST", ["scenarios", id, "start"]) => switch(call, id, true),
        ("POST", ["scenarios", id, "stop"]) => switch(call, id, false),
        _ => return None,
    })
}

fn seen<'c>(call: &'c Call<'_>, id: &str) -> Result<&'c Scenario, Answer> {
    let id = number("scenarioId", id)?;
    let scenario = call
        .state
        .scenarios
        .get(&id)
        .filter(|scenario| call.sees(scenario.team));
    scenario.ok_or_else(|| Answer::not_found("Scenario not found."))
}

/// Exactly one of team and organization has to be named.
fn list(call: &mut Call<'_>) -> Outcome {
    call.needs("scenarios:read")?;
    let team = call.optional_id("teamId")?;
    let organization = call.optional_id("organizationId")?;
    match (team, organization) {
        (Some(team), None) => call.in_team(team)?,
        (None, Some(id)) if call.state.people.in_organization(call.user, id) => {}
        (None, Some(_)) => return Err(Answer::forbidden()),
        _ => {
            return Err(Answer::invalid_input(
                "Either teamId or organizationId is required.",
            ));
        }
    }
    let columns = Columns::of(call, COLUMNS)?;
    let page = Page::of(call, PAGE)?;
    let active = call.query.get("isActive").map(|text| text == "true");
    let ids = call
        .query
        .all("id[]")
        .map(|id| number("id", id))
        .collect::<Result<Vec<_>, _>>()?;
    let people = &call.state.people;
    let rows: Vec<Value> = call
        .state
        .scenarios
        .values()
        .filter(|s| team.map_or_else(|| call.sees(s.team), |team| team == s.team))
        .filter(|s| organization.is_none() || people.organization_of(s.team) == organization)
        .filter(|s| active.is_none_or(|wanted| wanted == s.active))
        .filter(|s| ids.is_empty() || ids.contains(&s.id))
        .map(|s| call.state.scenario_json(s))
        .collect();
    let rows = columns.pick_all(&page.cut(rows), COLUMNS);
    Ok(Answer::ok(&json!({"scenarios": rows, "pg": page.json()})))
}

fn get(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("scenarios:read")?;
    let columns = Columns::of(call, COLUMNS)?;
    let row = columns.pick(&call.state.scenario_json(seen(call, id)?), COLUMNS);
    Ok(Answer::ok(&json!({"scenario": row})))
}

/// Wrapped in `response`, unlike a template's.
fn blueprint(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("scenarios:read")?;
    let scenario = seen(call, id)?;
    let edited = stamp(call.state.clock.in_days(-2));
    Ok(Answer::ok(&json!({
        "code": "OK",
        "response": {
            "blueprint": scenario.blueprint,
            "scheduling": scenario.scheduling,
            "idSequence": 9,
            "created": edited,
            "last_edit": edited,
            "metadata": {"input_spec": [], "output_spec": []},
        },
    })))
}

fn switch(call: &mut Call<'_>, id: &str, on: bool) -> Outcome {
    call.needs("scenarios:write")?;
    let (id, team) = seen(call, id).map(|scenario| (scenario.id, scenario.team))?;
    call.may_change(team)?;
    let scenario = call
        .state
        .scenarios
        .get_mut(&id)
        .filter(|scenario| scenario.active != on);
    let Some(scenario) = scenario else {
        let state = if on { "already" } else { "not" };
        return Err(Answer::invalid_input(&format!(
            "Scenario is {state} running."
        )));
    };
    scenario.active = on;
    Ok(Answer::ok(&json!({"scenario": {"id": id, "isActive": on}})))
}
