//! Every text of a JSON document with what its place says of it: the name of its field or of a
//! sibling, the module that it belongs to, whether it is a part of a request.
//!
//! A module is an object with a number as `id` and a text as `module`; modules may lie in each other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub use super::edit::{edit, rewrite};
use super::judge::is_secret_number;
use super::module::{has_access_id, module, place, typed};
use super::structure::{self, Fields};
use super::{Field, Found, Kind, Place, find, judge};

/// Shorter names of fields are no secrets.
const LONG_NAME: usize = 16;

/// A step on the way to a place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into the field of an object.
    Field(&'a str),
    /// To an entry of a list.
    Entry(usize),
}

/// A text or a number of a document, or the name of a field.
#[derive(Debug)]
pub struct Leaf<'a, 's> {
    /// The id of the module that it belongs to.
    pub module: Option<u64>,
    /// The field that holds it.
    pub field: Field<'a>,
    /// What is there.
    pub content: Content<'a>,
    pub(super) steps: &'s [Step<'a>],
    /// How many steps lead to the module.
    above: usize,
}

/// What a place holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// A text.
    Text(&'a str),
    /// A number.
    Number(&'a Value),
    /// The name of a field.
    Name(&'a str),
}

/// A secret in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// The id of the module that it belongs to.
    pub module: Option<u64>,
    /// Its field, from the module or from the beginning of the document: `mapper.headers[0].value`.
    pub field: String,
    /// What it is.
    pub kind: Kind,
    /// The secret as it is written there.
    pub text: String,
    /// Whether it is a number.
    pub is_number: bool,
}

impl Leaf<'_, '_> {
    /// Its place, from the module or from the beginning of the document.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.steps.get(self.above..).unwrap_or_default() {
            match step {
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    // A name that is a secret, or a mark in its place, is not repeated.
                    let is_mark = ['[', ' ', ']'].iter().all(|c| name.contains(*c));
                    let is_secret = name.len() >= LONG_NAME && (is_mark || !find(name).is_empty());
                    path.push_str(if is_secret { "*" } else { name });
                }
                Step::Entry(number) => {
                    path.push('[');
                    path.push_str(&number.to_string());
                    path.push(']');
                }
            }
        }
        path
    }

    /// The secrets in it.
    pub fn secrets(&self) -> Vec<Found> {
        match self.content {
            Content::Text(text) => judge(&self.field, text),
            Content::Name(name) => find(name),
            Content::Number(number) => {
                let text = number.to_string();
                let is_secret = self.field.is_typed || is_secret_number(self.field.name, &text);
                let whole = || Found {
                    kind: Kind::Password,
                    range: 0..text.len(),
                };
                is_secret.then(whole).into_iter().collect()
            }
        }
    }

    /// What is there, as text.
    pub fn text(&self) -> String {
        match self.content {
            Content::Text(text) | Content::Name(text) => text.to_owned(),
            Content::Number(number) => number.to_string(),
        }
    }

    /// What is there with each secret replaced by what `change` makes of it; `None` where nothing
    /// is.
    pub fn replaced(&self, change: &mut dyn FnMut(Secret) -> Option<String>) -> Option<String> {
        let found = self.secrets();
        if found.is_empty() {
            return None;
        }
        let (text, path) = (self.text(), self.path());
        let (mut new, mut at, mut is_changed) = (String::new(), 0, false);
        for one in found {
            let secret = text.get(one.range.clone())?;
            let instead = change(Secret {
                module: self.module,
                field: path.clone(),
                kind: one.kind,
                text: secret.to_owned(),
                is_number: matches!(self.content, Content::Number(_)),
            });
            new.push_str(text.get(at..one.range.start)?);
            new.push_str(instead.as_deref().unwrap_or(secret));
            is_changed |= instead.is_some();
            at = one.range.end;
        }
        new.push_str(text.get(at..)?);
        is_changed.then_some(new)
    }
}

/// Shows every text, number and long name of a document, which is called `prefix`.
pub fn walk<'a>(prefix: &'a str, document: &'a Value, visit: &mut dyn FnMut(&Leaf<'a, '_>)) {
    let mut walker = Walker {
        visit,
        steps: vec![Step::Field(prefix)],
    };
    walker.value(document, prefix, false, &Around::default());
}

