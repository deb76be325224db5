//! Arguments for any tool, made from the schema that a model sees, so that a new tool is attacked
//! without anybody naming it here. A field that no seed knows gets the plainest value that fits.

use std::sync::atomic::{AtomicU64, Ordering};

use make_credentials_mcp::sandbox::seeded;
use make_credentials_mcp::tools::Entry;
use serde_json::{Map, Value, json};

const KEY: &str = "idempotencyKey";

/// Only what is required.
pub(crate) fn least(entry: &Entry) -> Map<String, Value> {
    object(entry, |_, required| required)
}

/// Every field but those that steer the page.
pub(crate) fn most(entry: &Entry) -> Map<String, Value> {
    object(entry, |name, _| name != "cursor" && name != "fields")
}

/// Arguments with which the tool does its work in a fresh zone, where the plain ones do not.
pub(crate) fn working(entry: &Entry) -> Map<String, Value> {
    let special = match entry.spec.name {
        "connections_update" => json!({"connectionId": 101, "name": "Renamed"}),
        "connections_list_editable_parameters" => json!({"connectionId": 104}),
        "templates_update" => json!({"templateId": 601, "name": "Renamed"}),
        "templates_publish" => json!({"templateId": 601}),
        "keys_update" => json!({"keyId": 401, "name": "Renamed"}),
        "keys_create" => {
            json!({"teamId": 22, "name": "K", "typeName": "basicauth", "parameters": {"authUser": "jane"}})
        }
        "connections_create" => {
            json!({"teamId": 22, "name": "C", "accountName": "imap", "data": {"host": "a.example"}})
        }
        _ => {
            let mut arguments = least(entry);
            for name in ["teamId", "evenIfUsed", "withCredentials"] {
                if let Some(schema) = property(entry, name) {
                    arguments.insert(name.to_owned(), value(name, &schema));
                }
            }
            return arguments;
        }
    };
    let mut special = special.as_object().unwrap().clone();
    special.extend(own_key(entry));
    special
}

/// What makes something is called again and again here, each time for another one.
fn own_key(entry: &Entry) -> Option<(String, Value)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    property(entry, KEY)?;
    let key = format!("attack-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    Some((KEY.to_owned(), json!(key)))
}

fn property(entry: &Entry, name: &str) -> Option<Value> {
    entry.schemas().input["properties"].get(name).cloned()
}

fn object(entry: &Entry, wanted: impl Fn(&str, bool) -> bool) -> Map<String, Value> {
    let schema = Value::Object(entry.schemas().input.as_ref().clone());
    let mut fields = fields(&schema, |name, required| {
        name != KEY && wanted(name, required)
    });
    fields.extend(own_key(entry));
    fields
}

fn fields(schema: &Value, wanted: impl Fn(&str, bool) -> bool) -> Map<String, Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"].as_object().cloned();
    properties
        .unwrap_or_default()
        .iter()
        .filter(|(name, _)| wanted(name, required.contains(&json!(name))))
        .map(|(name, schema)| (name.clone(), value(name, schema)))
        .collect()
}

/// A value that fits.
fn value(name: &str, schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "number") => number(name, schema),
        Some("boolean") => json!(true),
        Some("string") => text(name, schema),
        Some("array") => json!([value(name, &schema["items"])]),
        Some("object") if schema["properties"].is_object() => {
            Value::Object(fields(schema, |_, _| true))
        }
        Some("object") => match &schema["additionalProperties"] {
            inner @ Value::Object(_) => json!({"google": value(name, inner)}),
            _ => json!({}),
        },
        _ => json!({}),
    }
}

fn number(name: &str, schema: &Value) -> Value {
    json!(match name {
        "teamId" => seeded::MARKETING,
        "organizationId" => seeded::ACME,
        "connectionId" => 101,
        "keyId" => 401,
        "templateId" => 603,
        "userId" | "providerMakeUserId" | "makeProviderId" => seeded::JANE,
        _ => schema["minimum"].as_u64().unwrap_or(1),
    })
}

fn text(name: &str, schema: &Value) -> Value {
    if let Some(choices) = schema["enum"].as_array() {
        return choices[0].clone();
    }
    let text = match name {
        "requestId" => seeded::AUTHORIZED_REQUEST.to_owned(),
        "credentialId" => seeded::credential(seeded::PENDING_REQUEST, 1),
        "type" | "accountName" => "google".to_owned(),
        "typeName" => "basicauth".to_owned(),
        "appName" => "slack".to_owned(),
        "templateUrl" => "13-http-template-example".to_owned(),
        "email" => "kim@example.com".to_owned(),
        "redirectUri" => "https://example.com/done".to_owned(),
        _ => {
            let least = schema["minLength"].as_u64().unwrap_or(1).max(1);
            "x".repeat(usize::try_from(least).unwrap())
        }
    };
    json!(text)
}
