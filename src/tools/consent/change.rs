//! What of an effect changes anything at the object as it is. A no is bound to that alone, so that
//! adding what the object already has, another order or other blanks makes no new question of it.
//! Coarser than what a yes is for: a yes needs the very effect and the very plan besides.

use icu_normalizer::DecomposingNormalizerBorrowed;
use serde_json::{Map, Value, json};

use super::effect::whole;
use super::plan::Plan;
use crate::tools::canonical;
use crate::visible;

/// How deep JSON text inside of JSON text is read.
const DEPTH: u8 = 8;
/// Signs that are written for each other, and change no meaning.
const QUOTES: &[char] = &[
    '"', '\'', '`', '´', '“', '”', '„', '‘', '’', '‚', '«', '»', '‹', '›',
];

/// An argument that replaces what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Replaced {
    /// The way to it: its name, or that of its object and its own.
    argument: &'static [&'static str],
    /// A digest of what is new in it; `None` where nothing is.
    new: Option<String>,
}

impl Plan {
    /// An argument and what the object has in its place now. Where that is the same, the argument
    /// does not count for a no; of an object only the members that differ count.
    #[must_use]
    pub(in crate::tools) fn replacing(
        mut self,
        argument: &'static [&'static str],
        given: Option<&Value>,
        stored: Option<&Value>,
    ) -> Self {
        if let (Some(given), Some(stored)) = (given, stored) {
            let (given, stored) = (folded(given, DEPTH), folded(stored, DEPTH));
            let new = (given != stored).then(|| canonical::digest(&beyond(given, &stored)));
            self.replaces.push(Replaced { argument, new });
        }
        self
    }
}

/// What of the effect changes something.
pub(super) fn of(effect: &Map<String, Value>, replaced: &[Replaced]) -> Map<String, Value> {
    let mut change: Map<String, Value> = effect
        .iter()
        .map(|(name, value)| (name.clone(), folded(value, DEPTH)))
        .collect();
    for Replaced { argument, new } in replaced {
        match *argument {
            [name] => replace(&mut change, name, new.as_deref()),
            [object, name] => {
                let Some(Value::Object(inner)) = change.get_mut(*object) else {
                    continue;
                };
                replace(inner, name, new.as_deref());
                if inner.is_empty() {
                    change.remove(*object);
                }
            }
            _ => {}
        }
    }
    change
}

fn replace(fields: &mut Map<String, Value>, name: &str, new: Option<&str>) {
    let Some(value) = fields.get_mut(name) else {
        return;
    };
    match new {
        Some(digest) => *value = json!({ "new": digest }),
        None => drop(fields.remove(name)),
    }
}

/// A value in its one spelling. What says nothing becomes null, and of an object it is left out.
fn folded(value: &Value, depth: u8) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(flag) => Value::from(flag.to_string()),
        Value::Number(number) => Value::from(whole(number).to_string()),
        Value::String(text) => text_folded(text, depth),
        Value::Array(items) => some(items.iter().map(|item| folded(item, depth)).collect()),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), folded(value, depth)))
                .filter(|(_, value)| !value.is_null());
            let fields: Map<String, Value> = fields.collect();
            if fields.is_empty() {
                Value::Null
            } else {
                Value::Object(fields)
            }
        }
    }
}

/// A list without an end that says nothing.
fn some(mut items: Vec<Value>) -> Value {
    while items.last().is_some_and(Value::is_null) {
        items.pop();
    }
    if items.is_empty() {
        Value::Null
    } else {
        Value::Array(items)
    }
}

fn text_folded(text: &str, depth: u8) -> Value {
    if depth > 0 && text.trim_start().starts_with(['{', '[']) {
        let parsed = serde_json::from_str::<Value>(text).ok();
        if let Some(parsed) = parsed {
            return folded(&parsed, depth - 1);
        }
    }
    let counts = |c: &char| !c.is_whitespace() && !QUOTES.contains(c);
    let seen: String = visible::line(text).chars().filter(counts).collect();
    let text = DecomposingNormalizerBorrowed::new_nfkd().normalize(&seen);
    // Some become blanks or quotes only by that.
    let text: String = text.chars().filter(counts).collect();
    if text.is_empty() {
        Value::Null
    } else {
        Value::from(text)
    }
}

