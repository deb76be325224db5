//! Keys with the mark of their service before them, whatever service it is: `acme_v1_` and a long
//! random rest. Most services have given their keys such a mark, so that scanners find them.

use super::randomness::{is_digest_name, is_public, is_random};
use super::{Found, Kind};

/// The fewest characters of the random rest. Ids of objects, which have marks too, are shorter.
const FEWEST: usize = 32;
/// The longest key that is read.
const LONGEST: usize = 400;
/// The most parts of a mark, and the characters of a part.
const PARTS: usize = 4;
const PART: usize = 12;

/// Such keys in a text.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-');
    for word in text.split_inclusive(ends) {
        let bare = word.trim_end_matches(ends);
        // The letter of an escape: `\n` before a key is no part of its mark.
        let is_escape = text
            .get(..from)
            .is_some_and(|before| before.ends_with('\\'));
        let skipped = usize::from(is_escape && bare.starts_with(|c: char| c.is_ascii()));
        let bare = bare.get(skipped..).unwrap_or_default();
        if (FEWEST + 3..=LONGEST).contains(&bare.len()) && has_mark(bare) {
            found.push(Found {
                kind: Kind::Random,
                range: from + skipped..from + skipped + bare.len(),
            });
        }
        from += word.len();
    }
    found
}

fn has_mark(word: &str) -> bool {
    let mut rest = word;
    for part in 0..PARTS {
        let Some((mark, behind)) = rest.split_once(['_', '-']) else {
            return false;
        };
        if !is_mark(mark, part == 0) {
            return false;
        }
        rest = behind;
        if is_key(rest) {
            return !is_digest_name(mark) && !is_public(word);
        }
    }
    false
}

/// `acme`, `v1`, `live`.
fn is_mark(part: &str, is_first: bool) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let begins = part.bytes().next();
    let begins_with_letter = begins.is_some_and(|byte| byte.is_ascii_lowercase());
    (1 + usize::from(is_first)..=PART).contains(&part.len())
        && part.bytes().all(is_plain)
        && (!is_first || begins_with_letter)
}

/// A run of letters in both cases and of digits, without a mark between them.
fn is_key(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    bytes.len() >= FEWEST
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
        && is_random(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_random_rest_behind_a_mark_is_a_key() {
        for key in [
            "nyk_v0_s9pmkDmY3MX2qaXIxuGXn8ORZY5Z0PjjkVvxf1uQpPNQmk6Du51hcY7aVepx7p2m",
            "p8e-1qZmqiTbXhpkgKqPk2rzrfCogCzi3ud7",
            "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",
        ] {
            let text = format!("New one is {key}, keep it");
            let found = find(&text);
            let [one] = found.as_slice() else {
                panic!("{key}: {found:?}");
            };
            assert_eq!(text.get(one.range.clone()), Some(key));
        }
        for other in [
            "asst_7Yb3kQz9LmP2xVtR8sWd1234",
            "sha256-1MKpagEoDNojLR7pCq1isL6QZvxzvYmQvSaaXBYWCl",
            "app_9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e3f2a1b0c",
            "how-to-build-a-scenario-in-10-minutes-with-the-new-editor",
            "cs_test_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8",
        ] {
            assert_eq!(find(other), [], "{other}");
        }
    }
}
