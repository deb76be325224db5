//! Organizations with their license, and teams.

use serde_json::{Value, json};

use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::{Call, number};
use crate::sandbox::columns::{Columns, Page, PageDefault};

const ORGANIZATION: &[&str] = &[
    "id",
    "name",
    "countryId",
    "timezoneId",
    "license",
    "zone",
    "serviceName",
    "teams",
    "isPaused",
    "externalId",
    "productName",
    "tfaEnforced",
];
const ORGANIZATION_DEFAULT: &[&str] = &["id", "name", "timezoneId"];
const TEAM: &[&str] = &[
    "id",
    "name",
    "organizationId",
    "activeScenarios",
    "activeApps",
    "operations",
    "transfer",
    "centicredits",
    "operationsLimit",
    "transferLimit",
    "consumedOperations",
    "consumedTransfer",
    "isPaused",
    "consumedCenticredits",
];
const TEAM_DEFAULT: &[&str] = &["id", "name", "organizationId"];
const PAGE: PageDefault = PageDefault {
    limit: 10_000,
    sort_by: "name",
    descending: false,
};

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["organizations"]) => organizations(call),
        ("GET", ["organizations", id]) => organization(call, id),
        ("GET", ["teams"]) => teams(call),
        ("GET", ["teams", id]) => team(call, id),
        _ => return None,
    })
}

fn organization_json(call: &Call<'_>, id: u64) -> Value {
    let people = &call.state.people;
    let Some(organization) = people.organizations.get(&id) else {
        return Value::Null;
    };
    let teams = people.teams_of(id).filter(|(team, _)| call.sees(*team));
    let teams: Vec<Value> = teams
        .map(|(id, team)| json!({"id": id, "name": team.name}))
        .collect();
    json!({
        "id": id,
        "name": organization.name,
        "countryId": 202,
        "timezoneId": 113,
        "license": organization.license,
        "zone": call.state.host(),
        "serviceName": "default",
        "teams": teams,
        "isPaused": false,
        "externalId": null,
        "productName": "teams",
        "tfaEnforced": false,
    })
}

fn organizations(call: &mut Call<'_>) -> Outcome {
    call.needs("organizations:read")?;
    let columns = Columns::of(call, ORGANIZATION)?;
    let page = Page::of(call, PAGE)?;
    let zone = call.query.get("zone");
    let people = &call.state.people;
    let mine = people
        .organizations
        .keys()
        .filter(|id| people.in_organization(call.user, **id));
    let mine = mine.filter(|_| zone.is_none_or(|zone| zone == call.state.host()));
    let rows = mine.map(|id| organization_json(call, *id)).collect();
    let rows = columns.pick_all(&page.cut(rows), ORGANIZATION_DEFAULT);
    Ok(Answer::ok(
        &json!({"organizations": rows, "pg": page.json()}),
    ))
}

fn organization(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("organizations:read")?;
    let columns = Columns::of(call, ORGANIZATION)?;
    let id = number("organizationId", id)?;
    if !call.state.people.in_organization(call.user, id) {
        return Err(Answer::not_found("Organization not found."));
    }
    let row = columns.pick(&organization_json(call, id), ORGANIZATION);
    Ok(Answer::ok(&json!({"organization": row})))
}

fn team_json(call: &Call<'_>, id: u64) -> Value {
    let Some(team) = call.state.people.teams.get(&id) else {
        return Value::Null;
    };
    let active = call
        .state
        .scenarios
        .values()
        .filter(|s| s.team == id && s.active)
        .count();
    json!({
        "id": id,
        "name": team.name,
        "organizationId": team.organization,
        "activeScenarios": active,
        "activeApps": 5,
        "operations": 10_000,
        "transfer": "5368709120",
        "centicredits": 1_000_000,
        "operationsLimit": null,
        // A number as a string, unlike its neighbours.
        "transferLimit": "5368709120",
        "consumedOperations": 123,
        "consumedTransfer": 4567,
        "isPaused": false,
        "consumedCenticredits": 12_300,
    })
}

fn teams(call: &mut Call<'_>) -> Outcome {
    call.needs("teams:read")?;
    let organization = call.required_id("organizationId")?;
    let columns = Columns::of(call, TEAM)?;
    let page = Page::of(call, PAGE)?;
    let people = &call.state.people;
    if !people.in_organization(call.user, organization) {
        return Err(Answer::forbidden());
    }
    let mine = people
        .teams_of(organization)
        .filter(|(team, _)| call.sees(*team));
    let rows = mine.map(|(id, _)| team_json(call, id)).collect();
    let rows = columns.pick_all(&page.cut(rows), TEAM_DEFAULT);
    Ok(Answer::ok(&json!({"teams": rows, "pg": page.json()})))
}

fn team(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("teams:read")?;
    let columns = Columns::of(call, TEAM)?;
    let id = number("teamId", id)?;
    if !call.sees(id) {
        return Err(Answer::not_found("Team not found."));
    }
    let row = columns.pick(&team_json(call, id), TEAM_DEFAULT);
    Ok(Answer::ok(&json!({"team": row})))
}
