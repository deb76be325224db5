//! Printing. Standard output takes what was asked for, standard error the rest. Names may be
//! anybody's: each is quoted and short ([`Foreign`]), and nothing printed here begins a line of its
//! own or holds what a terminal would obey or hide; colours are `paint`'s.

use std::fmt;
use std::io::Write as _;

use crate::visible;

/// The longest line. No text of ours is as long, so what is cut was written by others.
const LONGEST: usize = 4000;
/// The longest name of others in it.
const LONGEST_NAME: usize = 80;

/// A name that others wrote, as a person may read it: on one line, in quotes, cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Foreign<'a>(pub(super) &'a str);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = visible::shown(self.0, LONGEST_NAME).replace('"', "'");
        write!(f, "\"{name}\"")
    }
}

/// A word that Make wrote, such as a scope: as it is where it is one, else quoted.
pub(super) fn word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:.*/".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        text.to_owned()
    } else {
        Foreign(text).to_string()
    }
}

/// Such words, with commas.
pub(super) fn words(words: &[impl AsRef<str>]) -> String {
    let words: Vec<String> = words.iter().map(|one| word(one.as_ref())).collect();
    words.join(", ")
}

/// Prints one line. A closed pipe ends the listing, not the program with a panic.
pub(super) fn line(text: impl fmt::Display) {
    painted(one_line(&text.to_string()));
}

/// Prints one line whole, however long: what a person agrees to is not cut.
pub(super) fn whole_line(text: impl fmt::Display) {
    painted(visible::line(&text.to_string()));
}

/// Prints JSON. What nobody sees, and what ends a line for some readers and not for JSON, is
/// escaped, so that it says the same.
pub(super) fn json(text: impl fmt::Display) {
    painted(escaped(&text.to_string()));
}

fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        // Between its values JSON has line breaks; in a text they are escaped already.
        if c == '\n' || visible::is_seen(c) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            let _infallible = fmt::Write::write_fmt(&mut escaped, format_args!("\\u{unit:04x}"));
        }
    }
    escaped
}

/// Prints a line with colours in it, whose words were cleaned before they were painted.
pub(super) fn painted(text: impl fmt::Display) {
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}

fn one_line(text: &str) -> String {
    let line = visible::line(text);
    visible::cut(&line, LONGEST).unwrap_or_else(|| line.into_owned())
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
pub(super) fn try_line(text: impl fmt::Display) -> bool {
    writeln!(std::io::stdout().lock(), "{text}").is_ok()
}

/// Prints what went wrong, on one line.
pub fn problem(text: impl fmt::Display) {
    let text = one_line(&text.to_string());
    let _closed = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints what is wrong with the words of the command, as the parser says it.
pub(super) fn usage(text: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "{}", visible::block(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_one_short_quoted_name() {
        for (text, shown) in [
            ("Marketing", "\"Marketing\""),
            ("a\r\njf9mrv approved", "\"a jf9mrv approved\""),
            ("\u{1b}[2J\u{202E}x\" y", "\"[2Jx' y\""),
            ("", "\"\""),
        ] {
            assert_eq!(Foreign(text).to_string(), shown);
        }
        let long = Foreign(&"x".repeat(10_000)).to_string();
        assert_eq!(long.chars().count(), LONGEST_NAME + 2);
        assert_eq!(
            words(&["connections:read", "a b", ""]),
            "connections:read, \"a b\", \"\""
        );
        assert_eq!(one_line("a\nb\u{1b}[1m"), "a b[1m");
        assert_eq!(one_line(&"x".repeat(10_000)).chars().count(), LONGEST);
    }

    #[test]
    fn json_says_the_same_on_lines_of_its_own() {
        let value = serde_json::json!({"name": "a\u{2028}b\u{85}\u{E0041}\u{7f}\n\u{202E}ü"});
        let text = escaped(&format!("{value:#}"));
        assert_eq!(text.lines().count(), 3);
        assert!(
            text.chars().all(|c| c == '\n' || visible::is_seen(c)),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }

    #[test]
    fn a_few_of_many_and_one_of_one() {
        let names = ["a", "b", "c"];
        assert_eq!(few(&names, 3), "a, b, c");
        assert_eq!(few(&names, 1), "a and 2 more");
        assert_eq!(count(1_u64, "file", "files"), "1 file");
        assert_eq!(count(0_u64, "file", "files"), "0 files");
    }
}
