//! Whether the text of a field is a secret or holds one: by the field's name and type, by formats,
//! by what it names itself, and in requests by randomness.

use std::borrow::Cow;
use std::ops::Range;

use super::json_text::{self, Leaf};
use super::names::{Sure, sure};
use super::pairs::{self, Wanted};
use super::randomness::{is_data, is_digest_name, is_long_hex, is_random, is_uuid};
use super::values::{behind_scheme, is_keylike, is_secret, literals, quoted, trimmed};
use super::{Found, Kind, find, merged};
use super::{by_format, commands, encoded, form, formulas, names, written};

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Anywhere.
    #[default]
    Plain,
    /// In another field of a module that sends requests, such as the host or the user.
    Setting,
    /// In the query or the body of a request that an HTTP module sends.
    Request,
    /// In a header of such a request.
    Header,
}

/// What is known of the field that holds a text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// Its name, or that which a sibling gives it.
    pub name: &'a str,
    /// Whether its type says that it is a secret.
    pub is_typed: bool,
    /// Where it stands.
    pub place: Place,
    /// The name of the field around it that is called a secret: `{"secrets": {"shop": "…"}}`.
    pub within: &'a str,
    /// Whether the id of an access key stands in the same module.
    pub is_beside_id: bool,
}

/// How often JSON is looked into inside JSON.
const DEEPEST: usize = 4;
/// The longest text that is tried for randomness word by word.
const LONGEST_REQUEST: usize = 64 * 1024;

/// The secrets in the text of a field, in order and without overlap. Only what is literal counts:
/// `{{1.token}}` is no secret.
pub fn judge(field: &Field<'_>, text: &str) -> Vec<Found> {
    judge_in(field, text, DEEPEST)
}

fn judge_in(field: &Field<'_>, text: &str, depth: usize) -> Vec<Found> {
    if text.is_empty() {
        return Vec::new();
    }
    let name = told(field, text);
    let mut found = as_written(field, name, text, depth);
    let is_whole =
        found.len() == 1 && matches!(found.first(), Some(it) if it.range == (0..text.len()));
    if depth == 0 || is_whole {
        return found;
    }
    if let Some(resolved) = written::resolved(text) {
        // Once resolved, the text is not resolved again, and it may be no JSON any more, so that what
        // looks random in it has no name.
        let plain = Field {
            place: Place::Plain,
            ..*field
        };
        let name = told(&plain, &resolved.text);
        for one in as_written(&plain, name, &resolved.text, depth.min(2) - 1) {
            found.extend(resolved.written(&one.range).map(|range| Found {
                kind: one.kind,
                range,
            }));
        }
    }
    for (range, inner) in encoded::texts(text) {
        let secrets = judge_in(&Field::default(), &inner, depth.min(2) - 1);
        found.extend(secrets.first().map(|one| Found {
            kind: one.kind,
            range,
        }));
    }
    merged(found)
}

/// The public members of a JSON Web Key (RFC 7517, RFC 7518), which stand below `keys`.
const PUBLIC_PARTS: [&str; 11] = [
    "n", "e", "x", "y", "crv", "kty", "use", "alg", "x5t", "x5c", "x5t#S256",
];

/// What the name of a field says of its value.
fn told(field: &Field<'_>, text: &str) -> Sure {
    if field.is_typed {
        return Sure::Certain(Kind::Password);
    }
    // The key of a record: a request names its own key so, a data store never does.
    let is_key = field.name.eq_ignore_ascii_case("key");
    if is_key && matches!(field.place, Place::Plain | Place::Setting) && is_uuid(text.trim()) {
        return Sure::Harmless;
    }
    match sure(field.name) {
        Sure::Likely(kind) if field.place == Place::Header && kind != Kind::Random => {
            Sure::Probable(kind)
        }
        Sure::Unknown
            if !field.within.is_empty()
                && !names::is_about_a_user(field.name)
                && !PUBLIC_PARTS.contains(&field.name) =>
        {
            sure(field.within)
                .kind()
                .map_or(Sure::Unknown, Sure::Probable)
        }
        name @ (Sure::Certain(_)
        | Sure::Probable(_)
        | Sure::Likely(_)
        | Sure::Unknown
        | Sure::Harmless) => name,
    }
}

