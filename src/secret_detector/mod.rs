//! Recognizes secrets in text that was written elsewhere: by the name of a field, by the format of a
//! value, by its randomness. Knows nothing of Make's types and keeps nothing.
//!
//! [`find`] knows formats alone, [`judge`] also the field that a text stands in, and [`document`] walks
//! a whole document. All are linear in what they read.

mod alphabet;
mod capability;
mod choices;
mod commands;
mod core_words;
pub mod document;
mod edit;
mod encoded;
mod form;
mod formats;
mod formulas;
mod hints;
mod json_text;
mod judge;
mod kind;
mod languages;
mod logins;
mod module;
mod names;
mod pairs;
pub mod parts;
mod prefixed;
mod randomness;
mod schemes;
mod structure;
mod values;
mod words;
mod written;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

pub use judge::{Field, Place, judge};
pub use kind::Kind;
pub use values::is_placeholder;

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// Finds the anchors of all formats in one pass.
static ANCHORS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let formats = formats::ALL.iter().map(|format| format.anchor);
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true);
    builder
        .build(schemes::ANCHORS.into_iter().chain(formats))
        .ok()
});

/// The secrets in a text that are recognized by their format alone, in order and without overlap.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = by_format(text);
    found.extend(pairs::find(text, pairs::Wanted::Queries));
    merged(found)
}

/// The same but for what an address names.
fn by_format(text: &str) -> Vec<Found> {
    let Some(anchors) = ANCHORS.as_ref() else {
        return Vec::new();
    };
    let mut runs = alphabet::Runs::of(text);
    let mut reader = schemes::Reader::of(text);
    let mut found = Vec::new();
    for anchor in anchors.find_overlapping_iter(text) {
        let number = anchor.pattern().as_usize();
        let at = anchor.start()..anchor.end();
        let Some(format) = number.checked_sub(schemes::ANCHORS.len()) else {
            found.extend(reader.at(number, &mut runs, at));
            continue;
        };
        let Some(format) = formats::ALL.get(format) else {
            continue;
        };
        found.extend(
            format
                .at(&mut runs, at.start, at.end)
                .map(|(from, to)| Found {
                    kind: Kind::Provider(format.name),
                    range: from..to,
                }),
        );
    }
    found.extend(capability::find(text));
    found.extend(logins::find(text));
    found.extend(prefixed::find(text));
    found.extend(beside_id(text, &found));
    found
}

/// The key that belongs to the id of an access key in the same text.
fn beside_id(text: &str, found: &[Found]) -> Vec<Found> {
    let is_id = |one: &Found| one.kind == Kind::Provider("aws_access_key");
    if found.iter().any(is_id) {
        access_keys(text)
    } else {
        Vec::new()
    }
}

/// What has the form of a secret access key, which is told by the id beside it alone.
fn access_keys(text: &str) -> Vec<Found> {
    let in_key = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let mut found = Vec::new();
    let mut at = 0;
    for part in text.split(|c| !in_key(c)) {
        let range = at..at + part.len();
        let behind = text.get(range.end..).and_then(|rest| rest.chars().next());
        at = range.end + behind.map_or(0, char::len_utf8);
        let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if part.len() == 40 && !is_hex && randomness::is_varied(part.as_bytes()) {
            found.push(Found {
                kind: Kind::Secret,
                range,
            });
        }
    }
    found
}

/// Whether the value of a field of this name is a secret, as the name alone says (`authPass`).
pub fn is_secret_name(field: &str) -> bool {
    matches!(names::sure(field), names::Sure::Certain(_))
}

/// In order, and those that overlap as one, under the kind of the first and longest.
fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.retain(|one| !one.range.is_empty());
    found.sort_by(|a, b| {
        let by_start = a.range.start.cmp(&b.range.start);
        by_start.then(b.range.end.cmp(&a.range.end))
    });
    let mut apart: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match apart.last_mut() {
            Some(last) if one.range.start < last.range.end => {
                last.range.end = last.range.end.max(one.range.end);
            }
            _ => apart.push(one),
        }
    }
    apart
}

#[cfg(test)]
mod tests;
