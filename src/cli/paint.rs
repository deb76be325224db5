//! Colours, where a person looks: never in a pipe or a file.

use std::io::IsTerminal as _;

use crate::visible;

/// What a line means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Colour {
    Yellow,
    Red,
}

/// The text in a colour on a terminal; elsewhere with a word before it.
pub(super) fn in_colour(colour: Colour, text: &str) -> String {
    let text = visible::line(text);
    let (code, word) = match colour {
        Colour::Yellow => (33, "[yellow]"),
        Colour::Red => (31, "[red]"),
    };
    if std::io::stdout().is_terminal() {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        let space = if text.starts_with([' ', ',']) {
            " "
        } else {
            ""
        };
        format!("{space}{word} {}", text.trim_start())
    }
}