fn as_written(field: &Field<'_>, name: Sure, text: &str, depth: usize) -> Vec<Found> {
    if depth > 0
        && let Some(inside) = json(field, text, depth)
    {
        let whole = merged(inside.into_iter().chain(find(text)).collect());
        if !whole.is_empty() || !matches!(name, Sure::Certain(_)) {
            return whole;
        }
    }
    let mut found = by_format(text);
    found.extend(pairs::find(text, Wanted::All));
    // What may be a secret by its name is judged by what is seen in it.
    let named = match name {
        Sure::Likely(_) | Sure::Probable(_) if !found.is_empty() => Vec::new(),
        Sure::Certain(_) | Sure::Probable(_) | Sure::Likely(_) | Sure::Unknown | Sure::Harmless => {
            by_name(name, text)
        }
    };
    if !named.is_empty() {
        return refined(text, named);
    }
    found.extend(commands::find(text));
    found.extend(formulas::find(text));
    if field.is_beside_id {
        found.extend(super::access_keys(text));
    }
    if let Some(form) = form::fields(text) {
        found.extend(form_values(field, text, &form));
    } else if field.place == Place::Setting && names::is_destination(field.name) {
        found.extend(random_in_address(text));
    } else if field.place != Place::Plain && name != Sure::Harmless {
        found.extend(random_parts(field.place, text));
    }
    merged(found)
}

fn json(field: &Field<'_>, text: &str, depth: usize) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    let mut tell = |leaf: Leaf<'_>| {
        let Some(raw) = text.get(leaf.range.clone()) else {
            return;
        };
        if leaf.is_bare {
            let is_number = raw.bytes().all(|byte| byte.is_ascii_digit());
            if is_number && is_secret_number(leaf.name, raw) {
                found.push(Found {
                    kind: Kind::Password,
                    range: leaf.range,
                });
            }
            return;
        }
        let (meant, written) = json_text::meant(raw);
        let inner = Field {
            name: leaf.name,
            is_typed: leaf.is_typed,
            place: field.place,
            within: leaf.within,
            is_beside_id: field.is_beside_id || leaf.is_beside_id,
        };
        for one in judge_in(&inner, &meant, depth - 1) {
            if let Some(range) = written(one.range) {
                let range = leaf.range.start + range.start..leaf.range.start + range.end;
                found.push(Found {
                    kind: one.kind,
                    range,
                });
            }
        }
    };
    json_text::read(text, field.name, &mut tell)?;
    Some(found)
}

/// Whether a number in a field of this name is a secret.
pub(super) fn is_secret_number(name: &str, number: &str) -> bool {
    matches!(sure(name), Sure::Certain(Kind::Password) if number.len() >= 3)
        || matches!(sure(name), Sure::Certain(Kind::Secret) if number.len() >= 3 && name.len() <= 12)
        || matches!(sure(name), Sure::Certain(_) if number.len() >= 6)
}

/// The literal parts of the value of a field that is called a secret.
fn by_name(name: Sure, text: &str) -> Vec<Found> {
    let Some(kind) = name.kind() else {
        return Vec::new();
    };
    let parts = literals(text);
    let is_part = parts.len() != 1 || parts.first() != Some(&(0..text.len()));
    let counts = |range: &Range<usize>, is_part: bool| {
        text.get(range.clone())
            .is_some_and(|literal| is_secret(name, literal, is_part))
    };
    let mut found: Vec<Range<usize>> = parts
        .into_iter()
        .map(|part| trimmed(text, part))
        .map(|part| {
            if kind == Kind::Password {
                part
            } else {
                behind_scheme(text, part)
            }
        })
        .filter(|part| !part.is_empty() && counts(part, is_part))
        .collect();
    let literal_in_formula = |range: &Range<usize>| {
        let literal = text.get(range.clone()).unwrap_or_default();
        counts(range, true)
            && (literal.contains(':')
                || is_keylike(literal)
                || literal.bytes().any(|byte| byte.is_ascii_digit()))
            && !literal.contains(char::is_whitespace)
    };
    found.extend(quoted(text).into_iter().filter(literal_in_formula));
    found.sort_by_key(|range| range.start);
    found
        .into_iter()
        .map(|range| Found { kind, range })
        .collect()
}

