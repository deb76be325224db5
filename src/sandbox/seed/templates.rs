//! The seed's templates: private, published and approved ones, and the public list.

use serde_json::{Value, json};

use super::seeded::{MARKETING, OPS, SALES};
use crate::sandbox::model::State;
use crate::sandbox::model::template::{Payload, PublicTemplate, Template, slug};

/// (id, team, name, the modules in it)
const TEMPLATES: &[(u64, u64, &str, &[&str])] = &[
    (
        601,
        MARKETING,
        "Weekly report",
        &["google-sheets:watchRows", "slack:CreateMessage"],
    ),
    (
        602,
        MARKETING,
        "Newsletter intake",
        &["google-email:sendAnEmail"],
    ),
    (
        603,
        MARKETING,
        "Leads to CRM",
        &["http:ActionSendData", "airtable:ActionCreateRecord"],
    ),
    (
        604,
        SALES,
        "Deal alerts",
        &["notion:createADatabaseItem", "slack:CreateMessage"],
    ),
    (605, OPS, "Globex onboarding", &["http:ActionSendData"]),
];

/// (id, name, how often used, the modules in it)
const PUBLIC: &[(u64, &str, u64, &[&str])] = &[
    (13, "HTTP template example", 321, &["http:ActionSendData"]),
    (
        48,
        "Post new rows to Slack",
        1870,
        &["google-sheets:watchRows", "slack:CreateMessage"],
    ),
    (
        77,
        "Leads to CRM",
        12,
        &["http:ActionSendData", "airtable:ActionCreateRecord"],
    ),
];

pub(super) fn fill(state: &mut State) {
    for (id, team, name, modules) in TEMPLATES {
        let template = Template {
            id: *id,
            team: *team,
            name: (*name).to_owned(),
            payload: payload(name, modules),
            published: None,
            requested_approval: *id == 603,
            approved: (*id == 603).then(|| (state.clock.in_days(-10), 77)),
        };
        state.templates.insert(*id, template);
    }
    for (id, name, usage, modules) in PUBLIC {
        state.public_templates.push(PublicTemplate {
            id: *id,
            slug: format!("{id}-{}", slug(name)),
            name: (*name).to_owned(),
            usage: *usage,
            listed: true,
            payload: payload(name, modules),
        });
    }
    if let Some(template) = state.templates.get_mut(&603) {
        with_secrets(&mut template.payload.blueprint);
    }
    for (id, public_id) in [(602, 9602), (603, 9603)] {
        state.publish(id, public_id);
    }
    // Make lists its approved copy; the published one is reachable by link only.
    for public in state
        .public_templates
        .iter_mut()
        .filter(|public| public.id == 9603)
    {
        public.listed = false;
    }
}

/// As people leave them in what they publish.
fn with_secrets(blueprint: &mut Value) {
    if let Some(module) = blueprint.pointer_mut("/flow/0") {
        *module = json!({"id": 1, "module": "http:ActionSendData", "version": 3,
            "parameters": {"authUser": "crm", "authPass": "simulated-hunter2"},
            "mapper": {"url": "https://crm.example.com/leads", "method": "post",
                "headers": [{"name": "Authorization", "value": "Token 51a0c0de-1d6f-4c2a-8b3e-9a7f5c20e4d1"}],
                "data": "{\"hook\": \"https://hook.eu1.make.com/simulated0hook0address0of0nobody0\"}"},
            "metadata": {}});
    }
}

fn payload(name: &str, modules: &[&str]) -> Payload {
    let flow: Vec<Value> = (1..)
        .zip(modules)
        .map(|(id, module)| {
            json!({"id": id, "module": module, "version": 1, "parameters": {}, "mapper": {},
                "metadata": {}})
        })
        .collect();
    Payload {
        blueprint: json!({"name": name, "flow": flow, "metadata": {"version": 1}}),
        scheduling: json!({"type": "indefinitely", "interval": 900}),
        controller: json!({"name": name, "modules": {}, "idSequence": modules.len() + 1}),
        language: "en".to_owned(),
    }
}
