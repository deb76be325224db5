//! What a module of a document says of the places in it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::document::Around;
use super::{Place, structure};

/// The id of the module that this object is, and whether it sends requests that its fields make up.
pub(super) fn module(fields: &Map<String, Value>) -> Option<(u64, bool)> {
    let id = fields.get("id")?.as_u64()?;
    let name = fields.get("module")?.as_str()?;
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let name = name.to_lowercase();
    let kinds = [
        "http",
        "request",
        "apicall",
        "universal",
        "graphql",
        "soap",
        "respond",
        "customcall",
        "rawcall",
        "restcall",
        "curl",
        "fetch",
    ];
    Some((id, kinds.iter().any(|kind| name.contains(kind))))
}

/// Whether the id of an access key stands in a module, without those inside of it.
pub(super) fn has_access_id(module: &Map<String, Value>) -> bool {
    let own = module
        .iter()
        .filter(|(name, _)| !["routes", "onerror", "metadata"].contains(&name.as_str()));
    let mut open: Vec<&Value> = own.map(|(_, value)| value).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if structure::is_access_id(text) => return true,
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    false
}

/// Where in a request what stands below this field goes.
pub(super) fn place(key: &str, around: &Around<'_>) -> Place {
    let key = key.to_ascii_lowercase();
    if !around.sends {
        return Place::Plain;
    }
    match key.as_str() {
        "headers" | "header" | "requestheaders" | "customheaders" => Place::Header,
        "qs"
        | "query"
        | "querystring"
        | "queryparameters"
        | "params"
        | "urlparams"
        | "body"
        | "data"
        | "form"
        | "formdata"
        | "formdatafields"
        | "fields"
        | "payload"
        | "bodyparameters"
        | "variables"
        | "inputmethod"
        | "jsonstringbodycontent"
        | "bodycontent"
        | "requestbody"
        | "parametersbody"
        | "bodydata"
        | "requestcontent"
        | "formdatafieldsarray"
        | "rawbodycontent"
        | "jsonbody" => {
            if matches!(around.place, Place::Plain | Place::Setting) {
                Place::Request
            } else {
                around.place
            }
        }
        "metadata" | "filter" | "routes" | "onerror" => Place::Plain,
        _ => around.place,
    }
}

/// The fields of a module whose type says that they hold secrets.
pub(super) fn typed(module: &Map<String, Value>) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    if let Some(metadata) = module.get("metadata") {
        collect(metadata, &mut found);
    }
    found
}

fn collect<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            if let (Some(name), Some(kind)) = (text("name"), text("type"))
                && structure::is_secret_type(kind)
            {
                found.insert(name);
            }
            fields.values().for_each(|field| collect(field, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
