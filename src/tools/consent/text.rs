//! Foreign text as a person is shown it: on one line, cleaned, cut and quoted. Where that is not all
//! of it, a digest of the whole text stands beside it, so that no change goes unseen.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::visible::{hides_something, shown};

/// How much of a long value is shown, in characters.
pub(super) const VALUE: usize = 200;
/// Stands behind a text with hidden characters.
const HIDES: &str = " (hidden characters left out)";

/// A text that is not shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Whole {
    /// How long it is.
    chars: usize,
    /// Of all of it, in full length: who writes both texts could find two that share a short one.
    digest: String,
}

impl Whole {
    /// `None` where the text is shown as it is.
    pub(super) fn unless(text: &str, is_shown: bool) -> Option<Self> {
        (!is_shown).then(|| Self {
            chars: text.chars().count(),
            digest: digest(text),
        })
    }

    /// What stands for something whose digest this is.
    pub(super) fn of_digest(digest: String) -> Self {
        Self { chars: 0, digest }
    }

    /// How long the text is, where that is more than was shown.
    pub(super) fn longer_than(&self, cap: usize) -> Option<usize> {
        (self.chars > cap).then_some(self.chars)
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// As much of a digest as a person compares.
pub(super) fn short(digest: &str) -> String {
    digest.chars().take(16).collect()
}

/// A person has to know that a name is not what it was: it may look like another one.
pub(super) fn left_out(hides: bool) -> &'static str {
    if hides { HIDES } else { "" }
}

/// Foreign text in quotes, none of which are its own.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'"))
}

/// A kind or an id, by which objects are told apart: what cannot be shown as it is brings a digest.
pub(super) fn exact(text: &str, cap: usize) -> String {
    let short = shown(text, cap);
    if short == text {
        return short;
    }
    format!("{short} (digest {})", digest(text))
}

/// A value in quotes: a long one as its first characters, its length and a digest. With the whole of
/// it where what is shown differs from it in anything.
pub(super) fn value(text: &str) -> (String, Option<Whole>) {
    let seen = shown(text, VALUE);
    let mut rendered = quoted(&seen);
    let whole = Whole::unless(text, rendered == format!("\"{text}\""));
    let hides = hides_something(text);
    rendered.push_str(left_out(hides));
    if let Some(whole) = &whole
        // Blanks at its ends and line breaks are not seen either.
        && (whole.longer_than(VALUE).is_some() || (!hides && seen != text))
    {
        let (chars, digest) = (whole.chars, short(&whole.digest));
        let _infallible = write!(rendered, " ({chars} characters, digest {digest})");
    }
    (rendered, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_its_beginning_its_length_and_a_digest() {
        let text = "x".repeat(201);
        let (shown, whole) = value(&text);
        let digest = digest(&text);
        assert_eq!(
            shown,
            format!(
                "\"{}…\" (201 characters, digest {})",
                "x".repeat(199),
                short(&digest)
            )
        );
        assert_eq!(whole.unwrap().digest, digest);
        let whole = "x".repeat(200);
        assert_eq!(value(&whole), (format!("\"{whole}\""), None));
    }

    #[test]
    fn blanks_that_a_person_does_not_see_are_told() {
        for text in ["q ", " q", "q\u{a0}", "a\t\tb", "a\r\nb"] {
            let (shown, _) = value(text);
            let told = format!(
                "({} characters, digest {})",
                text.chars().count(),
                short(&digest(text))
            );
            assert!(shown.ends_with(&told), "{shown}");
        }
        assert_eq!(value("q").0, "\"q\"");
    }

    #[test]
    fn what_is_shown_alike_is_told_apart_by_its_digest() {
        let alike = ["a'b c", "a\"b c", "a\"b\nc", "a\"b c ", "a\"b\u{200B} c"];
        let mut wholes: Vec<Option<Whole>> = alike.iter().map(|text| value(text).1).collect();
        assert_eq!(wholes[0], None);
        wholes.sort();
        wholes.dedup();
        assert_eq!(wholes.len(), alike.len());
        assert_eq!(exact("scenario", 80), "scenario");
        let long = |end: char| exact(&format!("{}{end}", "x".repeat(80)), 80);
        assert_ne!(long('a'), long('b'));
    }
}
