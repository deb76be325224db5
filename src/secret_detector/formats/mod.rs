//! The formats of providers' keys and tokens as a table: a fixed text, what stands before and
//! behind it. From the providers' own documentation and their entries at secret-scanning partners.

mod apps;
mod developers;
mod infrastructure;

use std::sync::LazyLock;

use super::alphabet::{Runs, Set};
use super::randomness::is_varied;

/// No upper bound: what is longer is the same secret in a newer form.
const OPEN: usize = usize::MAX;
/// As much of a value tells whether it is random.
const TELLING: usize = 64;

/// One format.
#[derive(Debug)]
pub(super) struct Format {
    /// The name of its kind.
    pub(super) name: &'static str,
    /// The text that every value of it holds.
    pub(super) anchor: &'static str,
    /// What stands before the anchor: alphabet, fewest, most.
    head: Option<(Set, usize, usize)>,
    tail: &'static [Part],
    /// Whether the anchor may stand inside a word, as the name of a host does.
    inside: bool,
}

/// A part behind the anchor.
#[derive(Debug)]
enum Part {
    /// Characters of an alphabet: at least, at most.
    Run(Set, usize, usize),
    /// A fixed text.
    Text(&'static str),
}

/// At least this many characters of an alphabet.
const fn least(set: Set, fewest: usize) -> Part {
    Part::Run(set, fewest, OPEN)
}

/// Just this many.
const fn just(set: Set, count: usize) -> Part {
    Part::Run(set, count, count)
}

const fn key(name: &'static str, anchor: &'static str, tail: &'static [Part]) -> Format {
    Format {
        name,
        anchor,
        head: None,
        tail,
        inside: false,
    }
}

/// A format whose anchor stands in the middle.
const fn mid(
    name: &'static str,
    head: (Set, usize, usize),
    anchor: &'static str,
    tail: &'static [Part],
) -> Format {
    Format {
        name,
        anchor,
        head: Some(head),
        tail,
        inside: false,
    }
}

/// An address, whose secret part stands behind the anchor.
const fn address(name: &'static str, anchor: &'static str, tail: &'static [Part]) -> Format {
    Format {
        name,
        anchor,
        head: None,
        tail,
        inside: true,
    }
}

/// All formats.
pub(super) static ALL: LazyLock<Vec<&'static Format>> = LazyLock::new(|| {
    let tables = [developers::FORMATS, infrastructure::FORMATS, apps::FORMATS];
    tables.into_iter().flatten().collect()
});

impl Format {
    /// The secret whose anchor begins and ends there, if it is one of this format.
    pub(super) fn at(
        &self,
        runs: &mut Runs<'_>,
        start: usize,
        end: usize,
    ) -> Option<(usize, usize)> {
        // The search for anchors does not look at case.
        if runs.bytes.get(start..end)? != self.anchor.as_bytes() && !self.inside {
            return None;
        }
        let begin = match self.head {
            Some((set, fewest, most)) => {
                let begin = runs.start(set, start, most.saturating_add(3));
                let begin = runs.behind_escape(begin);
                // An escape may reach into the anchor itself: `\-us1`.
                let length = start.checked_sub(begin)?;
                (fewest..=most).contains(&length).then_some(begin)?
            }
            None => start,
        };
        if !self.inside && !runs.begins_word(begin) {
            return None;
        }
        let mut at = end;
        let mut last = None;
        for part in self.tail {
            match part {
                Part::Run(set, fewest, most) => {
                    let whole = runs.end(*set, at);
                    let to = whole.min(at.saturating_add(*most));
                    if to - at < *fewest {
                        return None;
                    }
                    at = to;
                    last = Some(*set);
                }
                Part::Text(text) => {
                    let to = at + text.len();
                    if runs.bytes.get(at..to)? != text.as_bytes() {
                        return None;
                    }
                    at = to;
                    last = None;
                }
            }
        }
        let goes_on = last.zip(runs.byte(at));
        if goes_on.is_some_and(|(set, byte)| set.has(byte) || byte.is_ascii_alphanumeric()) {
            return None;
        }
        let from = if self.head.is_some() { begin } else { end };
        let told = runs.bytes.get(from..at.min(from.saturating_add(TELLING)))?;
        is_varied(told).then_some((if self.inside { end } else { begin }, at))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_formats_of_sixty_providers_and_more() {
        let providers: BTreeSet<&str> = ALL.iter().map(|format| format.name).collect();
        assert!(providers.len() >= 120, "{}", providers.len());
        for name in providers {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(is_plain) && name.len() <= 40, "{name}");
        }
        for format in ALL.iter() {
            assert!(
                format.anchor.len() >= 2 || format.head.is_some(),
                "{}",
                format.anchor
            );
            let head = format.head.iter().map(|(_, fewest, _)| *fewest);
            let tail = format.tail.iter().map(|part| match part {
                Part::Run(_, fewest, _) => *fewest,
                Part::Text(text) => text.len(),
            });
            let least: usize = head.chain(tail).sum::<usize>();
            assert!(least >= 8, "{}: too short to tell", format.anchor);
        }
    }
}
