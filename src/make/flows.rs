//! Make Bridge flows: a page on which a person turns a published template into a scenario. Facts
//! from Make's documentation of Bridge ("Make API method") and public programs that use it; it is
//! not in Make's `OpenAPI` document.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Opaque, Request, lenient};
use crate::ids::{FlowId, PublicVersionId, ScenarioId, TeamId};

/// A flow to start.
#[derive(Debug)]
pub struct New {
    /// Where the scenario will be.
    pub team: TeamId,
    /// The published version: Make does not find the template's own id here.
    pub template: PublicVersionId,
    /// Everything else, under Make's names.
    pub options: Map<String, Value>,
}

/// A flow that was started.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    pub public_url: String,
    pub flow: StartedFlow,
}

#[derive(Debug, Deserialize)]
pub struct StartedFlow {
    pub id: Opaque,
}

/// Starts a flow.
pub fn start(new: New) -> Request<Started> {
    let mut body = new.options;
    body.insert("teamId".to_owned(), json!(new.team));
    body.insert("templateId".to_owned(), json!(new.template));
    Request::post("instances")
        .then("flow")
        .then("init")
        .then("template")
        .agreed()
        .body(Value::Object(body))
}

#[derive(Debug, Deserialize)]
pub struct One {
    pub flow: Flow,
}

/// How far a flow is. Without a result the person is not done.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    #[serde(default, deserialize_with = "lenient::text")]
    pub status_message: Option<String>,
    #[serde(default)]
    pub is_completed: Option<bool>,
    #[serde(default)]
    pub result: Option<Made>,
}

/// What came out of a flow.
#[derive(Debug, Deserialize)]
pub struct Made {
    #[serde(default)]
    pub scenarios: Option<Vec<MadeScenario>>,
    #[serde(default)]
    pub hooks: Option<Vec<MadeHook>>,
}

#[derive(Debug, Deserialize)]
pub struct MadeScenario {
    pub id: ScenarioId,
}

/// A hook. Its `uri` is not read: whoever has it can start the scenario.
#[derive(Debug, Deserialize)]
pub struct MadeHook {
    pub id: Opaque,
}

/// One flow.
pub fn get(id: &FlowId) -> Request<One> {
    Request::get("instances").then("flow").id(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_hook_is_not_read() {
        let answer = r#"{"flow":{"id":"f","result":{"scenarios":[{"id":"7","description":null}],
            "hooks":[{"id":11,"uri":"https://hook.eu1.make.com/secret"}]}}}"#;
        let read: One = serde_json::from_str(answer).unwrap();
        assert!(!format!("{read:?}").contains("hook.eu1"));
        let made = read.flow.result.unwrap();
        assert_eq!(made.scenarios.unwrap()[0].id.number(), 7);
        assert_eq!(made.hooks.unwrap()[0].id.as_str(), "11");
    }

    #[test]
    fn an_open_flow_is_read_whatever_is_null() {
        for flow in [
            r#"{"flow":{"id":"f","result":null}}"#,
            r#"{"flow":{"statusId":9,"statusMessage":null,"isCompleted":null}}"#,
        ] {
            assert!(
                serde_json::from_str::<One>(flow)
                    .unwrap()
                    .flow
                    .result
                    .is_none()
            );
        }
    }
}
