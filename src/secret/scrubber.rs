//! Takes live secrets out of what is about to leave or to be kept. Tokens and named secrets are
//! looked for in every encoding; a value that an agent passed itself only as it stands, and only
//! in text that others wrote, so that no agent chooses what becomes of our own words.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Map, Number, Value};

use super::patterns::{REDACTED, Secrets, Set, replaced, union};
use super::{Secret, encodings};

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Random and long, as a token: no word of the protocol is one.
    Token,
    /// Chosen by the operator: it may be equal to a word of the protocol, which then stays where
    /// it has to be that word.
    Named,
}

/// The live secrets of this process. Cheap to clone; all clones have the same secrets.
#[derive(Clone, Default)]
pub struct Scrubber(Arc<RwLock<Patterns>>);

/// What named secrets may come to in bytes, what plaintext may, and what a short one counts as. In
/// the automaton a byte takes about a kilobyte, with all encodings. Two rooms, because an agent
/// can fill its own.
const MOST_NAMED_BYTES: usize = 32 * 1024;
const MOST_PLAINTEXT_BYTES: usize = 32 * 1024;
const COUNTED_AS: usize = 64;

#[derive(Default)]
struct Patterns {
    /// Tokens and named secrets.
    secrets: Secrets,
    /// Tokens again, for the last look at a document.
    tokens: Set,
    named: Room,
    plaintext: Set,
    passed: Room,
}

/// Values that are counted.
#[derive(Default)]
struct Room {
    values: BTreeSet<String>,
    bytes: usize,
}

impl Room {
    /// The values that are new. `None`: they are too many.
    fn enter(&mut self, secrets: &[Secret], most: usize) -> Option<Vec<String>> {
        let mut fresh = BTreeSet::new();
        let mut bytes = self.bytes;
        for secret in secrets {
            // EXPOSE: to the automaton in this process, which only answers where it matches.
            let value = secret.expose();
            if self.values.contains(value) || !fresh.insert(value.to_owned()) {
                continue;
            }
            bytes = bytes.saturating_add(value.len().max(COUNTED_AS));
            if bytes > most {
                return None;
            }
        }
        self.bytes = bytes;
        self.values.extend(fresh.iter().cloned());
        Some(fresh.into_iter().collect())
    }
}

impl std::fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scrubber")
    }
}

impl Scrubber {
    fn read(&self) -> RwLockReadGuard<'_, Patterns> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Patterns> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a secret. Values under 8 bytes cannot be found without harming ordinary text and are
    /// not added; `false` says so.
    pub fn add(&self, secret: &Secret, strength: Strength) -> bool {
        let mut patterns = self.write();
        // EXPOSE: to the automaton in this process, which only answers where it matches.
        let value = secret.expose();
        let is_known =
            strength == Strength::Named || patterns.tokens.learn(&encodings::shapes(value));
        patterns.secrets.learn([value].into_iter()) && is_known
    }

    /// Adds secrets of the operator, all or none. The automaton is in memory and is made anew each
    /// time, so there is an end to how many: `false` says that these are too many.
    pub fn add_named(&self, secrets: &[Secret]) -> bool {
        let mut patterns = self.write();
        let Some(fresh) = patterns.named.enter(secrets, MOST_NAMED_BYTES) else {
            return false;
        };
        patterns.secrets.learn(fresh.iter().map(String::as_str))
    }

    /// The same for values that an agent passed in the arguments of a tool. Those under 8 bytes
    /// are left out: the agent has them anyway.
    pub fn add_plaintext(&self, secrets: &[Secret]) -> bool {
        let mut patterns = self.write();
        let Some(fresh) = patterns.passed.enter(secrets, MOST_PLAINTEXT_BYTES) else {
            return false;
        };
        let shapes = fresh.iter().flat_map(|value| encodings::shapes(value));
        patterns.plaintext.learn(&shapes.collect::<Vec<_>>())
    }

    /// Whether a token or a named secret stands in these bytes, in one of the usual encodings.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        self.read().secrets.raw().is_in(bytes)
    }

    /// Whether a token or a named secret stands in a document, in any encoding.
    pub fn hides_in(&self, document: &[u8]) -> bool {
        serde_json::from_slice::<Value>(document).is_ok_and(|document| {
            let clean = self.document(document.clone(), &Author::Ours);
            clean != document
        })
    }

    /// Whether anything of this text has to be hidden, if others wrote it.
    pub fn hides(&self, text: &str) -> bool {
        self.read().clean(text, true).is_some()
    }

    /// Text in our own words, without tokens and named secrets in any encoding.
    pub fn text(&self, text: &str) -> String {
        self.clean(text).unwrap_or_else(|| text.to_owned())
    }

    /// The same; `None` when nothing was in it.
    pub fn clean(&self, text: &str) -> Option<String> {
        self.read().clean(text, false)
    }

    /// The same for text that others wrote: without what an agent passed either.
    pub fn clean_foreign(&self, text: &str) -> Option<String> {
        self.read().clean(text, true)
    }

    /// A text without tokens and named secrets as they stand in the usual encodings alone: the
    /// last look at what was cleaned before.
    pub fn raw(&self, text: &str) -> Option<String> {
        let patterns = self.read();
        let hits = patterns.secrets.raw().hits(text);
        (!hits.is_empty()).then(|| replaced(text, &hits))
    }

    /// A document without tokens, wherever they stand. Their texts have nothing of JSON's own
    /// signs, so that it stays one.
    pub fn without_tokens(&self, document: String) -> String {
        let hits = self.read().tokens.hits(&document);
        if hits.is_empty() {
            document
        } else {
            replaced(&document, &hits)
        }
    }

    /// A document without its secrets, still the same document otherwise.
    #[must_use]
    pub fn document(&self, document: Value, by: &Author<'_>) -> Value {
        self.read().document(document, by)
    }

    /// The same for its fields.
    #[must_use]
    pub fn fields(&self, fields: Map<String, Value>, by: &Author<'_>) -> Map<String, Value> {
        self.read().fields(fields, by)
    }

    /// The same for one in bytes. What is no JSON is treated as text.
    pub fn json(&self, bytes: Vec<u8>, by: &Author<'_>) -> Vec<u8> {
        let Ok(document) = serde_json::from_slice::<Value>(&bytes) else {
            let clean = self
                .read()
                .clean(&String::from_utf8_lossy(&bytes), by.is_foreign());
            return clean.map_or(bytes, String::into_bytes);
        };
        let clean = self.document(document.clone(), by);
        if clean == document && !self.read().tokens.is_in(&bytes) {
            return bytes;
        }
        self.without_tokens(clean.to_string()).into_bytes()
    }
}

