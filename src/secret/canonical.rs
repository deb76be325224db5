//! What a text says in any of the usual encodings: decoded one by one, in any order, until nothing
//! is left to decode, and compared without regard to case and composition. A pure function.

use std::borrow::Cow;
use std::collections::HashSet;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::decode::{base64_runs, entities, escapes, hex_runs, percents, pluses};

/// How often a text may be encoded.
const DEEPEST: usize = 8;
/// What all readings of a text may come to, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// Without regard to case and composition. Decomposed, so that a mark behind the last letter of a
/// secret does not become one with it.
pub(super) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd();
    // By way of the capitals, since some letters have none of their own.
    let text = decomposed.normalize(text);
    let lower = text.chars().flat_map(char::to_uppercase);
    let lower: String = lower.flat_map(char::to_lowercase).collect();
    Cow::Owned(decomposed.normalize(&lower).into_owned())
}

/// How many bytes a text has at least that is this one when it is folded: what is not ASCII may
/// be shorter when it is composed.
pub(super) fn shortest(folded: &str) -> usize {
    if folded.is_ascii() {
        folded.len()
    } else {
        folded.chars().count() / 2
    }
}

/// Whether `is_hit` says yes to the text or to any of its readings; also when it has more of them
/// than are looked at. No reading under `shortest` bytes is asked about.
pub(super) fn any_reading(text: &str, shortest: usize, is_hit: &dyn Fn(&str) -> bool) -> bool {
    if text.len() < shortest {
        return false;
    }
    if text.len() > MOST_BYTES || is_hit(text) {
        return true;
    }
    let mut open = readings(text, shortest);
    if open.is_empty() {
        return false;
    }
    let mut seen = HashSet::from([text.to_owned()]);
    let mut bytes = 0;
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for reading in open {
            if seen.contains(&reading) {
                continue;
            }
            bytes += reading.len();
            if bytes > MOST_BYTES || is_hit(&reading) {
                return true;
            }
            next.extend(readings(&reading, shortest));
            seen.insert(reading);
        }
        open = next;
    }
    open.iter().any(|reading| !seen.contains(reading))
}

/// What a text says when one thing is decoded in it: each escape, each entity, each percent; or
/// one run. Each kind by itself, because the text may hold a secret in which the others are meant
/// as they stand.
pub(super) fn readings(text: &str, shortest: usize) -> Vec<String> {
    let whole = [escapes(text), entities(text), percents(text), pluses(text)];
    let mut found: Vec<String> = whole.into_iter().flatten().collect();
    found.retain(|reading| reading.len() >= shortest);
    base64_runs(text, shortest, &mut |piece| found.push(piece));
    hex_runs(text, shortest, &mut |piece| found.push(piece));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_composition_do_not_count() {
        for (one, other) in [
            ("STRASSE-Öß", "strasse-o\u{308}ss"),
            ("Ǘ", "u\u{308}\u{301}"),
            ("ΣΑΣ", "σας"),
            ("sk-LIVE", "SK-live"),
            ("한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("Öl"), folded("Ol"));
        assert!(matches!(folded("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn what_is_too_deep_or_too_large_counts_as_a_hit() {
        let never = |_: &str| false;
        let encoded = |times: usize| (0..times).fold("%".to_owned(), |t, _| t.replace('%', "%25"));
        assert!(!any_reading(&encoded(8), 1, &never));
        assert!(any_reading(&encoded(9), 1, &never));
        assert!(!any_reading(&"x ".repeat(MOST_BYTES / 2), 8, &never));
        assert!(any_reading(&"x ".repeat(MOST_BYTES / 2 + 1), 8, &never));
        assert!(any_reading(
            &format!("%41{}", " ".repeat(MOST_BYTES - 3)).repeat(1),
            8,
            &|t| t.starts_with('A')
        ));
        let many = "%2541 &amp;lt; \\\\n + ".repeat(5000);
        assert!(any_reading(&many, 8, &never));
    }

    #[test]
    fn the_eighth_reading_is_looked_at() {
        let secret = "sk \"live\" 1";
        let deep = (0..8).fold(secret.to_owned(), |text, _| {
            text.replace('%', "%25")
                .replace('"', "%22")
                .replace(' ', "%20")
        });
        assert!(any_reading(&deep, 8, &|text| text.contains(secret)));
        assert!(!any_reading(&deep, 8, &|text| text.contains("another")));
    }
}
