//! Two columns of text in a terminal of 100 columns, with colour on a terminal alone.

use std::io::IsTerminal as _;

use crate::cli::text;
use crate::visible;

const LEFT: usize = 60;
const RIGHT: usize = 36;
/// Both columns and what is between them.
pub(super) const WHOLE: usize = LEFT + 2 + RIGHT;
/// A longer cell is cut: the demo is read, not searched.
const MOST_LINES: usize = 7;

/// How text is set off.
#[derive(Clone, Copy)]
pub(super) enum Look {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
}

/// Text in this look, where standard output is a terminal.
pub(super) fn paint(look: Look, words: &str) -> String {
    let code = match look {
        Look::Plain => "",
        Look::Bold => "1",
        Look::Dim => "2",
        Look::Good => "32",
        Look::Bad => "31",
    };
    let words = visible::line(words);
    if code.is_empty() || !std::io::stdout().is_terminal() {
        words.into_owned()
    } else {
        format!("\u{1b}[{code}m{words}\u{1b}[0m")
    }
}

/// Prints two cells beside each other.
pub(super) fn beside(left: (Look, &str), right: (Look, &str)) {
    let (left_lines, right_lines) = (wrapped(left.1, LEFT), wrapped(right.1, RIGHT));
    for at in 0..left_lines.len().max(right_lines.len()) {
        let cell = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
        let (ours, theirs) = (cell(&left_lines), cell(&right_lines));
        let room = " ".repeat(LEFT.saturating_sub(ours.chars().count()));
        let theirs = paint(right.0, &theirs);
        text::painted(format!("  {}{room}  {theirs}", paint(left.0, &ours)).trim_end());
    }
}

/// Breaks text at spaces and, where there is none, anywhere.
pub(super) fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in words.lines() {
        let mut line = String::new();
        for word in paragraph.split_inclusive([' ', ',', '&', '/']) {
            if line.chars().count() + word.trim_end().chars().count() > width {
                push(&mut lines, &mut line);
            }
            for letter in word.chars() {
                if line.chars().count() == width {
                    push(&mut lines, &mut line);
                }
                line.push(letter);
            }
        }
        push(&mut lines, &mut line);
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES - 1);
        lines.push("…".to_owned());
    }
    lines
}

fn push(lines: &mut Vec<String>, line: &mut String) {
    let full = std::mem::take(line);
    if !full.trim().is_empty() {
        lines.push(full.trim_end().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_never_pass_their_width_and_lose_nothing() {
        let words = format!("GET /a?b=c&d=e {} end", "x".repeat(80));
        let lines = wrapped(&words, 36);
        assert!(
            lines.iter().all(|line| line.chars().count() <= 36),
            "{lines:?}"
        );
        let bare = |text: &str| text.replace(' ', "");
        assert_eq!(bare(&lines.concat()), bare(&words));
    }
}