/// What of a value is not in the other one: of objects the members that differ, of lists the items,
/// each in its place.
fn beyond(given: Value, stored: &Value) -> Value {
    if given == *stored {
        return Value::Null;
    }
    match (given, stored) {
        (Value::Object(given), Value::Object(stored)) => {
            let differs = given.into_iter().filter_map(|(name, value)| {
                let there = stored.get(&name).unwrap_or(&Value::Null);
                let value = beyond(value, there);
                (!value.is_null()).then_some((name, value))
            });
            Value::Object(differs.collect())
        }
        (Value::Array(given), Value::Array(stored)) => {
            let there = stored.iter().chain(std::iter::repeat(&Value::Null));
            some(
                given
                    .into_iter()
                    .zip(there)
                    .map(|(item, there)| beyond(item, there))
                    .collect(),
            )
        }
        (given, _) => given,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::Thing;

    const NAME: &[&str] = &["name"];

    fn change(effect: &Value, plan: &Plan) -> Map<String, Value> {
        of(effect.as_object().unwrap(), &plan.replaces)
    }

    fn plan() -> Plan {
        Plan::new("Change {}.", Thing::new("key", Some(&401), None))
    }

    #[test]
    fn what_the_object_has_already_does_not_count() {
        let stored = json!("Weekly report");
        let without = change(&json!({"keyId": 401}), &plan());
        for name in [
            "Weekly report",
            " Weekly  report ",
            "\"Weekly\u{200B} report\"",
            "Weekly\u{a0}report",
            "Ｗeekly report",
        ] {
            let given = json!(name);
            let plan = plan().replacing(NAME, Some(&given), Some(&stored));
            let effect = json!({"keyId": 401, "name": name});
            assert_eq!(change(&effect, &plan), without, "{name}");
        }
        let given = json!("Monthly report");
        let plan = plan().replacing(NAME, Some(&given), Some(&stored));
        let other = change(&json!({"keyId": 401, "name": "Monthly report"}), &plan);
        assert_ne!(other, without);
        assert!(other.contains_key("name"));
    }

    #[test]
    fn of_a_whole_that_is_replaced_only_what_is_new_counts() {
        let stored = json!({"name": "n", "flow": [{"id": 1, "mapper": {"a": 1}}, {"id": 2}],
            "metadata": {"version": 1, "designer": {"x": 0}}});
        let of = |given: Value| {
            let plan = plan().replacing(&["blueprint"], Some(&given), Some(&stored));
            change(&json!({"blueprint": given}), &plan)
        };
        let refused = of(json!({"name": "n", "flow": [{"id": 1, "mapper": {"a": 2}}, {"id": 2}]}));
        for same in [
            json!({"flow": [{"mapper": {"a": 2}, "id": 1}, {"id": 2}], "name": "n", "metadata": null}),
            json!({"flow": [{"id": 1, "mapper": {"a": 2}}, {"id": 2}], "name": "n",
                "metadata": {"version": 1, "designer": {"x": 0}}}),
            json!({"flow": [{"id": 1, "mapper": {"a": "2"}}, {"id": 2.0, "x": null}], "name": "n "}),
            json!({"flow": "[{\"id\": 1, \"mapper\": {\"a\": 2}}]", "name": "n"}),
        ] {
            assert_eq!(of(same.clone()), refused, "{same}");
        }
        for other in [
            json!({"name": "n", "flow": [{"id": 1, "mapper": {"a": 3}}, {"id": 2}]}),
            json!({"name": "m", "flow": [{"id": 1, "mapper": {"a": 2}}, {"id": 2}]}),
            json!({"name": "n", "flow": [{"id": 2}, {"id": 1, "mapper": {"a": 2}}]}),
        ] {
            assert_ne!(of(other.clone()), refused, "{other}");
        }
        // All of it changes nothing; without a part it is no change of any member, and yet another
        // effect than none.
        assert!(of(stored.clone()).is_empty());
        assert!(!of(json!({"name": "n", "flow": []})).is_empty());
    }

    #[test]
    fn what_is_not_stored_is_told_apart_by_what_it_says() {
        let of = |data: Value| change(&json!({"connectionId": 1, "data": data}), &plan());
        let one = of(json!({"url": "https://a.example", "apiKey": null}));
        assert_eq!(one, of(json!({"apiKey": "", "url": "https://a.example "})));
        assert_ne!(one, of(json!({"apiKey": "x", "url": "https://a.example"})));
        assert_ne!(one, of(json!({"apiKey": null, "url": "https://b.example"})));
        // An empty replacement is none the less one.
        assert!(of(json!({})).contains_key("data"));
    }
}
