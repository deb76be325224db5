//! Finds live secrets in bytes that are about to leave and takes them out.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde_json::Value;

use super::{Secret, encodings};

const REDACTED: &str = "[redacted]";

/// How sure it is that an occurrence is the secret and not a word that looks like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Random and long, as a token: taken out wherever it stands, names included.
    Token,
    /// Chosen by somebody: taken out of values, never out of the names of fields, because it
    /// may be equal to a word of the protocol.
    Chosen,
}

/// The live secrets of this process. Cheap to clone; all clones know the same secrets.
#[derive(Clone, Default)]
pub struct Scrubber(Arc<RwLock<Patterns>>);

/// The most bytes of texts that are looked for in the fastest way; a few tokens stay below.
const LARGEST_FAST: usize = 8 * 1024;

/// What chosen secrets may come to in bytes, and what a short one counts as. In the automaton a
/// byte takes about a kilobyte, with all encodings.
const MOST_CHOSEN_BYTES: usize = 32 * 1024;
const COUNTED_AS: usize = 64;

#[derive(Default)]
struct Patterns {
    texts: BTreeMap<String, Strength>,
    chosen_bytes: usize,
    tokens: Option<AhoCorasick>,
    all: Option<AhoCorasick>,
}

impl std::fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scrubber")
    }
}

impl Scrubber {
    /// Adds a secret in all its encodings. Values under 8 bytes cannot be found without harming
    /// ordinary text and are not added; `false` says so.
    pub fn add(&self, secret: &Secret, strength: Strength) -> bool {
        let mut patterns = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // EXPOSE: to the automaton in this process, which only answers where it matches.
        let shapes = encodings::shapes(secret.expose());
        let found = !shapes.is_empty();
        let shapes = shapes.into_iter().map(|shape| (shape, strength));
        patterns.learn(shapes.collect()) && found
    }

    /// Adds secrets that somebody chose, all or none. The automaton is in memory and is made anew
    /// each time, so there is an end to how many: `false` says that these are too many.
    pub fn add_chosen(&self, secrets: &[Secret]) -> bool {
        self.add_all(secrets, |_| Strength::Chosen)
    }

    /// The same for secrets of the operator, which are taken out of the names of fields as well,
    /// unless they could be such a name themselves.
    pub fn add_named(&self, secrets: &[Secret]) -> bool {
        let is_word = |value: &str| value.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        self.add_all(secrets, |value| {
            if is_word(value) {
                Strength::Chosen
            } else {
                Strength::Token
            }
        })
    }

    fn add_all(&self, secrets: &[Secret], strength: impl Fn(&str) -> Strength) -> bool {
        let mut patterns = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut shapes: Vec<(String, Strength)> = Vec::new();
        let mut bytes = patterns.chosen_bytes;
        for secret in secrets {
            // EXPOSE: to the automaton in this process, which only answers where it matches.
            let value = secret.expose();
            if patterns.texts.contains_key(value) {
                continue;
            }
            bytes = bytes.saturating_add(value.len().max(COUNTED_AS));
            if bytes > MOST_CHOSEN_BYTES {
                return false;
            }
            let strength = strength(value);
            shapes.extend(
                encodings::shapes(value)
                    .into_iter()
                    .map(|shape| (shape, strength)),
            );
        }
        patterns.chosen_bytes = bytes;
        patterns.learn(shapes)
    }

    /// Whether a secret stands anywhere in these bytes.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        let patterns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        patterns.all.as_ref().is_some_and(|all| all.is_match(bytes))
    }

    /// A line of plain text without its secrets.
    pub fn text(&self, line: &str) -> String {
        let patterns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match &patterns.all {
            Some(all) if all.is_match(line) => replace(all, line),
            _ => line.to_owned(),
        }
    }

    /// A JSON document without its secrets, still the same document otherwise. Bytes that are
    /// no JSON are treated as text.
    pub fn json(&self, bytes: Vec<u8>) -> Vec<u8> {
        let patterns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(all) = patterns.all.as_ref().filter(|all| all.is_match(&bytes)) else {
            return bytes;
        };
        match serde_json::from_slice::<Value>(&bytes) {
            Ok(document) => {
                let clean = patterns.clean(document).to_string();
                // Decoding may have joined what the text had apart: tokens are looked for again.
                match &patterns.tokens {
                    Some(tokens) if tokens.is_match(&clean) => replace(tokens, &clean).into_bytes(),
                    _ => clean.into_bytes(),
                }
            }
            Err(_) => replace(all, &String::from_utf8_lossy(&bytes)).into_bytes(),
        }
    }
}

