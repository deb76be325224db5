//! Where in a scenario a module stands, and the template around the flow.

use serde_json::{Value, json};

use super::modules::module;
use super::pattern::fill;
use crate::blueprint_reader::random::Random;

const SHAPES: usize = 8;

const NAMES: [&str; 12] = [
    "Leads to CRM",
    "Neue Bestellungen an das Lager melden",
    "Invoice archive",
    "Sincronizar clientes",
    "Rapport hebdomadaire",
    "Faktury do księgowości",
    "Onboarding of new hires",
    "Stock levels every hour",
    "Support triage",
    "Newsletter (DE/AT/CH)",
    "Nightly export",
    "Photo intake",
];

/// A template whose flow holds these modules, the first of them in one of the shapes of nesting.
pub(super) fn template(random: &mut Random, mut modules: Vec<Value>, shape: usize) -> Value {
    let first = modules.remove(0);
    let mut flow = vec![trigger(random)];
    let at = random.below(modules.len() + 1);
    let after = modules.split_off(at);
    flow.extend(modules);
    flow.extend(nested(random, first, after, shape % SHAPES));
    let mut next = 1;
    number(&mut flow, &mut next);
    let name = *random.pick(&NAMES);
    json!({
        "teamId": 22,
        "language": random.pick(&["en", "de", "fr", "es", "pt"]),
        "blueprint": {
            "name": name,
            "flow": flow,
            "metadata": {
                "instant": shape.is_multiple_of(3), "version": 1,
                "scenario": {"roundtrips": 1, "maxErrors": 3, "autoCommit": true,
                    "autoCommitTriggerLast": true, "sequential": false, "confidential": false,
                    "dataloss": false, "dlq": false, "freshVariables": false},
                "designer": {"orphans": []}, "zone": "eu2.make.com", "notes": [],
            },
        },
        "controller": {"name": name, "idSequence": next, "modules": {}},
        "scheduling": {"type": "indefinitely", "interval": 900},
    })
}

fn trigger(random: &mut Random) -> Value {
    let hook = 100_000 + random.below(800_000);
    let mut trigger = module(random, "gateway:CustomWebHook", json!({}));
    trigger["parameters"] = json!({"hook": hook, "maxResults": 1});
    trigger
}

fn nested(random: &mut Random, inner: Value, mut after: Vec<Value>, shape: usize) -> Vec<Value> {
    let mut inside = vec![inner];
    match shape {
        // In the flow itself.
        0 | 1 => {
            inside.append(&mut after);
            inside
        }
        2 => {
            let other = with_error_handler(random, after, vec![]);
            vec![router(random, vec![other, inside])]
        }
        3 => {
            let deep = router(random, vec![inside, vec![]]);
            after.push(deep);
            let other = vec![sleep(random)];
            vec![router(random, vec![other, after])]
        }
        4 => with_error_handler(random, after, inside),
        5 => {
            let mut feeder = module(
                random,
                "builtin:BasicFeeder",
                json!({"array": "{{1.items}}"}),
            );
            feeder["filter"] = filter("{{1.items[].status}}", "paid");
            let mut flow = vec![feeder];
            flow.append(&mut inside);
            flow.append(&mut after);
            let value = json!({"value": "{{2.total}}"});
            flow.push(module(random, "util:FunctionAggregator2", value));
            flow
        }
        6 => {
            let filter = filter("{{1.body.kind}}", "order");
            if inside[0].get("filter").is_none() {
                inside[0]["filter"] = filter;
            }
            inside.append(&mut after);
            let third = router(random, vec![inside]);
            let second = router(random, vec![vec![third]]);
            vec![router(random, vec![vec![], vec![second]])]
        }
        _ => {
            let handled = with_error_handler(random, after, inside);
            let other = vec![sleep(random)];
            vec![router(random, vec![handled, other])]
        }
    }
}

fn sleep(random: &mut Random) -> Value {
    let seconds = 1 + random.below(300);
    module(random, "util:FunctionSleep", json!({"duration": seconds}))
}

fn router(random: &mut Random, routes: Vec<Vec<Value>>) -> Value {
    let mut module = module(random, "builtin:BasicRouter", Value::Null);
    let route = |flow| json!({"flow": flow});
    module["routes"] = routes.into_iter().map(route).collect();
    module
}

fn with_error_handler(
    random: &mut Random,
    flow: Vec<Value>,
    mut onerror: Vec<Value>,
) -> Vec<Value> {
    let mapper = json!({"key": fill(random, "order-<d6?>"), "datastore": random.below(90_000)});
    let mut guarded = module(random, "datastore:GetRecord", mapper);
    onerror.push(module(random, "builtin:Resume", json!({"found": "false"})));
    guarded["onerror"] = json!(onerror);
    let mut flow = flow;
    flow.push(guarded);
    flow
}

/// The condition on a module.
pub(super) fn filter(left: &str, right: &str) -> Value {
    json!({
        "name": "only these",
        "conditions": [[{"a": left, "b": right, "o": "text:equal"}]],
    })
}

/// Gives each module its id.
fn number(flow: &mut [Value], next: &mut u64) {
    for module in flow {
        module["id"] = json!(next);
        *next += 1;
        for route in module["routes"].as_array_mut().into_iter().flatten() {
            number(route["flow"].as_array_mut().unwrap(), next);
        }
        if let Some(onerror) = module.get_mut("onerror") {
            number(onerror.as_array_mut().unwrap(), next);
        }
    }
}
