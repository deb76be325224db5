//! The texts inside a text that have a field of their own, for what else looks at fields.

use super::judge::Field;
use super::names::{Sure, sure};
use super::{Place, form, json_text};

/// How often JSON is looked into inside JSON.
const DEEPEST: usize = 4;

impl Field<'_> {
    /// Whether it is for a secret: by its name, its type or as a header that lets somebody in.
    pub fn is_for_a_secret(&self) -> bool {
        self.is_typed
            || match sure(self.name) {
                Sure::Certain(_) | Sure::Probable(_) => true,
                Sure::Likely(_) => matches!(self.place, Place::Header | Place::Request),
                Sure::Unknown | Sure::Harmless => false,
            }
    }
}

/// Shows a text with its field, and the fields of the JSON or the form that it is.
pub fn each(field: &Field<'_>, text: &str, visit: &mut dyn FnMut(&Field<'_>, &str)) {
    each_in(field, text, DEEPEST, visit);
}

fn each_in(field: &Field<'_>, text: &str, depth: usize, visit: &mut dyn FnMut(&Field<'_>, &str)) {
    visit(field, text);
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    let mut inside = |leaf: json_text::Leaf<'_>| {
        let raw = text.get(leaf.range.clone()).unwrap_or_default();
        let (meant, _) = json_text::meant(raw);
        let inner = Field {
            name: leaf.name,
            is_typed: leaf.is_typed,
            within: leaf.within,
            ..*field
        };
        each_in(&inner, &meant, deeper, visit);
    };
    if json_text::read(text, field.name, &mut inside).is_some() {
        return;
    }
    for (name, range) in form::fields(text).unwrap_or_default() {
        let inner = Field { name, ..*field };
        visit(&inner, text.get(range).unwrap_or_default());
    }
}