/// Who wrote a document.
pub enum Author<'a> {
    /// This server: names and numbers stay, as do texts that an agent passed.
    Ours,
    /// This server, around texts of Make: the names stay of which it is said that they are ours,
    /// and numbers.
    Mixed(&'a dyn Fn(&str) -> bool),
    /// Make: names and numbers are looked at as texts are.
    Make,
}

impl Author<'_> {
    fn is_foreign(&self) -> bool {
        !matches!(self, Self::Ours)
    }

    fn keeps(&self, name: &str) -> bool {
        match self {
            Self::Ours => true,
            Self::Mixed(is_ours) => is_ours(name),
            Self::Make => false,
        }
    }
}

impl Patterns {
    /// `None` when nothing of it has to be hidden.
    fn clean(&self, text: &str, is_foreign: bool) -> Option<String> {
        let hits = self.secrets.raw().hits(text);
        // What stands beside a hit may hold another one, encoded. Of what an agent passed nothing
        // is taken out before, which could break one in two.
        let is_encoded = if hits.is_empty() {
            self.secrets.is_encoded_in(text)
        } else {
            self.secrets.is_encoded_in(&replaced(text, &hits))
        };
        if is_encoded || self.secrets.is_cut_in(text) {
            return Some(REDACTED.to_owned());
        }
        let hits = if is_foreign {
            union(hits, self.plaintext.hits(text))
        } else {
            hits
        };
        (!hits.is_empty()).then(|| replaced(text, &hits))
    }

    fn document(&self, value: Value, by: &Author<'_>) -> Value {
        let clean = |text: &str| self.clean(text, by.is_foreign());
        match value {
            Value::String(text) => Value::String(clean(&text).unwrap_or(text)),
            Value::Array(items) => {
                let items = items.into_iter();
                let items: Vec<Value> = items.map(|item| self.document(item, by)).collect();
                if self.is_spelled_by(items.iter()) {
                    return Value::Array(vec![Value::String(REDACTED.to_owned())]);
                }
                Value::Array(items)
            }
            Value::Object(fields) => Value::Object(self.fields(fields, by)),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => {
                let by_make = matches!(by, Author::Make);
                if by_make && clean(&other.to_string()).is_some() {
                    Value::String(REDACTED.to_owned())
                } else {
                    other
                }
            }
        }
    }

    fn fields(&self, fields: Map<String, Value>, by: &Author<'_>) -> Map<String, Value> {
        let mut clean = Map::new();
        for (name, field) in fields {
            let hidden = match by {
                Author::Ours => None,
                Author::Mixed(_) | Author::Make => self.clean(&name, true),
            };
            let hidden = hidden.filter(|_| !by.keeps(&name));
            let name = free(&hidden.unwrap_or(name), &clean);
            clean.insert(name, self.document(field, by));
        }
        if self.is_spelled_by(numbered(&clean).into_iter()) {
            let hidden = || REDACTED.to_owned();
            return [(hidden(), Value::String(hidden()))].into_iter().collect();
        }
        clean
    }

    /// Whether these are together the codes or the pieces of a secret that none of them holds alone.
    fn is_spelled_by<'a>(&self, items: impl Iterator<Item = &'a Value>) -> bool {
        let (mut joined, mut listed, mut count) = (String::new(), String::new(), 0);
        for item in items {
            match item {
                Value::String(text) => {
                    joined.push_str(text);
                    listed.push_str(text);
                }
                Value::Number(number) => joined.extend(code(number)),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return false,
            }
            listed.push(' ');
            count += 1;
        }
        // Of numbers the list has nothing but blanks.
        let is_hidden = |text: &str| self.clean(text, false).is_some();
        count > 1 && (is_hidden(&joined) || (listed.len() > count && is_hidden(&listed)))
    }
}

/// The fields in the order of their numbers, as JavaScript writes an array of bytes; none where one
/// has another name.
fn numbered(fields: &Map<String, Value>) -> Vec<&Value> {
    let mut numbered = Vec::new();
    for (name, field) in fields {
        let Ok(number) = name.parse::<u32>() else {
            return Vec::new();
        };
        numbered.push((number, field));
    }
    numbered.sort_unstable_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, field)| field).collect()
}

/// The character with this code; of a byte with a sign too.
fn code(number: &Number) -> Option<char> {
    let code = number.as_i64()?;
    let code = if (-128..0).contains(&code) {
        code + 256
    } else {
        code
    };
    char::from_u32(u32::try_from(code).ok()?)
}

/// The name, with a number where it is taken: so no field is lost.
fn free(name: &str, fields: &Map<String, Value>) -> String {
    let mut free = name.to_owned();
    let mut number = 1;
    while fields.contains_key(&free) {
        number += 1;
        free = format!("{name} ({number})");
    }
    free
}
