//! Blueprints without a secret, each full of what looks like one.

use serde_json::Value;

use super::decoy_modules::{APPS, BESIDE, HTTP};
use super::nesting::{filled, template};
use super::random::Random;

/// How many blueprints there are.
pub(super) const COUNT: usize = 1_000;

/// One blueprint as `templates_create` takes it; the same number gives the same one.
pub(super) fn blueprint(number: usize) -> Value {
    let mut random = Random::new(0xDEC0_2000 + u64::try_from(number).unwrap());
    // Each module has its turn; the others are drawn.
    let mut parts = vec![
        filled(&mut random, APPS[number % APPS.len()]),
        filled(&mut random, HTTP[number % HTTP.len()]),
        filled(&mut random, BESIDE[number % BESIDE.len()]),
    ];
    for _ in 0..3 {
        let module = *random.pick(&APPS);
        parts.push(filled(&mut random, module));
    }
    for _ in 0..2 {
        let module = *random.pick(&HTTP);
        parts.push(filled(&mut random, module));
    }
    template(&mut random, &parts)
}

/// Every text in it with its place.
pub(super) fn texts(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => found.push((at.to_owned(), text.clone())),
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                collect(item, &format!("{at}/{number}"), found);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                collect(field, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}
