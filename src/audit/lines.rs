//! Reading a file line by line, whatever is in it.

use std::io::{self, BufRead};

use super::line::LONGEST_LINE;

/// Lines one after the other, with their places in the file.
pub(super) struct Lines<R> {
    from: R,
    line: Vec<u8>,
    at: u64,
}

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Without its end; of one that is too long, its start.
    pub(super) bytes: &'a [u8],
    /// Where it begins.
    pub(super) begins: u64,
    /// Where the next one begins.
    pub(super) ends: u64,
    /// Whether it has an end.
    pub(super) whole: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads what is there, which begins at this place of the file.
    pub(super) fn new(from: R, at: u64) -> Self {
        Self {
            from,
            line: Vec::new(),
            at,
        }
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let begins = self.at;
        loop {
            let piece = match self.from.fill_buf() {
                Ok(piece) => piece,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = piece.iter().position(|byte| *byte == b'\n');
            let text = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line
                .extend_from_slice(text.get(..room).unwrap_or(text));
            let taken = text.len() + usize::from(end.is_some());
            self.from.consume(taken);
            self.at += taken as u64;
            if taken == 0 && self.at == begins {
                return Ok(None);
            }
            if end.is_some() || taken == 0 {
                return Ok(Some(Line {
                    bytes: &self.line,
                    begins,
                    ends: self.at,
                    whole: end.is_some(),
                }));
            }
        }
    }
}
