//! Finds live secrets in bytes that are about to leave and takes them out.

use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};
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

#[derive(Default)]
struct Patterns {
    texts: Vec<(String, Strength)>,
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
        // EXPOSE: to the automaton in this process, which only answers where it matches.
        let shapes = encodings::shapes(secret.expose());
        let found = !shapes.is_empty();
        let mut patterns = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for shape in shapes {
            if !patterns.texts.iter().any(|(text, _)| *text == shape) {
                patterns.texts.push((shape, strength));
            }
        }
        patterns.tokens = automaton(
            patterns
                .texts
                .iter()
                .filter(|(_, s)| *s == Strength::Token)
                .map(|(text, _)| text),
        );
        patterns.all = automaton(patterns.texts.iter().map(|(text, _)| text));
        found
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

fn automaton<'a>(texts: impl Iterator<Item = &'a String>) -> Option<AhoCorasick> {
    let texts: Vec<&String> = texts.collect();
    if texts.is_empty() {
        return None;
    }
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(texts)
        .ok()
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
}
