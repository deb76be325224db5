//! Replaces texts of a document where they stand.

use serde_json::Value;

use super::document::{Content, Leaf, Secret, Step, walk};

/// Replaces secrets of a document, which is called `prefix`: each by what `change` makes of it.
pub fn rewrite(
    prefix: &str,
    document: &mut Value,
    change: &mut dyn FnMut(Secret) -> Option<String>,
) {
    edit(prefix, document, &mut |leaf| {
        leaf.replaced(change).map(Value::String)
    });
}

/// Replaces texts and numbers of a document, which is called `prefix`.
pub fn edit(
    prefix: &str,
    document: &mut Value,
    change: &mut dyn FnMut(&Leaf<'_, '_>) -> Option<Value>,
) {
    let mut edits: Vec<(Vec<Owned>, bool, Value)> = Vec::new();
    walk(prefix, document, &mut |leaf| {
        if let Some(new) = change(leaf) {
            let way = leaf.steps.iter().skip(1).map(Owned::of).collect();
            edits.push((way, matches!(leaf.content, Content::Name(_)), new));
        }
    });
    // Names last, for the ways lead along them; the deepest first.
    edits.sort_by_key(|(way, is_name, _)| (*is_name, std::cmp::Reverse(way.len())));
    for (way, is_name, new) in edits {
        set(document, &way, is_name, new);
    }
}

#[derive(Debug)]
enum Owned {
    Field(String),
    Entry(usize),
}

impl Owned {
    fn of(step: &Step<'_>) -> Self {
        match step {
            Step::Field(name) => Self::Field((*name).to_owned()),
            Step::Entry(number) => Self::Entry(*number),
        }
    }
}

fn set(document: &mut Value, way: &[Owned], is_name: bool, new: Value) {
    let (last, above) = match way.split_last() {
        Some((Owned::Field(name), above)) if is_name => (Some(name), above),
        _ => (None, way),
    };
    let mut here = document;
    for step in above {
        let next = match step {
            Owned::Field(name) => here.get_mut(name.as_str()),
            Owned::Entry(number) => here.get_mut(*number),
        };
        let Some(next) = next else { return };
        here = next;
    }
    match (last, here) {
        (Some(name), Value::Object(fields)) => {
            if let (Value::String(new), Some(value)) = (new, fields.remove(name)) {
                fields.insert(new, value);
            }
        }
        (_, here) => *here = new,
    }
}
