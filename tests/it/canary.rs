//! Looks for a token in bytes: whole, in part and in the encodings in which it might slip out.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A part this long gives a token away; Make itself shows its first 8 characters.
const PART: usize = 12;

/// What must not be seen of a token.
pub(crate) struct Canary {
    parts: Vec<String>,
    finder: AhoCorasick,
}

impl Canary {
    pub(crate) fn of(token: &str) -> Self {
        let backwards: String = token.chars().rev().collect();
        let hex = |text: &str| -> String { text.bytes().map(|b| format!("{b:02x}")).collect() };
        let mut parts = Vec::new();
        for text in [token, &backwards] {
            parts.extend(windows(text, PART));
            parts.extend(windows(&text.replace('-', ""), PART));
            // Two characters a byte.
            parts.extend(windows(&hex(text), 2 * PART));
        }
        let upper = token.to_uppercase();
        for text in [token, &upper] {
            for before in ["", "x", "xy"] {
                for engine in [&STANDARD, &URL_SAFE] {
                    let encoded = engine.encode(format!("{before}{text}"));
                    // The first and the last group depend on what stands beside the token.
                    parts.extend(windows(&encoded[4..encoded.len() - 4], 16));
                }
            }
        }
        parts.sort_unstable();
        parts.dedup();
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&parts)
            .unwrap();
        Self { parts, finder }
    }

    /// The first piece of the token in these bytes, with what stands around it.
    pub(crate) fn find(&self, bytes: impl AsRef<[u8]>) -> Option<String> {
        let bytes = bytes.as_ref();
        let found = self.finder.find(bytes)?;
        let (from, to) = (
            found.start().saturating_sub(120),
            bytes.len().min(found.end() + 80),
        );
        let around = String::from_utf8_lossy(&bytes[from..to]).into_owned();
        Some(format!(
            "`{}` in: {around}",
            self.parts[found.pattern().as_usize()]
        ))
    }

    pub(crate) fn assert_absent(&self, place: &str, bytes: impl AsRef<[u8]>) {
        if let Some(found) = self.find(bytes) {
            panic!("a token leaked through {place}: {found}");
        }
    }
}

fn windows(text: &str, size: usize) -> impl Iterator<Item = String> {
    text.as_bytes()
        .windows(size)
        .map(|part| String::from_utf8(part.to_vec()).unwrap())
        .collect::<Vec<_>>()
        .into_iter()
}

#[test]
fn the_canary_is_found_in_each_form() {
    let token = "2544847b-1111-4222-8333-c0ffeec0ffee";
    let canary = Canary::of(token);
    for text in [
        token.to_uppercase(),
        format!("cut {}", &token[..20]),
        token.replace('-', "%2D"),
        STANDARD.encode(format!("Token {token}")),
        token.bytes().map(|b| format!("{b:02X}")).collect(),
    ] {
        assert!(canary.find(&text).is_some(), "{text}");
    }
    assert_eq!(canary.find("2544847b-****-****-****-************"), None);
}