impl Patterns {
    /// `false` when the automaton could not be made; then the one before stays in force.
    fn learn(&mut self, shapes: Vec<(String, Strength)>) -> bool {
        let known = self.texts.len();
        for (shape, strength) in shapes {
            self.texts.entry(shape).or_insert(strength);
        }
        if self.texts.len() == known {
            return true;
        }
        let tokens = self.texts.iter().filter(|(_, s)| **s == Strength::Token);
        match (
            automaton(tokens.map(|(text, _)| text)),
            automaton(self.texts.keys()),
        ) {
            (Ok(tokens), Ok(all)) => {
                (self.tokens, self.all) = (tokens, all);
                true
            }
            _ => false,
        }
    }

    fn clean(&self, value: Value) -> Value {
        match value {
            Value::String(text) => match &self.all {
                Some(all) if all.is_match(&text) => Value::String(replace(all, &text)),
                _ => Value::String(text),
            },
            Value::Array(items) => items.into_iter().map(|item| self.clean(item)).collect(),
            Value::Object(fields) => Value::Object(
                fields
                    .into_iter()
                    .map(|(name, field)| match &self.tokens {
                        Some(tokens) if tokens.is_match(&name) => {
                            (replace(tokens, &name), self.clean(field))
                        }
                        _ => (name, self.clean(field)),
                    })
                    .collect(),
            ),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
        }
    }
}

/// `None` for no texts.
fn automaton<'a>(
    texts: impl Iterator<Item = &'a String>,
) -> Result<Option<AhoCorasick>, aho_corasick::BuildError> {
    let texts: Vec<&String> = texts.collect();
    if texts.is_empty() {
        return Ok(None);
    }
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    // The faster form takes half a kilobyte for each byte of a text.
    let kind = (bytes > LARGEST_FAST).then_some(AhoCorasickKind::ContiguousNFA);
    AhoCorasick::builder()
        .kind(kind)
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(texts)
        .map(Some)
}

fn replace(automaton: &AhoCorasick, text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    automaton.replace_all_with(text, &mut clean, |_, _, out| {
        out.push_str(REDACTED);
        true
    });
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";

    fn scrubber(value: &str, strength: Strength) -> Scrubber {
        let scrubber = Scrubber::default();
        scrubber.add(&Secret::new(value.to_owned()), strength);
        scrubber
    }

    #[test]
    fn a_token_is_taken_out_of_values_and_names() {
        let scrubber = scrubber(TOKEN, Strength::Token);
        let line = format!(r#"{{"{TOKEN}":["x {} y"]}}"#, TOKEN.to_uppercase());
        let clean = String::from_utf8(scrubber.json(line.into_bytes())).unwrap();
        assert_eq!(clean, r#"{"[redacted]":["x [redacted] y"]}"#);
    }

    #[test]
    fn a_chosen_secret_does_not_break_the_protocol() {
        let scrubber = scrubber("structuredContent", Strength::Chosen);
        let line = br#"{"structuredContent":{"a":"my structuredContent"}}"#.to_vec();
        let clean = String::from_utf8(scrubber.json(line)).unwrap();
        assert_eq!(clean, r#"{"structuredContent":{"a":"my [redacted]"}}"#);
    }

    #[test]
    fn a_secret_with_quotes_is_found_in_json_inside_json() {
        let scrubber = scrubber("p\"ass\\word-9", Strength::Chosen);
        let inner = serde_json::json!({"echo": "p\"ass\\word-9"}).to_string();
        let line = serde_json::json!({"text": inner}).to_string();
        let clean = String::from_utf8(scrubber.json(line.into_bytes())).unwrap();
        assert!(!clean.contains("ass"), "{clean}");
        assert!(serde_json::from_str::<Value>(&clean).is_ok());
    }

    #[test]
    fn text_without_secrets_is_left_as_it_is() {
        let scrubber = scrubber(TOKEN, Strength::Token);
        assert_eq!(scrubber.json(b"{ \"a\" :1}".to_vec()), b"{ \"a\" :1}");
        assert_eq!(scrubber.text("plain"), "plain");
    }

    #[test]
    fn a_short_value_says_that_it_cannot_be_hidden() {
        let scrubber = Scrubber::default();
        assert!(!scrubber.add(&Secret::new("1234".to_owned()), Strength::Chosen));
    }

    #[test]
    fn there_is_an_end_to_chosen_secrets_and_a_token_stays_hidden_past_it() {
        let scrubber = scrubber(TOKEN, Strength::Token);
        let secret = |n: usize| Secret::new(format!("chosen-secret-number-{n}"));
        let hundred = |n: usize| (n * 100..(n + 1) * 100).map(secret).collect::<Vec<_>>();
        let added = (0..1000).take_while(|&n| scrubber.add_chosen(&hundred(n)));
        assert!((2..20).contains(&added.count()));
        assert!(
            scrubber.add_chosen(&hundred(0)),
            "known ones are no further ones"
        );
        assert!(!scrubber.add_chosen(&[Secret::new("x".repeat(1 << 20))]));
        assert!(scrubber.finds(TOKEN.as_bytes()) && scrubber.finds(b"chosen-secret-number-99"));
    }
}
