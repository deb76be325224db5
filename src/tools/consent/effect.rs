//! What of a call's arguments a person's yes or no is about: defaults and what changes nothing are
//! left out, and equal spellings become one. So a no holds against every spelling of what it was
//! said to. A yes needs the same plan besides.

use serde_json::{Map, Number, Value};

use crate::tools::Entry;
use crate::tools::canonical::canonical;
use crate::tools::creates::KEY;

/// What a list of texts holds that stands for all there are.
const ALL_OF_THEM: &str = "*";
/// Beyond it a float is no whole number for certain.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// What of a tool's arguments a yes or no is about, where its schema does not tell.
#[derive(Debug, Clone, Copy)]
pub struct EffectRules {
    /// Fields that do not count: another way to the same object, or one whose default Make does
    /// not tell, so that nobody knows which value changes nothing.
    pub beside: &'static [&'static str],
    /// Optional fields whose empty value is another one than none.
    pub empty_counts: &'static [&'static str],
    /// Texts that are the same in upper and lower case.
    pub any_case: &'static [&'static str],
}

impl EffectRules {
    /// The schema tells all.
    pub const PLAIN: Self = Self {
        beside: &[],
        empty_counts: &[],
        any_case: &[],
    };
}

/// The effect of checked arguments. `names_team` says that the team is told otherwise.
pub(in crate::tools) fn effect(
    entry: &Entry,
    arguments: &Map<String, Value>,
    names_team: bool,
) -> Map<String, Value> {
    let (rules, lists) = (&entry.effect_rules, entry.spec.list.is_some());
    let counts = |name: &str| {
        let of_the_answer = lists && ["fields", "limit", "cursor"].contains(&name);
        let of_the_call = (entry.makes && name == KEY) || (names_team && name == "teamId");
        !of_the_answer && !of_the_call && !rules.beside.contains(&name)
    };
    let mut arguments = arguments.clone();
    arguments.retain(|name, _| counts(name));
    fields(&entry.schemas().input, &arguments, rules)
}

fn fields(
    schema: &Map<String, Value>,
    given: &Map<String, Value>,
    rules: &EffectRules,
) -> Map<String, Value> {
    let known = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|one| one == name));
    let mut counting = Map::new();
    for (name, value) in given {
        let property = known.and_then(|known| known.get(name)?.as_object());
        let Some(property) = property else {
            counting.insert(name.clone(), numbers(value));
            continue;
        };
        let value = normal(name, property, value, rules);
        let changes_nothing = !is_required(name)
            && !rules.empty_counts.contains(&name.as_str())
            && is_default(property, &value);
        if !changes_nothing {
            counting.insert(name.clone(), value);
        }
    }
    counting
}

/// Whether an optional field with this value says the same as without it.
fn is_default(property: &Map<String, Value>, value: &Value) -> bool {
    if let Some(default) = property.get("default") {
        return default == value;
    }
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn normal(name: &str, schema: &Map<String, Value>, value: &Value, rules: &EffectRules) -> Value {
    match value {
        // What is open is content, and counts as it is.
        Value::Object(given) if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
            Value::Object(fields(schema, given, rules))
        }
        Value::Array(items) => match schema.get("items").and_then(Value::as_object) {
            Some(item) => list(
                items
                    .iter()
                    .map(|one| normal(name, item, one, rules))
                    .collect(),
            ),
            None => numbers(value),
        },
        Value::String(text) if rules.any_case.contains(&name) => {
            Value::from(text.trim().to_lowercase())
        }
        Value::String(text) if name.ends_with("Id") => Value::from(id(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            numbers(value)
        }
    }
}

/// A list whose order changes nothing, as all lists of arguments that ask are. Of a list of texts
/// each counts once.
fn list(mut items: Vec<Value>) -> Value {
    if items.iter().all(Value::is_string) {
        if items.iter().any(|item| item == ALL_OF_THEM) {
            return Value::from(vec![ALL_OF_THEM]);
        }
        items.sort_unstable_by(|a, b| a.as_str().cmp(&b.as_str()));
        items.dedup();
    } else {
        items.sort_by_cached_key(|item| {
            let item = [("item".to_owned(), item.clone())].into_iter().collect();
            canonical(&item)
        });
    }
    Value::Array(items)
}

/// A UUID is the same in every case and with or without dashes.
fn id(text: &str) -> String {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        digits.to_ascii_lowercase()
    } else {
        text.to_owned()
    }
}

/// The same value, with one spelling of each whole number.
fn numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(whole(number)),
        Value::Array(items) => items.iter().map(numbers).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), numbers(value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

pub(super) fn whole(number: &Number) -> Number {
    let float = number.as_f64().filter(|_| number.is_f64());
    let exact = float.filter(|float| float.fract() == 0.0 && float.abs() <= EXACT);
    let read = exact.and_then(|float| format!("{float:.0}").parse::<i64>().ok());
    read.map_or_else(|| number.clone(), Number::from)
}

#[cfg(test)]
mod tests;
