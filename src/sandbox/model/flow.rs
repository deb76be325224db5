//! A Make Bridge flow: a person turns a published template into a scenario of a team.

use serde_json::{Value, json};

use super::State;
use super::scenario::Scenario;

pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) team: u64,
    /// The template's public version.
    pub(crate) template: u64,
    pub(crate) scenario_name: Option<String>,
    pub(crate) auto_activate: bool,
    pub(crate) polls: u32,
    pub(crate) scenario: Option<u64>,
}

impl Flow {
    pub(crate) fn json(&self) -> Value {
        let result = self
            .scenario
            .map(|id| json!({"scenarios": [{"id": id}], "hooks": []}));
        json!({"id": self.id, "result": result})
    }
}

impl State {
    /// The person finishes the wizard. Doing so twice changes nothing.
    pub(crate) fn finish_flow(&mut self, id: &str) -> Result<(), String> {
        let place = self.flows.iter().position(|flow| flow.id == id);
        let flow = place
            .and_then(|place| self.flows.get(place))
            .ok_or("no such flow")?;
        if flow.scenario.is_some() {
            return Ok(());
        }
        let (team, active, name) = (flow.team, flow.auto_activate, flow.scenario_name.clone());
        let public = self
            .public_templates
            .iter()
            .find(|public| public.id == flow.template);
        let public = public.ok_or("the template is gone")?;
        let name = name.unwrap_or_else(|| public.name.clone());
        let payload = public.payload.clone();
        let scenario = self.next_id("scenario");
        self.scenarios.insert(
            scenario,
            Scenario {
                id: scenario,
                team,
                name,
                blueprint: payload.blueprint,
                scheduling: payload.scheduling,
                hook: None,
                active,
            },
        );
        if let Some(flow) = place.and_then(|place| self.flows.get_mut(place)) {
            flow.scenario = Some(scenario);
        }
        Ok(())
    }
}
