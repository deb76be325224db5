//! Alphabets of secrets, and runs of them in a text. Runs are remembered, so that many anchors
//! inside one long run cost no more than one.

use std::ops::Range;

/// An alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Digits,
    /// `0-9a-f` in either case.
    Hex,
    /// `A-Z0-9`.
    Upper,
    /// `a-z0-9`.
    Lower,
    /// `A-Za-z0-9`.
    Alnum,
    /// `A-Za-z0-9_`.
    Word,
    /// `A-Za-z0-9_-`, as base64url.
    Url,
    /// `A-Za-z0-9_.-`.
    Dotted,
    /// `A-Za-z0-9+/=`, as base64.
    Base64,
    /// What may stand behind a scheme such as `Bearer`.
    Token,
    /// A path of an address.
    Path,
    /// The name of a field: `A-Za-z0-9_-` and letters beyond ASCII.
    Name,
    /// An address, up to a blank or a quote.
    Address,
}

const SETS: usize = 13;

impl Set {
    pub(super) fn has(self, byte: u8) -> bool {
        let alnum = byte.is_ascii_alphanumeric();
        match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Lower => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
            Self::Alnum => alnum,
            Self::Word => alnum || byte == b'_',
            Self::Url => alnum || b"_-".contains(&byte),
            Self::Dotted => alnum || b"_.-".contains(&byte),
            Self::Base64 => alnum || b"+/=".contains(&byte),
            Self::Token => alnum || b"-._~+/=:|!%*".contains(&byte),
            Self::Path => alnum || b"-._~%/@".contains(&byte),
            Self::Name => alnum || b"_-".contains(&byte) || byte >= 0x80,
            Self::Address => byte > b' ' && !b"\"'<>`\\".contains(&byte),
        }
    }
}

/// A text whose runs are remembered.
pub(super) struct Runs<'t> {
    pub(super) bytes: &'t [u8],
    known: [Range<usize>; SETS],
}

impl<'t> Runs<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            bytes: text.as_bytes(),
            known: std::array::from_fn(|_| 0..0),
        }
    }

    /// Where the run of this alphabet that begins here ends.
    pub(super) fn end(&mut self, set: Set, from: usize) -> usize {
        let bytes = self.bytes;
        let Some(known) = self.known.get_mut(set as usize) else {
            return from;
        };
        if known.contains(&from) {
            return known.end;
        }
        let rest = bytes.get(from..).unwrap_or_default();
        let length = rest.iter().take_while(|byte| set.has(**byte)).count();
        *known = from..from + length;
        from + length
    }

    /// Where the run of this alphabet that ends here begins, looking back `most` bytes.
    pub(super) fn start(&self, set: Set, to: usize, most: usize) -> usize {
        let before = self.bytes.get(..to).unwrap_or_default();
        let run = before.iter().rev().take(most);
        to - run.take_while(|byte| set.has(**byte)).count()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// Behind the rest of an escape such as `\n` or `%3D` that a run begins with.
    pub(super) fn behind_escape(&self, at: usize) -> usize {
        let before = at.checked_sub(1).and_then(|before| self.byte(before));
        let rest = match before {
            Some(b'\\') => 1,
            Some(b'%') => 2,
            _ => 0,
        };
        if rest > 0 && self.begins_word(at + rest) {
            at + rest
        } else {
            at
        }
    }

    /// Whether a word may begin here: no letter, digit or `_` before it, escapes left aside.
    pub(super) fn begins_word(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).and_then(|at| self.byte(at));
        let Some(last) = before(1) else { return true };
        if !(last.is_ascii_alphanumeric() || last == b'_') {
            return true;
        }
        let escaped = before(2) == Some(b'\\') && b"nrtbf".contains(&last);
        let percent = before(3) == Some(b'%')
            && last.is_ascii_hexdigit()
            && before(2).is_some_and(|byte| byte.is_ascii_hexdigit());
        escaped || percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_found_from_any_place_in_it() {
        let mut runs = Runs::of("x abc123-d");
        assert_eq!(runs.end(Set::Alnum, 2), 8);
        assert_eq!(runs.end(Set::Alnum, 5), 8);
        assert_eq!(runs.end(Set::Alnum, 8), 8);
        assert_eq!(runs.end(Set::Url, 5), 10);
        assert_eq!(runs.end(Set::Alnum, 100), 100);
        assert_eq!(runs.start(Set::Alnum, 8, 100), 2);
        assert_eq!(runs.start(Set::Alnum, 8, 3), 5);
    }

    #[test]
    fn a_word_begins_behind_what_belongs_to_no_word() {
        for (text, at, begins) in [
            ("abc", 0, true),
            ("a b", 2, true),
            ("ab", 1, false),
            ("_b", 1, false),
            (r"\nb", 2, true),
            ("a%3Db", 4, true),
            ("a3Db", 3, false),
        ] {
            assert_eq!(Runs::of(text).begins_word(at), begins, "{text}");
        }
    }
}
