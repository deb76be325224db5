//! Single values against their schema, mended where a model plainly means the right thing.

use serde_json::{Map, Number, Value};

use super::names;

/// The largest whole number where a schema names none: beyond it, a client that reads numbers as
/// floats would mean another one.
pub(super) const LARGEST: i64 = 9_007_199_254_740_991;

/// The same as a float.
const EXACT: f64 = 9_007_199_254_740_991.0;

pub(super) fn integer(schema: &Map<String, Value>, value: &Value) -> Option<Value> {
    let whole = match (value.as_str(), value.as_f64()) {
        (Some(text), _) if text.len() <= 20 => Value::from(text.parse::<i64>().ok()?),
        // 7.0 is how some clients write 7.
        (None, Some(float)) if !value.is_i64() && !value.is_u64() => {
            let exact = float.fract() == 0.0 && float.abs() <= EXACT;
            Value::from(
                format!("{float:.0}")
                    .parse::<i64>()
                    .ok()
                    .filter(|_| exact)?,
            )
        }
        (None, Some(_)) => value.clone(),
        _ => return None,
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_i64);
    // What is no i64 is beyond it, and so over every maximum.
    let number = whole.as_i64()?;
    let low = bound("minimum").is_none_or(|low| number >= low);
    let high = number <= bound("maximum").unwrap_or(LARGEST);
    (low && high).then_some(whole)
}

/// Whether this is a number that only its size forbids, where the schema does not say so.
pub(super) fn is_too_large(schema: &Map<String, Value>, value: &Value) -> bool {
    let number = value.as_str().map_or_else(
        || value.as_f64(),
        |text| {
            let digits = text.len() <= 40 && text.bytes().all(|b| b.is_ascii_digit());
            if digits { text.parse().ok() } else { None }
        },
    );
    !schema.contains_key("maximum") && number.is_some_and(|number: f64| number > EXACT)
}

pub(super) fn number(value: Value) -> Option<Value> {
    match value.as_str() {
        Some(text) => text
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number),
        None => value.is_number().then_some(value),
    }
}

pub(super) fn boolean(value: &Value) -> Option<Value> {
    match (value.as_bool(), value.as_str()) {
        (Some(flag), _) => Some(Value::Bool(flag)),
        (None, Some("true")) => Some(Value::Bool(true)),
        (None, Some("false")) => Some(Value::Bool(false)),
        (None, _) => None,
    }
}

/// Text; a whole number is taken for its digits, as in a version or an id.
pub(super) fn text(schema: &Map<String, Value>, value: Value) -> Option<Value> {
    let value = match value.as_u64() {
        Some(number) => Value::from(number.to_string()),
        None => value,
    };
    let text = value.as_str()?;
    let bound = |name: &str| schema.get(name).and_then(Value::as_u64);
    let length = text.chars().count() as u64;
    let choices = names(schema.get("enum"));
    let fits = bound("minLength").is_none_or(|low| length >= low)
        && bound("maxLength").is_none_or(|high| length <= high)
        && (choices.is_empty() || choices.contains(&text));
    fits.then_some(value)
}
