//! Scenarios and hooks: what shows who uses a connection.

use serde_json::{Value, json};

use super::State;
use super::usage::{Used, references};
use crate::sandbox::clock::stamp;

pub(crate) struct Scenario {
    pub(crate) id: u64,
    pub(crate) team: u64,
    pub(crate) name: String,
    pub(crate) blueprint: Value,
    pub(crate) scheduling: Value,
    pub(crate) hook: Option<u64>,
    pub(crate) active: bool,
}

pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) team: u64,
    pub(crate) name: String,
    pub(crate) type_name: String,
    /// Whoever knows it can start the scenario, so it counts as a secret.
    pub(crate) udid: String,
    pub(crate) connection: Option<u64>,
    pub(crate) scenario: Option<u64>,
    pub(crate) gone: bool,
}

impl Hook {
    pub(crate) fn is_bound_to(&self, connection: u64) -> bool {
        self.connection == Some(connection)
    }
}

impl Scenario {
    pub(crate) fn uses(&self, used: Used, id: u64) -> bool {
        references(&self.blueprint, used).contains(&id)
    }

    fn used_packages(&self) -> Vec<String> {
        let mut packages = Vec::new();
        collect_packages(&self.blueprint, &mut packages);
        packages.sort();
        packages.dedup();
        packages
    }
}

fn collect_packages(value: &Value, packages: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let module = fields.get("module").and_then(Value::as_str);
            if let Some((package, _)) = module.and_then(|module| module.split_once(':')) {
                packages.push(package.to_owned());
            }
            fields
                .values()
                .for_each(|inner| collect_packages(inner, packages));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|inner| collect_packages(inner, packages)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl State {
    pub(crate) fn scenario_json(&self, scenario: &Scenario) -> Value {
        let lost = references(&scenario.blueprint, Used::Connection)
            .iter()
            .any(|id| !self.connections.contains_key(id));
        let jane = self.people.brief(Some(7));
        json!({
            "id": scenario.id,
            "name": scenario.name,
            "teamId": scenario.team,
            "hookId": scenario.hook,
            "deviceId": null,
            "deviceScope": null,
            "concept": false,
            "description": "",
            "folderId": null,
            "isinvalid": lost,
            "islinked": true,
            "isActive": scenario.active,
            "islocked": false,
            "isPaused": false,
            "usedPackages": scenario.used_packages(),
            "lastEdit": stamp(self.clock.in_days(-2)),
            "scheduling": scenario.scheduling,
            "iswaiting": false,
            "dlqCount": 0,
            "createdByUser": jane,
            "updatedByUser": jane,
            "nextExec": null,
            "scenarioVersion": 2,
            "moduleSequenceId": 9,
        })
    }

    pub(crate) fn hook_json(&self, hook: &Hook) -> Value {
        json!({
            "id": hook.id,
            "name": hook.name,
            "teamId": hook.team,
            "udid": hook.udid,
            "type": "web",
            "packageName": null,
            "theme": "#c73a63",
            "editable": true,
            "queueCount": 0,
            "queueLimit": 10_000,
            "enabled": true,
            "gone": hook.gone,
            "typeName": hook.type_name,
            "data": hook.connection.map_or_else(|| json!({}), |id| json!({"__IMTCONN__": id})),
            "scenarioId": hook.scenario,
            "url": format!("{}/hook/{}", self.zone, hook.udid),
        })
    }

    /// The scenarios that use it, in the form Make puts into a refusal.
    pub(crate) fn usages(&self, used: Used, id: u64) -> Vec<(u64, &str)> {
        self.scenarios
            .values()
            .filter(|scenario| scenario.uses(used, id))
            .map(|scenario| (scenario.id, scenario.name.as_str()))
            .collect()
    }
}

/// The metadata of a refused deletion, as far as it is known: what goes, then what uses it.
pub(crate) fn broken_by(what: &str, usages: &[(u64, &str)]) -> Value {
    let data: Vec<Value> = usages
        .iter()
        .map(|(id, name)| json!({"scenarioId": id, "scenarioName": name}))
        .collect();
    if data.is_empty() {
        json!([{"type": what}])
    } else {
        json!([{"type": what}, {"type": "scenario", "data": data}])
    }
}
