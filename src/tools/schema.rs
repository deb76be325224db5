//! The house form of schemas, which every client takes: no `$ref`, no combinators, no type lists,
//! no formats that a validator may not know, `properties` always there, inputs closed.

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value, json};

use super::creates::KEY;
use super::{List, Paging};

/// Formats of JSON Schema itself; others make validators warn on each listing.
const KNOWN_FORMATS: [&str; 4] = ["date-time", "email", "uri", "uuid"];

/// Columns that a list never has although its rows are of a type with them, by the name of the
/// rows: Make tells them only of one object.
const NOT_IN_LISTS: [(&str, &[&str]); 3] = [
    ("connections", &["scopes", "scenarioUsages"]),
    ("requests", &["user"]),
    ("teams", &["isPaused"]),
];

/// The largest `limit`.
pub(super) const MAX_LIMIT: u64 = 100;

/// The schema of arguments; a list gets `fields`, `limit` and `cursor`, and what makes something
/// gets `idempotencyKey`.
pub(super) fn input<A: JsonSchema>(list: Option<List>, makes: bool) -> Map<String, Value> {
    let mut schema = generate::<A>(Contract::Deserialize);
    with_properties(&mut schema, |properties| {
        if makes {
            let key = json!({
                "type": "string", "minLength": 1, "maxLength": 128,
                "description": "Same key, same result, for 24 h.",
            });
            properties.insert(KEY.to_owned(), key);
        }
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
            properties.extend(more.map(|(name, schema)| (name.to_owned(), schema)));
        }
    });
    close(&mut schema);
    schema
}

/// The schema of an answer, with what every answer may carry.
pub(super) fn output<O: JsonSchema>(list: Option<List>) -> Map<String, Value> {
    let mut schema = generate::<O>(Contract::Serialize);
    with_properties(&mut schema, |properties| {
        let text = |description: &str| json!({"type": "string", "description": description});
        properties.insert("next".to_owned(), text("What to do next."));
        if let Some(list) = list {
            properties.insert("cursor".to_owned(), text("Pass it on for more rows."));
            // Rows carry the columns that were asked for, so none is certain.
            let rows = properties
                .get_mut(list.rows)
                .and_then(|rows| rows.get_mut("items"));
            if let Some(row) = rows.and_then(Value::as_object_mut) {
                row.remove("required");
                with_properties(row, |columns| {
                    let of_this = NOT_IN_LISTS.iter().filter(|(rows, _)| *rows == list.rows);
                    for column in of_this.flat_map(|(_, never)| *never) {
                        columns.remove(*column);
                    }
                });
            }
        }
    });
    // Two official clients hold failures against this schema as well, and a failure has none of
    // these fields.
    schema.remove("required");
    schema
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
    let answers = contract == Contract::Serialize;
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        // Of an answer, what is left out when it is empty is not required.
        settings.contract = contract;
    });
    let schema = settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    let mut schema = schema.as_object().cloned().unwrap_or_default();
    tidy(&mut schema);
    if answers {
        leave_out_zero(&mut schema);
    }
    // Of the whole, the tool's own description says what it is.
    schema.remove("description");
    schema.insert("type".to_owned(), json!("object"));
    schema
}

/// Works on the properties, which are there afterwards in any case.
fn with_properties(schema: &mut Map<String, Value>, work: impl FnOnce(&mut Map<String, Value>)) {
    let mut properties = match schema.remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    work(&mut properties);
    schema.insert("properties".to_owned(), Value::Object(properties));
}

/// Closes every object that lists its properties and does not say that it is open, as the parts of
/// a template do: Make has more fields in them than it documents.
fn close(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties") {
        schema
            .entry("additionalProperties")
            .or_insert_with(|| json!(false));
    } else if schema.get("additionalProperties") == Some(&json!(true)) {
        // Of an object without listed properties that goes without saying.
        schema.remove("additionalProperties");
    }
    below(schema, &mut close);
}

fn tidy(schema: &mut Map<String, Value>) {
    for keyword in ["$schema", "title", "default", "readOnly", "writeOnly"] {
        schema.remove(keyword);
    }
    if schema
        .get("format")
        .and_then(Value::as_str)
        .is_some_and(|f| !KNOWN_FORMATS.contains(&f))
    {
        schema.remove("format");
    }
    if let Some(Value::Array(types)) = schema.get("type") {
        let real = types.iter().find(|kind| *kind != "null").cloned();
        schema.insert("type".to_owned(), real.unwrap_or_else(|| json!("string")));
    }
    // An object without a list of properties is open anyway; saying it costs tokens.
    let is_open = schema.get("additionalProperties") == Some(&json!(true));
    if is_open && !schema.contains_key("properties") {
        schema.remove("additionalProperties");
    }
    flatten_choice(schema);
    below(schema, &mut tidy);
}

/// Of an answer nobody has to know that a count is not negative, and saying it costs tokens.
fn leave_out_zero(schema: &mut Map<String, Value>) {
    if schema.get("minimum").and_then(Value::as_u64) == Some(0) {
        schema.remove("minimum");
    }
    below(schema, &mut leave_out_zero);
}

/// Does the same to every schema directly below this one. The names in `properties` are names,
/// not keywords: a property may be called `default` or `title`.
fn below(schema: &mut Map<String, Value>, work: &mut dyn FnMut(&mut Map<String, Value>)) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut() {
            // "Any value" is written `true`, which not every client reads.
            if property.is_boolean() {
                *property = json!({});
            }
            if let Some(property) = property.as_object_mut() {
                work(property);
            }
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(Value::Object(schema)) = schema.get_mut(keyword) {
            work(schema);
        }
    }
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
            Value::Object(input::<Args>(None, false)),
            json!({
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "name": {"type": "string", "description": "The name."},
                    "nested": {"type": "object", "additionalProperties": false, "properties": {
                        "inner": {"type": "array", "items": {"type": "integer", "minimum": 0}}}},
                    "choice": {"type": "string", "enum": ["firstOne", "secondOne"]},
                    "title": {"type": "string"},
                },
                "required": ["name"],
            })
        );
    }
}
