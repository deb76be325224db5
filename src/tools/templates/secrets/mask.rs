//! The mark that stands for a secret in a blueprint: `[secret t601 password 3f9a…]`. It names the
//! template that holds the secret, what it is, and its fingerprint.

use std::fmt;
use std::ops::Range;

use crate::ids::{TemplateId, TemplateSlug};

/// What every mark begins with, in any case.
const BEGIN: &str = "[secret ";
const FINGERPRINT_CHARS: usize = 24;
/// The longest mark.
const LONGEST: usize = 400;

/// The template that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tools) enum Origin {
    /// A team's own.
    Team(TemplateId),
    /// A public one.
    Public(TemplateSlug),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Team(id) => write!(f, "t{id}"),
            Self::Public(slug) => write!(f, "{slug}"),
        }
    }
}

/// A mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) origin: Origin,
    pub(super) kind: String,
    pub(super) fingerprint: String,
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            origin,
            kind,
            fingerprint,
        } = self;
        write!(f, "{BEGIN}{origin} {kind} {fingerprint}]")
    }
}

impl Mask {
    fn read(text: &str) -> Option<Self> {
        let inside = text.strip_prefix(BEGIN)?.strip_suffix(']')?;
        let mut parts = inside.split(' ');
        let (origin, kind, fingerprint) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(())?;
        let origin = match origin.strip_prefix('t') {
            Some(id) => Origin::Team(TemplateId::new(id.parse().ok()?).ok()?),
            None => Origin::Public(origin.parse().ok()?),
        };
        let is_kind = !kind.is_empty()
            && kind
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_fingerprint =
            fingerprint.len() == FINGERPRINT_CHARS && fingerprint.bytes().all(is_hex);
        let mask = Self {
            origin,
            kind: kind.to_owned(),
            fingerprint: fingerprint.to_owned(),
        };
        // Written in one way alone: `t0601` is no mark.
        (is_kind && is_fingerprint && mask.to_string() == text).then_some(mask)
    }
}

/// A text that begins like a mark and is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The marks in a text.
pub(super) fn masks(text: &str) -> Result<Vec<(Range<usize>, Mask)>, Broken> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('[') {
        let Some(begin) = text.get(at..at + BEGIN.len()) else {
            continue;
        };
        if !begin.eq_ignore_ascii_case(BEGIN) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let rest = rest
            .get(..rest.floor_char_boundary(LONGEST))
            .unwrap_or_default();
        let Some(end) = rest.find(']') else {
            return Err(Broken);
        };
        let end = at + end + 1;
        let mask = text.get(at..end).and_then(Mask::read).ok_or(Broken)?;
        found.push((at..end, mask));
    }
    Ok(found)
}

/// A text whose marks look like mappings, which are no literals.
pub(super) fn without_masks(text: &str, masks: &[(Range<usize>, Mask)]) -> String {
    replaced(text, masks, |_| "{{secret}}")
}

/// A text with something else in the place of each mark.
pub(super) fn replaced<'s>(
    text: &str,
    masks: &[(Range<usize>, Mask)],
    mut instead: impl FnMut(&Mask) -> &'s str,
) -> String {
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for (range, mask) in masks {
        new.push_str(text.get(at..range.start).unwrap_or_default());
        new.push_str(instead(mask));
        at = range.end;
    }
    new.push_str(text.get(at..).unwrap_or_default());
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_in_one_writing_alone() {
        let mark = "[secret t601 password 0123456789abcdef01234567]";
        let public = "[secret 13-http-template-example jwt 0123456789abcdef01234567]";
        let text = format!("Bearer {mark}, {public}");
        let found = masks(&text).unwrap();
        let read: Vec<String> = found
            .iter()
            .map(|(range, mask)| {
                assert_eq!(text.get(range.clone()).unwrap(), mask.to_string());
                mask.to_string()
            })
            .collect();
        assert_eq!(read, [mark, public]);
        assert_eq!(
            without_masks(&text, &found),
            "Bearer {{secret}}, {{secret}}"
        );
        for broken in [
            "[secret t601 password 0123456789abcdef0123456]",
            "[secret t601 password 0123456789ABCDEF01234567]",
            "[secret t0601 password 0123456789abcdef01234567]",
            "[secret t601 0123456789abcdef01234567]",
            "[SECRET t601 password 0123456789abcdef01234567]",
            "[secret t601 password 0123456789abcdef01234567",
            "[secret  t601 password 0123456789abcdef01234567]",
            "[secret ]",
        ] {
            assert_eq!(masks(broken), Err(Broken), "{broken}");
        }
        assert_eq!(masks("[secrets] [secret]"), Ok(Vec::new()));
    }
}
