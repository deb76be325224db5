//! Printing. Standard output takes what was asked for, standard error the rest. Names may be
//! anybody's, so nothing that a terminal would obey or hide leaves here; colours are `paint`'s.

use std::io::Write as _;

use crate::visible;

/// Prints a line. A closed pipe ends the listing, not the program with a panic.
pub(super) fn line(text: impl std::fmt::Display) {
    painted(visible::block(&text.to_string()));
}

/// Prints a line with colours in it, whose words were cleaned before they were painted.
pub(super) fn painted(text: impl std::fmt::Display) {
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}

/// So wide are lines of lists at most; in front of what goes on below stands a margin.
const WIDTH: usize = 100;
const MARGIN: usize = 8;

/// Prints words behind a heading, on as many lines as they need.
pub(super) fn folded(heading: &str, words: &[impl AsRef<str>]) {
    let mut row = heading.to_owned();
    let last = words.len().saturating_sub(1);
    for (at, word) in words.iter().enumerate() {
        let word = word.as_ref();
        let comma = if at == last { "" } else { "," };
        if row.chars().count() + word.chars().count() + 2 > WIDTH {
            line(&row);
            row = " ".repeat(MARGIN - 1);
        }
        row.push(' ');
        row.push_str(word);
        row.push_str(comma);
    }
    line(row);
}

/// The first of them, and how many more there are.
pub(super) fn few(names: &[impl AsRef<str>], most: usize) -> String {
    let first: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// A number of things: `1 file`, `2 files`.
pub(super) fn count(number: impl Into<u64>, one: &str, many: &str) -> String {
    match number.into() {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    }
}

/// Prints a line of the trail as it is; `false` when nobody reads any more.
pub(super) fn try_line(text: impl std::fmt::Display) -> bool {
    writeln!(std::io::stdout().lock(), "{text}").is_ok()
}

/// Prints what went wrong.
pub fn problem(text: impl std::fmt::Display) {
    let text = text.to_string();
    let _closed = writeln!(std::io::stderr().lock(), "{}", visible::block(&text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_of_many_and_one_of_one() {
        let names = ["a", "b", "c"];
        assert_eq!(few(&names, 3), "a, b, c");
        assert_eq!(few(&names, 1), "a and 2 more");
        assert_eq!(count(1_u64, "file", "files"), "1 file");
        assert_eq!(count(0_u64, "file", "files"), "0 files");
    }
}
