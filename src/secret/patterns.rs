//! The texts that are looked for, each kind by itself: what an agent passed never changes how a
//! token or a named secret is found.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::canonical::{Signs, Wanted, any_reading, folded, readings, shortest};
use super::encodings;

/// Stands where a secret was.
pub const REDACTED: &str = "[redacted]";

/// The most bytes of texts that are looked for in the fastest way; a few tokens stay below.
const LARGEST_FAST: usize = 8 * 1024;

/// Stands where a text was cut.
const CUT: char = '…';

/// A secret may be the encoding of something that is one as well; shorter ones are words.
const DECODED: Wanted = Wanted {
    shortest: 12,
    beyond_ascii: false,
    literal: Signs::ALL,
};

/// Texts and the automaton that finds them, ASCII letters in either case.
#[derive(Default)]
pub(super) struct Set {
    texts: BTreeSet<String>,
    automaton: Option<AhoCorasick>,
}

impl Set {
    /// `false` when the automaton could not be made; then all is as it was.
    pub(super) fn learn(&mut self, texts: &[String]) -> bool {
        let fresh: Vec<&String> = texts.iter().filter(|t| !self.texts.contains(*t)).collect();
        if fresh.is_empty() {
            return true;
        }
        let all = self.texts.iter().chain(fresh);
        let Ok(automaton) = automaton(all) else {
            return false;
        };
        self.automaton = Some(automaton);
        self.texts.extend(texts.iter().cloned());
        true
    }

    /// Whether one of them stands in these bytes.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let automaton = self.automaton.as_ref();
        automaton.is_some_and(|automaton| automaton.is_match(bytes))
    }

    /// Where they stand, all of them, joined where they touch.
    pub(super) fn hits(&self, text: &str) -> Vec<Range<usize>> {
        let mut joined: Vec<Range<usize>> = Vec::new();
        let Some(automaton) = self.automaton.as_ref().filter(|it| it.is_match(text)) else {
            return joined;
        };
        // They come in the order of their ends.
        for hit in automaton.find_overlapping_iter(text) {
            join(&mut joined, hit.range());
        }
        joined
    }
}

/// Adds one that ends behind all others.
fn join(joined: &mut Vec<Range<usize>>, mut hit: Range<usize>) {
    while let Some(last) = joined.pop_if(|last| last.end >= hit.start) {
        hit = last.start.min(hit.start)..last.end.max(hit.end);
    }
    joined.push(hit);
}

/// Both, joined where they touch.
pub(super) fn union(one: Vec<Range<usize>>, other: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut all = one;
    all.extend(other);
    all.sort_unstable_by_key(|hit| (hit.start, hit.end));
    let mut joined = Vec::new();
    for hit in all {
        join(&mut joined, hit);
    }
    joined
}

/// The text with a mark in place of each of these.
pub(super) fn replaced(text: &str, hits: &[Range<usize>]) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for hit in hits {
        clean.push_str(text.get(from..hit.start).unwrap_or_default());
        clean.push_str(REDACTED);
        from = hit.end;
    }
    clean.push_str(text.get(from..).unwrap_or_default());
    clean
}

fn automaton<'a>(
    texts: impl Iterator<Item = &'a String>,
) -> Result<AhoCorasick, aho_corasick::BuildError> {
    let texts: Vec<&String> = texts.collect();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    // The faster form takes half a kilobyte for each byte of a text.
    let kind = (bytes > LARGEST_FAST).then_some(AhoCorasickKind::ContiguousNFA);
    AhoCorasick::builder()
        .kind(kind)
        .match_kind(MatchKind::Standard)
        .ascii_case_insensitive(true)
        .build(texts)
}

/// Tokens and named secrets: as they stand in the usual encodings, and folded.
#[derive(Default)]
pub(super) struct Secrets {
    raw: Set,
    folded: Set,
    /// No text under this has a reading with a secret in it.
    shortest: usize,
    /// One of them is not of ASCII alone.
    beyond_ascii: bool,
    /// What stands in them and begins a code elsewhere.
    literal: Signs,
}

