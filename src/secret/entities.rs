//! The names that HTML has for characters: all of its table, because any of them may stand in an
//! echo.

use std::collections::HashMap;
use std::sync::LazyLock;

/// `NAME=CODE` or `NAME=CODE+CODE`, in hex, in the order of their bytes: HTML Living Standard,
/// "Named character references".
const TABLE: &str = include_str!("entities.txt");

/// The longest name in it.
pub(super) const LONGEST_NAME: usize = 31;

/// The longest one that is read without the semicolon behind it.
pub(super) const LONGEST_WITHOUT_END: usize = 8;

/// Those that are: browsers take about a hundred of these, all for characters of Latin-1.
static WITHOUT_END: LazyLock<HashMap<&str, char>> = LazyLock::new(|| {
    let entries = TABLE.split_ascii_whitespace();
    let entries = entries.filter_map(|entry| entry.split_once('='));
    let short = entries.filter(|(name, _)| name.len() <= LONGEST_WITHOUT_END);
    let latin = short.filter_map(|(name, code)| {
        let byte = u8::from_str_radix(code, 16).ok()?;
        Some((name, char::from(byte)))
    });
    latin.collect()
});

/// What an entity stands for that has no end.
pub(super) fn without_end(name: &str) -> Option<char> {
    let exact = WITHOUT_END.get(name).copied();
    exact.or_else(|| WITHOUT_END.get(name.to_ascii_lowercase().as_str()).copied())
}

/// What an entity of this name stands for; letters count in either case where only one is known.
pub(super) fn named(name: &str) -> Option<String> {
    let exact = found(name);
    exact.or_else(|| found(&name.to_ascii_lowercase()))
}

fn found(name: &str) -> Option<String> {
    let (mut from, mut to) = (0, TABLE.len());
    while from < to {
        let middle = from + (to - from) / 2;
        // The entry in which the middle lies.
        let bytes = TABLE.as_bytes();
        let ahead = bytes.get(..middle)?.iter().rev();
        let begin = middle - ahead.take_while(|byte| !byte.is_ascii_whitespace()).count();
        let entry = TABLE.get(begin..)?.split_ascii_whitespace().next()?;
        let (known, codes) = entry.split_once('=')?;
        match known.cmp(name) {
            std::cmp::Ordering::Equal => return characters(codes),
            std::cmp::Ordering::Less => from = begin + entry.len() + 1,
            std::cmp::Ordering::Greater => to = begin,
        }
    }
    None
}

fn characters(codes: &str) -> Option<String> {
    let code = |code| char::from_u32(u32::from_str_radix(code, 16).ok()?);
    codes.split('+').map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_the_table_is_found() {
        let mut count = 0;
        for entry in TABLE.split_ascii_whitespace() {
            let (name, codes) = entry.split_once('=').unwrap();
            assert_eq!(found(name), characters(codes), "{name}");
            count += 1;
        }
        assert_eq!(count, 2125);
        for (name, text) in [
            ("quot", "\""),
            ("QUOT", "\""),
            ("period", "."),
            ("ouml", "ö"),
            ("Ouml", "Ö"),
            ("NewLine", "\n"),
        ] {
            assert_eq!(named(name).as_deref(), Some(text), "{name}");
        }
        for name in ["", "nosuch", "zzzz", "A", "=", " "] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn what_browsers_read_without_its_end_is_read_so() {
        for (name, c) in [
            ("amp", '&'),
            ("AMP", '&'),
            ("Lt", '<'),
            ("quot", '"'),
            ("ouml", 'ö'),
            ("frac12", '½'),
            ("sol", '/'),
            ("UnderBar", '_'),
        ] {
            assert_eq!(without_end(name), Some(c), "{name}");
        }
        for name in ["", "ltquest", "euro", "in", "NonBreakingSpace"] {
            assert_eq!(without_end(name), None, "{name}");
        }
    }
}
