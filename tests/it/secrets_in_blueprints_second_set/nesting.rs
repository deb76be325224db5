//! A blueprint around a place: modules before and after it, routers in routers, error handlers.

use serde_json::{Map, Value, json};

use super::grammar::expand;
use super::random::Random;

/// What `http:ActionSendData` and its kin hold beside what was filled in.
const HTTP_DEFAULTS: &str = r#"{"ca":"","qs":[],"gzip":true,"method":"get","headers":[],"timeout":"","useMtls":false,"authPass":"","authUser":"","bodyType":"","serializeUrl":false,"shareCookies":false,"parseResponse":true,"followRedirect":true,"useQuerystring":false,"followAllRedirects":false,"rejectUnauthorized":true}"#;

/// Modules that hold nothing of interest.
const PLAIN: [&str; 6] = [
    r#"{"module":"gateway:CustomWebHook","version":1,"parameters":{"hook":192834,"maxResults":1},"mapper":{},"metadata":{"designer":{"x":0,"y":0},"restore":{"parameters":{"hook":{"label":"Orders","data":{"editable":"true"}}}}}}"#,
    r#"{"module":"google-sheets:watchRows","version":2,"parameters":{"__IMTCONN__":90217,"limit":10,"spreadsheetId":"/«google»","sheetId":"Sheet1"},"mapper":{}}"#,
    r#"{"module":"builtin:BasicFeeder","version":1,"parameters":{},"mapper":{"array":"{{1.items}}"}}"#,
    r#"{"module":"util:FunctionSleep","version":1,"parameters":{},"mapper":{"duration":"5"}}"#,
    r#"{"module":"builtin:BasicAggregator","version":1,"parameters":{"feeder":2},"mapper":{"name":"{{2.name}}","total":"{{2.total}}"}}"#,
    r#"{"module":"airtable:ActionSearchRecords","version":3,"parameters":{"__IMTCONN__":66120},"mapper":{"base":"«airtable:app»","table":"«airtable:tbl»","formula":"{Status}='open'","maxRecords":"100"}}"#,
];

/// Parses JSON text and expands the patterns in its texts. Nothing in them is secret.
pub(super) fn filled(random: &mut Random, template: &str) -> Value {
    let mut value: Value =
        serde_json::from_str(template).unwrap_or_else(|error| panic!("{error}: {template}"));
    fill(random, &mut value);
    value
}

fn fill(random: &mut Random, value: &mut Value) {
    match value {
        Value::String(text) if text.contains('«') => *text = expand(random, text).text,
        Value::Array(items) => items.iter_mut().for_each(|item| fill(random, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill(random, field)),
        _ => {}
    }
}

/// What `templates_create` takes. Of the parts, modules go into the flow, one after the other, the
/// rest beside it.
pub(super) fn template(random: &mut Random, parts: &[Value]) -> Value {
    let mut modules: Vec<Value> = Vec::new();
    let mut beside = json!({
        "controller": {"name": "Sync", "idSequence": 40, "modules": {}},
        "scheduling": {"type": "indefinitely", "interval": 900},
        "metadata": {"version": 1, "instant": false, "scenario": {"roundtrips": 1, "maxErrors": 3, "autoCommit": true}},
    });
    for part in parts {
        for (name, value) in part.as_object().unwrap() {
            match name.as_str() {
                "module" => modules.push(value.clone()),
                _ => merge(beside[name].as_object_mut().unwrap(), value),
            }
        }
    }
    let mut flow = nested(random, modules);
    let mut next = 1;
    for module in &mut flow {
        number(module, &mut next);
    }
    let name = expand(random, "Sync «word» and «word» «d:3»").text;
    beside["controller"]["name"] = json!(name);
    json!({
        "teamId": make_credentials_mcp::sandbox::seeded::MARKETING,
        "language": "en",
        "blueprint": {"name": name, "flow": flow, "metadata": beside["metadata"]},
        "scheduling": beside["scheduling"],
        "controller": beside["controller"],
    })
}

fn merge(into: &mut Map<String, Value>, value: &Value) {
    for (name, value) in value.as_object().unwrap() {
        into.insert(name.clone(), value.clone());
    }
}

fn plain(random: &mut Random) -> Value {
    let template = *random.pick(&PLAIN);
    filled(random, template)
}

fn router(routes: Vec<Vec<Value>>) -> Value {
    let routes: Vec<Value> = routes
        .into_iter()
        .map(|flow| json!({"flow": flow}))
        .collect();
    json!({"module": "builtin:BasicRouter", "version": 1, "mapper": null, "routes": routes})
}

/// The modules somewhere in a flow: in a row, in a route, in a route of a route, after an error.
fn nested(random: &mut Random, modules: Vec<Value>) -> Vec<Value> {
    let first = plain(random);
    let mut inside = vec![first];
    match random.below(6) {
        0 | 1 => inside.extend(modules),
        2 => inside.push(router(vec![vec![plain(random)], modules])),
        3 => {
            let mut route = vec![plain(random)];
            route.push(router(vec![modules, vec![plain(random)]]));
            inside.push(router(vec![route, vec![plain(random)]]));
        }
        4 => {
            let mut failing = plain(random);
            let mut handler = modules;
            handler.push(json!({"module": "builtin:Resume", "version": 1, "mapper": {}}));
            failing["onerror"] = json!(handler);
            inside.push(failing);
        }
        _ => {
            let mut failing = plain(random);
            failing["onerror"] = json!([router(vec![modules])]);
            inside.push(router(vec![vec![failing, plain(random)]]));
        }
    }
    inside.push(plain(random));
    inside
}

/// Gives ids in order and what every module has.
fn number(module: &mut Value, next: &mut u64) {
    let fields = module.as_object_mut().unwrap();
    fields.insert("id".to_owned(), json!(*next));
    *next += 1;
    fields.entry("parameters").or_insert_with(|| json!({}));
    fields
        .entry("metadata")
        .or_insert_with(|| json!({"designer": {"x": 300, "y": -150}}));
    let is_http = fields["module"]
        .as_str()
        .unwrap()
        .starts_with("http:Action");
    if is_http && let Some(mapper) = fields.get_mut("mapper").and_then(Value::as_object_mut) {
        let defaults: Map<String, Value> = serde_json::from_str(HTTP_DEFAULTS).unwrap();
        for (name, value) in defaults {
            mapper.entry(name).or_insert(value);
        }
    }
    let routes = fields.get_mut("routes").and_then(Value::as_array_mut);
    for route in routes.into_iter().flatten() {
        let flow = route["flow"].as_array_mut().unwrap();
        for module in flow {
            number(module, next);
        }
    }
    let handlers = fields.get_mut("onerror").and_then(Value::as_array_mut);
    for module in handlers.into_iter().flatten() {
        number(module, next);
    }
}
