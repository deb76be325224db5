//! Marks in a template that is sent that are not those of this server, or are no longer: broken ones,
//! and those by which others hide secrets. Sent on as text they would replace the stored secret.

use super::mask::{Mask, masks};
use crate::secret_detector::document::{Content, Leaf};
use crate::secret_detector::{Field, Place, parts};
use crate::tools::marks::{folded, holds_mark, is_mark};

/// What a mark of this server begins with, folded.
const BEGIN: &str = "[secret";

/// Whether a text at this place holds a mark that stands for no secret. Words about secrets in a
/// message or a description are none: there only a text that is a mark as a whole is one.
pub(super) fn is_there(leaf: &Leaf<'_, '_>) -> bool {
    let (text, is_name) = match leaf.content {
        Content::Text(text) => (text, false),
        Content::Name(text) => (text, true),
        Content::Number(_) => return false,
    };
    let valid = masks(text).unwrap_or_default();
    let rest = without(text, &valid);
    if resembles_ours(&folded(&rest)) {
        return true;
    }
    if is_name {
        return is_mark(&rest);
    }
    let mut found = false;
    parts::each(&leaf.field, &rest, &mut |field, part| {
        found = found || is_foreign(field, part);
    });
    found
}

fn is_foreign(field: &Field<'_>, text: &str) -> bool {
    // What is inside a mapping is no value.
    let literal = outside_of_mappings(text);
    let literal = literal.trim();
    if literal.is_empty() {
        return false;
    }
    let lets_in = field.is_for_a_secret() || field.place == Place::Header;
    is_mark(literal) || (lets_in && holds_mark(literal))
}

fn outside_of_mappings(text: &str) -> String {
    let mut rest = text;
    let mut outside = String::with_capacity(text.len());
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((_, after)) = behind.split_once("}}") else {
            break;
        };
        outside.push_str(before);
        rest = after;
    }
    outside + rest
}

/// Whether a mark of this server is there in another writing: with other blanks, brackets or letters,
/// cut or changed. It names a template behind its first word.
fn resembles_ours(folded: &str) -> bool {
    folded.match_indices(BEGIN).any(|(at, _)| {
        let rest = folded.get(at + BEGIN.len()..).unwrap_or_default();
        let is_digit = |c: char| c.is_ascii_digit();
        let own = rest
            .strip_prefix('t')
            .is_some_and(|id| id.starts_with(is_digit));
        let slug = rest.trim_start_matches(is_digit);
        own || (slug.len() < rest.len() && slug.starts_with('-'))
    })
}

/// A text without its valid marks, which stand for something.
fn without(text: &str, valid: &[(std::ops::Range<usize>, Mask)]) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for (range, _) in valid {
        rest.push_str(text.get(at..range.start).unwrap_or_default());
        rest.push_str("{{secret}}");
        at = range.end;
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    rest
}
