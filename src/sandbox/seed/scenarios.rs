//! The seed's scenarios and hooks: who uses which connection and key, in each place one can stand.

use serde_json::{Value, json};

use super::seeded::{MARKETING, OPS, SALES};
use crate::sandbox::chance::CANARY;
use crate::sandbox::model::State;
use crate::sandbox::model::scenario::{Hook, Scenario};

/// More than one default page of Marketing's scenarios; the last one uses a connection.
const ARCHIVED: std::ops::RangeInclusive<u64> = 510..=519;

pub(super) fn fill(state: &mut State) {
    scenario(state, (501, MARKETING, "Post leads"), &post_leads());
    scenario(state, (502, MARKETING, "Nightly export"), &nightly_export());
    scenario(state, (503, SALES, "Deal assistant"), &deal_assistant());
    scenario(
        state,
        (504, OPS, "Globex sync"),
        &[module(1, "google-sheets:addRow", 301)],
    );
    for id in ARCHIVED {
        let last = id == *ARCHIVED.end();
        let flow = if last {
            vec![module(1, "airtable:ActionCreateRecord", 104)]
        } else {
            Vec::new()
        };
        scenario(state, (id, MARKETING, &format!("Archive {id}")), &flow);
    }
    hook(state, 701, "Slack events", Some(103), Some(501));
    hook(state, 702, "Website form", None, None);
    if let Some(scenario) = state.scenarios.get_mut(&501) {
        scenario.hook = Some(701);
        scenario.active = true;
    }
}

fn module(id: u64, name: &str, connection: u64) -> Value {
    json!({"id": id, "module": name, "version": 1, "parameters": {"__IMTCONN__": connection},
        "mapper": {}, "metadata": {}})
}

/// In the main line, in a route and in an error handler.
fn post_leads() -> Vec<Value> {
    let mut post = module(2, "slack:CreateMessage", 103);
    if let Some(fields) = post.as_object_mut() {
        fields.insert(
            "onerror".to_owned(),
            json!([module(5, "slack:CreateMessage", 103)]),
        );
    }
    let router = json!({"id": 3, "module": "builtin:BasicRouter", "version": 1, "mapper": null,
        "routes": [{"flow": [module(4, "google-sheets:addRow", 101)]}]});
    vec![module(1, "slack:NewEvent", 103), post, router]
}

/// A key beside a connection under another parameter name.
fn nightly_export() -> Vec<Value> {
    vec![
        json!({"id": 1, "module": "http:ActionSendDataAPIKeyAuth", "version": 3,
            "parameters": {"__IMTKEY__": 402}, "mapper": {"url": "https://api.example.com"}}),
        json!({"id": 2, "module": "airtable:ActionCreateRecord", "version": 3,
            "parameters": {"account": 104}, "mapper": {}}),
    ]
}

/// Inside the tools of an agent module.
fn deal_assistant() -> Vec<Value> {
    vec![
        json!({"id": 1, "module": "ai-local-agent:RunLocalAIAgent", "version": 0,
        "parameters": {"makeConnectionId": 202},
        "tools": [{"name": "notify", "flow": [module(2, "slack:CreateMessage", 201)]}]}),
    ]
}

fn scenario(state: &mut State, head: (u64, u64, &str), flow: &[Value]) {
    let (id, team, name) = head;
    let blueprint = json!({"name": name, "flow": flow, "metadata": {"version": 1}});
    state.scenarios.insert(
        id,
        Scenario {
            id,
            team,
            name: name.to_owned(),
            blueprint,
            scheduling: json!({"type": "indefinitely", "interval": 900}),
            hook: None,
            active: false,
        },
    );
}

fn hook(state: &mut State, id: u64, name: &str, connection: Option<u64>, scenario: Option<u64>) {
    let hook = Hook {
        id,
        team: MARKETING,
        name: name.to_owned(),
        type_name: if connection.is_some() {
            "slack-event"
        } else {
            "gateway-webhook"
        }
        .to_owned(),
        // Knowing it is enough to start the scenario, so it carries the leak marker too.
        udid: format!("hook{id}{CANARY}"),
        connection,
        scenario,
        gone: false,
    };
    state.hooks.insert(id, hook);
}