impl Secrets {
    /// `false` when they could not all be added, or are too short to be looked for.
    pub(super) fn learn<'a>(&mut self, values: impl Iterator<Item = &'a str>) -> bool {
        let (mut raw, mut canonical) = (Vec::new(), Vec::new());
        let mut all_count = true;
        for value in values {
            let shapes = encodings::shapes(value);
            all_count &= !shapes.is_empty();
            raw.extend(shapes);
            for form in forms(value) {
                canonical.extend(self.literal.learn(&form, DECODED.shortest));
                canonical.push(form);
            }
        }
        let least = canonical.iter().map(|form| shortest(form)).min();
        let learned = self.raw.learn(&raw) && self.folded.learn(&canonical);
        if let Some(least) = least {
            let known = Some(self.shortest).filter(|known| *known > 0);
            self.shortest = known.map_or(least, |known| known.min(least));
        }
        self.beyond_ascii |= canonical.iter().any(|form| !form.is_ascii());
        learned && all_count
    }

    pub(super) fn raw(&self) -> &Set {
        &self.raw
    }

    /// Whether a secret stands in the text in any encoding.
    pub(super) fn is_encoded_in(&self, text: &str) -> bool {
        self.is_read_in(text, self.shortest)
    }

    /// Whether the text has the beginning of a secret that was cut short, in any encoding.
    pub(super) fn is_cut_in(&self, text: &str) -> bool {
        // What is cut begins behind the last cut before it, so that many cuts cost no more than one.
        let mut pieces: Vec<&str> = text.split(CUT).collect();
        pieces.pop();
        !self.folded.texts.is_empty()
            && pieces.into_iter().any(|before| {
                any_reading(before, self.wanted(LONGEST_SHOWN + 1), &|reading| {
                    let rest = if reading == before { 0 } else { LONGEST_REST };
                    let reading = folded(reading);
                    let mut forms = self.folded.texts.iter();
                    forms.any(|form| ends_with_beginning(&reading, form, rest))
                })
            })
    }

    fn wanted(&self, shortest: usize) -> Wanted {
        Wanted {
            shortest,
            beyond_ascii: self.beyond_ascii,
            literal: self.literal,
        }
    }

    fn is_read_in(&self, text: &str, shortest: usize) -> bool {
        let is_hit = |text: &str| {
            // The automaton takes ASCII in either case.
            let in_folded = if text.is_ascii() {
                self.folded.is_in(text.as_bytes())
            } else {
                self.folded.is_in(folded(text).as_bytes())
            };
            in_folded || self.raw.is_in(text.as_bytes())
        };
        !self.folded.texts.is_empty() && any_reading(text, self.wanted(shortest), &is_hit)
    }
}

/// The beginning of a token that Make and this server show has eight characters.
const LONGEST_SHOWN: usize = 8;

/// The longest rest of an escape that was cut in two, such as `\ud83d\udc4` or `&#x1f44`.
const LONGEST_REST: usize = 12;

/// Whether a text ends with more of the beginning of another one than may be shown, and with at most
/// so many characters more: what is left of an escape.
fn ends_with_beginning(text: &str, of: &str, rest_at_most: usize) -> bool {
    let Some((fewest, _)) = of.char_indices().nth(LONGEST_SHOWN + 1) else {
        return false;
    };
    let first = of.get(..fewest).unwrap_or(of);
    text.match_indices(first).any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let same = rest.chars().zip(of.chars()).take_while(|(a, b)| a == b);
        rest.chars().count() <= same.count() + rest_at_most
    })
}

/// What is looked for in the readings of a text, folded.
fn forms(value: &str) -> Vec<String> {
    let mut forms = encodings::plain(value);
    let mut open = forms.clone();
    // Where the secret is an encoding itself, what it stands for must not be seen either.
    for _ in 0..2 {
        let decoded = open.iter().flat_map(|form| readings(form, DECODED));
        open = decoded.collect();
        forms.extend(open.iter().cloned());
    }
    forms.iter().map(|form| folded(form).into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hits_that_overlap_are_joined_and_each_is_replaced_once() {
        let mut set = Set::default();
        let texts = ["abcdefgh", "cdefghijkl", "efgh", "xyz"].map(str::to_owned);
        assert!(set.learn(&texts));
        let hits = set.hits("-ABCDEFGHIJKL-xyzxyz-");
        assert_eq!(hits, [1..13, 14..20]);
        assert_eq!(
            replaced("-abcdefghijkl-xyzxyz-", &hits),
            "-[redacted]-[redacted]-"
        );
        assert_eq!(
            union(vec![1..5, 9..12], vec![0..2, 4..9, 20..21]),
            [0..12, 20..21]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// What is too short to hold a secret is not read at all; that changes no answer.
        #[test]
        fn leaving_out_short_readings_changes_nothing(
            secret in "[a-zA-Z0-9éß\"/&+%=-]{8,20}",
            before in "[ -~]{0,12}",
            way in 0..6_usize,
        ) {
            let mut secrets = Secrets::default();
            secrets.learn([secret.as_str()].into_iter());
            let written = match way {
                0 => secret.clone(),
                1 => secret.to_uppercase(),
                2 => base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &secret),
                3 => secret.bytes().map(|byte| format!("{byte:02X}:")).collect::<Vec<_>>().concat(),
                4 => secret.chars().map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat(),
                _ => secret.chars().skip(1).collect(),
            };
            let text = format!("{before}{written}");
            prop_assert_eq!(secrets.is_encoded_in(&text), secrets.is_read_in(&text, 1), "{}", text);
        }
    }
}