/// The same ranges under the kind that their format tells, where one does.
fn refined(text: &str, named: Vec<Found>) -> Vec<Found> {
    let refine = |found: Found| {
        let part = text.get(found.range.clone()).unwrap_or_default();
        let inside = find(part);
        let [only] = inside.as_slice() else {
            return found;
        };
        let is_most = only.range.len() * 10 >= part.len() * 8;
        if is_most {
            Found {
                kind: only.kind,
                ..found
            }
        } else {
            found
        }
    };
    named.into_iter().map(refine).collect()
}

fn form_values(field: &Field<'_>, text: &str, form: &[(&str, Range<usize>)]) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, range) in form {
        let Some(value) = text.get(range.clone()) else {
            continue;
        };
        let name = if is_digest_name(name) {
            Sure::Harmless
        } else {
            sure(&written::resolved(name).map_or(Cow::Borrowed(*name), |it| Cow::Owned(it.text)))
        };
        let mut inside = by_name(name, value);
        if inside.is_empty() && field.place != Place::Plain && name != Sure::Harmless {
            inside = random_parts(field.place, value);
        }
        found.extend(inside.into_iter().map(|one| Found {
            kind: one.kind,
            range: range.start + one.range.start..range.start + one.range.end,
        }));
    }
    found
}

/// What looks like a key in a header, a query or a body; in other settings of a request what does
/// as a whole, or as a part of an address.
fn random_parts(place: Place, text: &str) -> Vec<Found> {
    if text.len() > LONGEST_REQUEST || is_data(text) {
        return Vec::new();
    }
    if text.contains("://") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let ends = |c: char| c.is_ascii_whitespace() || ",;\"'()<>&?{}[]|".contains(c);
    let mut parts = 0;
    for literal in literals(text) {
        let mut at = literal.start;
        for part in text.get(literal.clone()).unwrap_or_default().split(ends) {
            parts += usize::from(!part.is_empty());
            if looks_random(place, part) {
                found.push(Found {
                    kind: Kind::Random,
                    range: at..at + part.len(),
                });
            }
            at += part.len() + 1;
        }
    }
    // Of a long text the words are no parameters.
    let most = if place == Place::Setting { 1 } else { 8 };
    if parts > most { Vec::new() } else { found }
}

fn looks_random(place: Place, part: &str) -> bool {
    let in_host = || part.contains('.') && part.split('.').any(is_random);
    match place {
        Place::Header => is_random(part) || is_long_hex(part),
        Place::Setting => is_random(part) || in_host(),
        Place::Plain | Place::Request => is_random(part),
    }
}

/// The labels of its host and the values of its query that look random; a path holds ids.
fn random_in_address(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let whole = text.trim();
    if whole.contains(char::is_whitespace) {
        return found;
    }
    let host = whole.split_once("//").map_or(whole, |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let mut tell = |part: &str| {
        if let Some(at) = text.find(part) {
            found.push(Found {
                kind: Kind::Random,
                range: at..at + part.len(),
            });
        }
    };
    host.split(['.', ':', '@'])
        .filter(|label| is_random(label))
        .for_each(&mut tell);
    let query = whole.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split(['&', ';', '#']) {
        let (name, value) = pair.split_once('=').unwrap_or_default();
        if sure(name) != Sure::Harmless && is_random(value) {
            tell(value);
        }
    }
    found
}
