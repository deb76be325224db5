//! Validation of request bodies, with the wording of the JSON-schema library behind Make's API.

use serde_json::{Map, Value};

use super::answer::Answer;

/// What a field has to be; numbers are bounds.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Characters, least and most.
    Text(usize, usize),
    /// A whole number, the least.
    Int(i64),
    Number,
    Bool,
    Object,
    /// An object whose values are strings, numbers or booleans.
    Scalars,
    /// Least count, then the most characters of each.
    Texts(usize, usize),
    /// Objects, least and most.
    Items(usize, usize),
    Any,
}

#[derive(Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    required: bool,
    rule: Rule,
}

/// Whether fields beside the known ones are refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    Refused,
    Taken,
}

pub(super) const fn required(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        required: true,
        rule,
    }
}

pub(super) const fn optional(name: &'static str, rule: Rule) -> Field {
    Field {
        name,
        required: false,
        rule,
    }
}

/// # Errors
/// 400 with every violation in `suberrors`.
pub(super) fn check(
    fields: &Map<String, Value>,
    shape: &[Field],
    extra: Extra,
) -> Result<(), Answer> {
    let reasons = violations(fields, shape, extra);
    if reasons.is_empty() {
        Ok(())
    } else {
        Err(Answer::violations(&reasons))
    }
}

/// The same for each object of a list that `check` found to be one.
///
/// # Errors
/// 400 with every violation in `suberrors`.
pub(super) fn check_items(
    fields: &Map<String, Value>,
    name: &str,
    shape: &[Field],
) -> Result<(), Answer> {
    let reasons: Vec<String> = items(fields, name)
        .flat_map(|item| violations(item, shape, Extra::Refused))
        .collect();
    if reasons.is_empty() {
        Ok(())
    } else {
        Err(Answer::violations(&reasons))
    }
}

/// For a text of the query, as `Rule::Text` for one of the body.
///
/// # Errors
/// 400 if it is too short or too long.
pub(super) fn check_query(
    name: &str,
    text: Option<&str>,
    least: usize,
    most: usize,
) -> Result<(), Answer> {
    match text.and_then(|text| length(text, least, most)) {
        Some(reason) => Err(Answer::violations(&[format!("'{name}' {reason}")])),
        None => Ok(()),
    }
}

pub(super) fn items<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    fields
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

pub(super) fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn texts(fields: &Map<String, Value>, name: &str) -> Vec<String> {
    let items = fields
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn id(fields: &Map<String, Value>, name: &str) -> Option<u64> {
    fields.get(name).and_then(Value::as_u64)
}

fn violations(fields: &Map<String, Value>, shape: &[Field], extra: Extra) -> Vec<String> {
    let mut reasons = Vec::new();
    for field in shape {
        match fields.get(field.name) {
            None if field.required => {
                reasons.push(format!("should have required property '{}'", field.name));
            }
            None => {}
            Some(value) => {
                if let Some(reason) = breach(value, field.rule) {
                    reasons.push(format!("'{}' {reason}", field.name));
                }
            }
        }
    }
    let known = |name: &String| shape.iter().any(|field| field.name == name);
    if extra == Extra::Refused && !fields.keys().all(known) {
        reasons.push("should NOT have additional properties".to_owned());
    }
    reasons
}

fn breach(value: &Value, rule: Rule) -> Option<String> {
    match rule {
        Rule::Any => None,
        Rule::Text(least, most) => match value.as_str() {
            Some(text) => length(text, least, most),
            None => Some("should be string".to_owned()),
        },
        Rule::Int(least) => match value.as_i64() {
            Some(number) if number >= least => None,
            Some(_) => Some(format!("should be >= {least}")),
            None => Some("should be integer".to_owned()),
        },
        Rule::Number => (!value.is_number()).then(|| "should be number".to_owned()),
        Rule::Bool => (!value.is_boolean()).then(|| "should be boolean".to_owned()),
        Rule::Object => (!value.is_object()).then(|| "should be object".to_owned()),
        Rule::Scalars => match value.as_object() {
            Some(fields) => fields
                .values()
                .any(|field| !field.is_string() && !field.is_number() && !field.is_boolean())
                .then(|| "should hold string,number,boolean".to_owned()),
            None => Some("should be object".to_owned()),
        },
        Rule::Texts(least, longest) => match value.as_array() {
            Some(items) if items.len() < least => {
                Some(format!("should NOT have fewer than {least} items"))
            }
            Some(items) => items
                .iter()
                .find_map(|item| breach(item, Rule::Text(0, longest))),
            None => Some("should be array".to_owned()),
        },
        Rule::Items(least, most) => match value.as_array() {
            Some(items) if items.len() < least => {
                Some(format!("should NOT have fewer than {least} items"))
            }
            Some(items) if items.len() > most => {
                Some(format!("should NOT have more than {most} items"))
            }
            Some(items) => items.iter().find_map(|item| breach(item, Rule::Object)),
            None => Some("should be array".to_owned()),
        },
    }
}

fn length(text: &str, least: usize, most: usize) -> Option<String> {
    let characters = text.chars().count();
    if characters < least {
        Some(format!("should NOT be shorter than {least} characters"))
    } else if characters > most {
        Some(format!("should NOT be longer than {most} characters"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_violation_is_named() {
        let shape = [
            required("teamId", Rule::Int(1)),
            optional("name", Rule::Text(0, 3)),
        ];
        let fields = json!({"name": "long", "more": 1})
            .as_object()
            .unwrap()
            .clone();
        assert_eq!(
            violations(&fields, &shape, Extra::Refused),
            [
                "should have required property 'teamId'",
                "'name' should NOT be longer than 3 characters",
                "should NOT have additional properties",
            ]
        );
    }
}
