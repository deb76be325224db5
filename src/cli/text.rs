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

/// Prints a line of the trail as it is; `false` when nobody reads any more.
pub(super) fn try_line(text: impl std::fmt::Display) -> bool {
    writeln!(std::io::stdout().lock(), "{text}").is_ok()
}

/// Prints what went wrong.
pub fn problem(text: impl std::fmt::Display) {
    let text = text.to_string();
    let _closed = writeln!(std::io::stderr().lock(), "{}", visible::block(&text));
}
