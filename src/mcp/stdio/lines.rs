//! Bytes of stdin cut into lines: bounded memory whatever the length, and nothing lost when a read is cancelled.

use std::io::{self, BufRead};
use std::ops::Range;

use tokio::io::{AsyncRead, AsyncReadExt};

/// What a pipe holds on Linux, so one read empties it.
const CHUNK: usize = 64 * 1024;
/// A buffer that grew past this for one long line is given back afterwards.
const KEEP: usize = 256 * 1024;

pub(super) enum Line<'a> {
    /// A line without its newline.
    Whole(&'a [u8]),
    /// The beginning of a line over the limit. The rest is skipped.
    TooLong(&'a [u8]),
}

pub(super) struct Lines {
    reader: Box<dyn AsyncRead + Send + Unpin>,
    max: usize,
    buffer: Vec<u8>,
    /// Bytes of `buffer` that were handed out.
    taken: usize,
    /// Bytes of `buffer` that were searched for a newline.
    searched: usize,
    skipping: bool,
    ended: bool,
}

impl Lines {
    pub(super) fn new(reader: Box<dyn AsyncRead + Send + Unpin>, max: usize) -> Self {
        Self {
            reader,
            max,
            buffer: Vec::new(),
            taken: 0,
            searched: 0,
            skipping: false,
            ended: false,
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes read and not yet handed out.
    pub(super) fn buffered(&self) -> usize {
        self.buffer.len().saturating_sub(self.taken)
    }

    /// The next line that is already here.
    pub(super) fn next(&mut self) -> Option<Line<'_>> {
        let (range, whole) = self.find()?;
        let bytes = self.buffer.get(range)?;
        Some(if whole && bytes.len() <= self.max {
            Line::Whole(bytes)
        } else {
            Line::TooLong(bytes)
        })
    }

    fn find(&mut self) -> Option<(Range<usize>, bool)> {
        loop {
            let mut rest = self.buffer.get(self.searched..)?;
            // `skip_until` is std's memchr: a plain byte loop took 20 times as long on a 256 MiB line.
            let step = rest.skip_until(b'\n').unwrap_or_default();
            let end = self.searched + step;
            let found = step > 0 && self.buffer.get(..end).and_then(<[u8]>::last) == Some(&b'\n');
            let start = self.taken;
            self.searched = end;
            if found {
                self.taken = end;
                if std::mem::take(&mut self.skipping) {
                    continue;
                }
                return Some((start..end - 1, true));
            }
            if self.skipping {
                self.taken = end;
                return None;
            }
            if end - start > self.max {
                self.skipping = true;
                self.taken = end;
                return Some((start..end, false));
            }
            if self.ended && end > start {
                self.taken = end;
                return Some((start..end, true));
            }
            return None;
        }
    }

    /// Reads once. Call it when [`Self::next`] has nothing more; cancel-safe. `true` at the end of the input.
    pub(super) async fn fill(&mut self) -> io::Result<bool> {
        self.make_room();
        let read = self.reader.read_buf(&mut self.buffer).await;
        self.ended |= !matches!(read, Ok(1..));
        read.map(|_| self.ended)
    }

    /// Frees the buffer of a long line, once that line is done with.
    pub(super) fn give_back(&mut self) {
        if self.taken == self.buffer.len() && self.buffer.capacity() > KEEP {
            self.buffer = Vec::new();
            (self.taken, self.searched) = (0, 0);
        }
    }

    fn make_room(&mut self) {
        self.give_back();
        if self.taken > 0 {
            self.buffer.drain(..self.taken);
            self.searched -= self.taken;
            self.taken = 0;
        }
        if self.buffer.capacity() - self.buffer.len() < CHUNK / 2 {
            // Doubling, as `Vec` does by itself, would take 32 MiB for a line of 16.
            self.buffer
                .reserve_exact((self.buffer.len() / 4).max(CHUNK));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(input: &[&[u8]], max: usize) -> Vec<String> {
        let mut lines = Lines::new(pieces(input), max);
        let mut seen = Vec::new();
        loop {
            while let Some(line) = lines.next() {
                seen.push(match line {
                    Line::Whole(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    Line::TooLong(bytes) => format!("!{}", String::from_utf8_lossy(bytes)),
                });
            }
            if lines.ended() {
                return seen;
            }
            lines.fill().await.unwrap();
        }
    }

    /// A reader that gives exactly these pieces, one a read.
    fn pieces(input: &[&[u8]]) -> Box<dyn AsyncRead + Send + Unpin> {
        let mut reader: Box<dyn AsyncRead + Send + Unpin> = Box::new(tokio::io::empty());
        for piece in input.iter().rev() {
            reader = Box::new(std::io::Cursor::new(piece.to_vec()).chain(reader));
        }
        reader
    }

    #[tokio::test]
    async fn lines_are_cut_at_newlines_wherever_the_reads_fall() {
        assert_eq!(
            all(&[b"a", b"b\nc\n\nd", b"\n"], 9).await,
            ["ab", "c", "", "d"]
        );
        assert_eq!(all(&[b"last line"], 99).await, ["last line"]);
        assert_eq!(all(&[], 9).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_long_line_is_reported_once_and_skipped_to_its_end() {
        assert_eq!(
            all(&[b"ok\n0123456789", b"abc", b"def\nok\n"], 5).await,
            ["ok", "!0123456789", "ok"]
        );
        // Its newline is in the same read.
        assert_eq!(all(&[b"0123456789\nok"], 5).await, ["!0123456789", "ok"]);
        // It never ends.
        assert_eq!(all(&[b"0123456789", b"x"], 5).await, ["!0123456789"]);
        // Exactly the limit.
        assert_eq!(all(&[b"01234\n"], 5).await, ["01234"]);
    }

    #[tokio::test]
    async fn the_buffer_of_a_long_line_is_given_back() {
        let line = vec![b'x'; 2 * KEEP];
        let mut lines = Lines::new(pieces(&[&line, b"\n"]), 4 * KEEP);
        while lines.next().is_none() {
            lines.fill().await.unwrap();
        }
        assert!(lines.buffer.capacity() > KEEP);
        lines.give_back();
        assert_eq!((lines.buffer.capacity(), lines.buffered()), (0, 0));
    }
}
