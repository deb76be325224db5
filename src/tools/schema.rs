//! The house form of schemas, which every client takes: no `$ref`, no combinators, no type lists,
//! no formats that a validator may not know, `properties` always there, inputs closed.

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

use super::{List, Paging};

/// Formats of JSON Schema itself; others make validators warn on each listing.
const KNOWN_FORMATS: [&str; 4] = ["date-time", "email", "uri", "uuid"];

/// The largest `limit`.
pub(super) const MAX_LIMIT: u64 = 100;

/// The schema of arguments; a list gets `fields`, `limit` and `cursor`.
pub(super) fn input<A: JsonSchema>(list: Option<List>) -> Map<String, Value> {
    let mut schema = generate::<A>(Contract::Deserialize);
    schema.remove("description");
    close(&mut schema);
    if list.is_some() {
        let more = [
            (
                "fields",
                json!({"type": "array", "items": {"type": "string"}}),
            ),
            (
                "limit",
                json!({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}),
            ),
            ("cursor", json!({"type": "string"})),
        ];
        properties(&mut schema).extend(more.map(|(name, schema)| (name.to_owned(), schema)));
    }
    ordered(schema)
}

/// The schema of an answer, with what every answer may carry.
pub(super) fn output<O: JsonSchema>(list: Option<List>) -> Map<String, Value> {
    // What is left out when it is empty is not required.
    let mut schema = generate::<O>(Contract::Serialize);
    schema.remove("description");
    let mut more = vec![(
        "next",
        json!({"type": "string", "description": "What to do next."}),
    )];
    if let Some(list) = list {
        more.push((
            "cursor",
            json!({"type": "string", "description": "Pass it on for more rows."}),
        ));
        // Rows carry the columns that were asked for, so none is certain.
        let rows = properties(&mut schema).get_mut(list.rows);
        if let Some(items) = rows
            .and_then(|rows| rows.get_mut("items"))
            .and_then(Value::as_object_mut)
        {
            items.remove("required");
        }
    }
    properties(&mut schema).extend(
        more.into_iter()
            .map(|(name, schema)| (name.to_owned(), schema)),
    );
    ordered(schema)
}

/// The columns that rows of this list may have, from its output schema.
pub(super) fn columns<'a>(output: &'a Map<String, Value>, list: &List) -> Vec<&'a str> {
    let rows = output
        .get("properties")
        .and_then(|properties| properties.get(list.rows));
    let columns = rows.and_then(|rows| rows.get("items")?.get("properties")?.as_object());
    columns
        .map(|columns| columns.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

impl Paging {
    /// The number of rows without `limit`.
    pub(super) fn default_limit(self) -> u64 {
        match self {
            Self::Ours => 50,
            Self::Makes => 25,
        }
    }
}

fn generate<T: JsonSchema>(contract: Contract) -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        settings.contract = contract;
    });
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    tidy(&mut schema);
    match schema {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn properties(schema: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let properties = schema.entry("properties").or_insert_with(|| json!({}));
    if !properties.is_object() {
        *properties = json!({});
    }
    match properties {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

/// `type` first, then the rest by name: a listing reads well and never changes by itself.
fn ordered(mut schema: Map<String, Value>) -> Map<String, Value> {
    properties(&mut schema);
    schema.insert("type".to_owned(), json!("object"));
    schema
}

/// Closes every object that lists its properties.
fn close(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties")
        || schema.get("type") == Some(&json!("object"))
            && !schema.contains_key("additionalProperties")
    {
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
    for value in schema.values_mut() {
        close_below(value);
    }
}

fn close_below(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("properties") && map.get("type") == Some(&json!("object")) {
                map.insert("additionalProperties".to_owned(), json!(false));
            }
            map.values_mut().for_each(close_below);
        }
        Value::Array(items) => items.iter_mut().for_each(close_below),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tidy(value: &mut Value) {
    let Value::Object(map) = value else {
        if let Value::Array(items) = value {
            items.iter_mut().for_each(tidy);
        }
        return;
    };
    map.remove("$schema");
    // A schema's title is a string; a property called `title` is an object and stays.
    if map.get("title").is_some_and(Value::is_string) {
        map.remove("title");
    }
    if map.get("default") == Some(&Value::Null) {
        map.remove("default");
    }
    if map
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(|f| !KNOWN_FORMATS.contains(&f))
    {
        map.remove("format");
    }
    if map.get("minimum").and_then(Value::as_u64) == Some(0) {
        map.remove("minimum");
    }
    if let Some(Value::Array(types)) = map.get("type") {
        let real = types.iter().find(|kind| *kind != "null").cloned();
        map.insert("type".to_owned(), real.unwrap_or_else(|| json!("string")));
    }
    flatten_choice(map);
    map.values_mut().for_each(tidy);
}

/// `anyOf` with null becomes the other branch; `oneOf` of constants becomes `enum`.
fn flatten_choice(map: &mut Map<String, Value>) {
    if let Some(Value::Array(branches)) = map.remove("anyOf") {
        let real = branches
            .into_iter()
            .find(|b| b.get("type") != Some(&json!("null")));
        if let Some(Value::Object(real)) = real {
            for (name, value) in real {
                map.entry(name).or_insert(value);
            }
        }
    }
    if let Some(Value::Array(branches)) = map.remove("oneOf") {
        let constants: Vec<Value> = branches
            .iter()
            .filter_map(|branch| branch.get("const").cloned())
            .collect();
        map.insert("type".to_owned(), json!("string"));
        map.insert("enum".to_owned(), Value::Array(constants));
    }
    if let Some(Value::Array(choices)) = map.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Nested {
        inner: Option<Vec<u32>>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    #[serde(rename_all = "camelCase")]
    enum Choice {
        /// One.
        FirstOne,
        /// Two.
        SecondOne,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Args {
        /// The name.
        name: String,
        nested: Option<Nested>,
        choice: Option<Choice>,
        title: Option<String>,
    }

    #[test]
    fn the_house_form() {
        assert_eq!(
            Value::Object(input::<Args>(None)),
            json!({
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "name": {"type": "string", "description": "The name."},
                    "nested": {"type": "object", "additionalProperties": false, "properties": {
                        "inner": {"type": "array", "items": {"type": "integer"}}}},
                    "choice": {"type": "string", "enum": ["firstOne", "secondOne"]},
                    "title": {"type": "string"},
                },
                "required": ["name"],
            })
        );
    }
}
