//! Printing. Standard output takes what was asked for, standard error the rest.

use std::io::Write as _;

/// Prints a line. A closed pipe ends the listing, not the program with a panic.
pub(super) fn line(text: impl std::fmt::Display) {
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints a line; `false` when nobody reads any more.
pub(super) fn try_line(text: impl std::fmt::Display) -> bool {
    writeln!(std::io::stdout().lock(), "{text}").is_ok()
}

/// Prints what went wrong.
pub fn problem(text: impl std::fmt::Display) {
    let _closed = writeln!(std::io::stderr().lock(), "{text}");
}