/// The secrets of a document, which is called `prefix`.
pub fn secrets(prefix: &str, document: &Value) -> Vec<Secret> {
    let mut found = Vec::new();
    walk(prefix, document, &mut |leaf| {
        leaf.replaced(&mut |secret| {
            found.push(secret);
            None
        });
    });
    found
}

/// What surrounds a place.
#[derive(Clone, Default)]
pub(super) struct Around<'a> {
    module: Option<u64>,
    /// How many steps lead to the module.
    above: usize,
    /// Whether the module sends requests that its fields make up.
    pub(super) sends: bool,
    pub(super) place: Place,
    /// The field around that is called a secret.
    within: &'a str,
    /// Whether the id of an access key stands in the module.
    is_beside_id: bool,
    /// The fields of the module that are secrets by their type.
    typed: std::rc::Rc<BTreeSet<&'a str>>,
}

struct Walker<'a, 'v> {
    visit: &'v mut dyn FnMut(&Leaf<'a, '_>),
    steps: Vec<Step<'a>>,
}

impl<'a> Walker<'a, '_> {
    /// `name` says what the value is.
    fn value(&mut self, value: &'a Value, name: &'a str, is_typed: bool, around: &Around<'a>) {
        match value {
            Value::String(text) => self.leaf(Content::Text(text), name, is_typed, around),
            Value::Number(_) => self.leaf(Content::Number(value), name, is_typed, around),
            Value::Array(items) => self.list(items, name, is_typed, around),
            Value::Object(fields) => self.object(fields, name, around),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn leaf(&mut self, content: Content<'a>, name: &'a str, is_typed: bool, around: &Around<'a>) {
        let leaf = Leaf {
            module: around.module,
            field: Field {
                name,
                is_typed,
                place: around.place,
                within: around.within,
                is_beside_id: around.is_beside_id,
            },
            content,
            steps: &self.steps,
            above: around.above,
        };
        (self.visit)(&leaf);
    }

    fn list(&mut self, items: &'a [Value], name: &'a str, is_typed: bool, around: &Around<'a>) {
        // `["Authorization", "Token …"]`
        let label = match items {
            [Value::String(label), Value::String(_)] if structure::is_telling(label) => {
                Some(label.as_str())
            }
            _ => None,
        };
        for (number, item) in items.iter().enumerate() {
            self.steps.push(Step::Entry(number));
            let name = label.filter(|_| number == 1).unwrap_or(name);
            self.value(item, name, is_typed, around);
            self.steps.pop();
        }
    }

    fn object(&mut self, fields: &'a Map<String, Value>, name: &'a str, around: &Around<'a>) {
        let own;
        let around = match module(fields) {
            Some((id, sends)) => {
                own = Around {
                    module: Some(id),
                    above: self.steps.len(),
                    sends,
                    place: if sends { Place::Setting } else { Place::Plain },
                    within: "",
                    is_beside_id: has_access_id(fields),
                    typed: std::rc::Rc::new(typed(fields)),
                };
                &own
            }
            None => around,
        };
        let texts = fields
            .iter()
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
        let siblings = Fields::of(texts);
        let container = structure::container(name);
        let within = if container.is_empty() {
            around.within
        } else {
            container
        };
        let is_beside_id = around.is_beside_id || siblings.has_id;
        for (key, value) in fields {
            self.steps.push(Step::Field(key));
            if key.len() >= LONG_NAME {
                self.leaf(Content::Name(key), "", false, around);
            }
            let place = place(key, around);
            let moved;
            let is_same = place == around.place
                && within == around.within
                && is_beside_id == around.is_beside_id;
            let inside = if is_same {
                around
            } else {
                moved = Around {
                    place,
                    within,
                    is_beside_id,
                    ..around.clone()
                };
                &moved
            };
            let is_typed = siblings.is_typed(key) || around.typed.contains(key.as_str());
            let name = if value.is_object() || value.is_array() {
                structure::inherits(key, name)
            } else {
                siblings.name(key, name)
            };
            self.value(value, name, is_typed, inside);
            self.steps.pop();
        }
    }
}
