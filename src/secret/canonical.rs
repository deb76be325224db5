//! What a text says in any of the usual encodings: decoded one by one, in any order, until nothing
//! is left to decode, and compared without regard to case and composition. A pure function.

use std::borrow::Cow;
use std::collections::HashSet;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::decode::{
    Ends, entities, escapes, percents, pluses, quoted_printable, style_escapes, wide,
};
use super::runs::{base32_runs, base64_runs, hex_runs, number_runs};
use super::windows_1252::misread;

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

/// Which readings are worth looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// No shorter one, in bytes.
    pub(super) shortest: usize,
    /// Also those that tell from each other the codes that have ASCII in common.
    pub(super) beyond_ascii: bool,
    /// The signs that what is looked for may hold as they stand.
    pub(super) literal: Signs,
}

/// A decoding, of which there may be two for one sign.
type Decoding = fn(&str) -> Option<String>;

/// The signs that begin a code, and what reads it.
const CODES: [(char, &[Decoding]); 5] = [
    ('\\', &[escapes, style_escapes]),
    (
        '&',
        &[
            |text| entities(text, Ends::Late),
            |text| entities(text, Ends::Early),
        ],
    ),
    ('%', &[percents]),
    ('=', &[quoted_printable]),
    ('\0', &[wide]),
];

/// Some of these signs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signs([bool; CODES.len()]);

impl Signs {
    /// All of them.
    pub(super) const ALL: Self = Self([true; CODES.len()]);

    /// The equals sign, as addresses have it before a value that may be in hex.
    const EQUALS: Self = Self([false, false, false, true, false]);

    /// Adds those that stand in a text that is looked for, and those before which its beginning could
    /// be read as a code so that too little of it is left. Gives what is left where it is enough.
    pub(super) fn learn(&mut self, text: &str, enough: usize) -> Vec<String> {
        let mut left = Vec::new();
        for ((sign, decodings), is_literal) in CODES.iter().zip(&mut self.0) {
            *is_literal |= text.contains(*sign);
            for read in decodings.iter().filter_map(|d| d(&format!("{sign}{text}"))) {
                let rest: String = read.chars().skip(1).collect();
                if rest.len() < enough {
                    *is_literal = true;
                } else {
                    left.push(rest);
                }
            }
        }
        left
    }
}

/// Whether `is_hit` says yes to the text or to any of its readings; also when it has more of them
/// than are looked at. Other readings than those that are wanted are not asked about.
pub(super) fn any_reading(text: &str, wanted: Wanted, is_hit: &dyn Fn(&str) -> bool) -> bool {
    if text.len() < wanted.shortest {
        return false;
    }
    if text.len() > MOST_BYTES || is_hit(text) {
        return true;
    }
    let mut open = readings(text, wanted);
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
            next.extend(readings(&reading, wanted));
            seen.insert(reading);
        }
        open = next;
    }
    open.iter().any(|reading| !seen.contains(reading))
}

/// A text and what it says when its escapes, entities and percents are read, again and again. No runs
/// are read: for what says no secret of ours.
pub fn unescaped(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    let mut open = all.clone();
    for _ in 0..DEEPEST {
        let read = open
            .iter()
            .flat_map(|text| without_codes(text, Signs::EQUALS));
        let mut fresh: Vec<String> = read.collect();
        fresh.retain(|read| !all.contains(read));
        fresh.dedup();
        all.extend(fresh.iter().cloned());
        open = fresh;
    }
    all
}

/// What a text says when one thing is decoded in it: the codes of one sign that what is looked for
/// may hold as it stands, or all others, or one run. So the readings are few where the signs are.
pub(super) fn readings(text: &str, wanted: Wanted) -> Vec<String> {
    let mut found = without_codes(text, wanted.literal);
    for ((_, decodings), is_literal) in CODES.iter().zip(wanted.literal.0) {
        if is_literal {
            found.extend(decodings.iter().filter_map(|decoding| decoding(text)));
        }
    }
    // A plus may be one of base64.
    found.extend(pluses(text));
    if wanted.beyond_ascii {
        found.extend(misread(text));
    }
    found.retain(|reading| reading.len() >= wanted.shortest);
    let mut and = |piece| found.push(piece);
    base64_runs(text, wanted, &mut and);
    base32_runs(text, wanted, &mut and);
    hex_runs(text, wanted, &mut and);
    number_runs(text, wanted, &mut and);
    found
}

/// The text with the codes of all signs read but of these; of two decodings of a sign each.
fn without_codes(text: &str, literal: Signs) -> Vec<String> {
    let mut read = vec![Cow::Borrowed(text)];
    for ((sign, decodings), is_literal) in CODES.iter().zip(literal.0) {
        if is_literal || !read.iter().any(|text| text.contains(*sign)) {
            continue;
        }
        let mut next: Vec<Cow<'_, str>> = Vec::new();
        for text in &read {
            for decoding in *decodings {
                let said = decoding(text).map_or_else(|| text.clone(), Cow::Owned);
                if !next.contains(&said) {
                    next.push(said);
                }
            }
        }
        read = next;
    }
    let owned = read.into_iter().filter_map(|read| match read {
        Cow::Owned(read) => Some(read),
        Cow::Borrowed(_) => None,
    });
    owned.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any_reading(text: &str, shortest: usize, is_hit: &dyn Fn(&str) -> bool) -> bool {
        let wanted = Wanted {
            shortest,
            beyond_ascii: false,
            literal: Signs::ALL,
        };
        super::any_reading(text, wanted, is_hit)
    }

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
