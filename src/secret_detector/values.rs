//! Whether the value of a field that is called a secret is one: a mapping, a placeholder or a
//! choice from a list is none. Also what of a value is literal where mappings stand in it.

use std::ops::Range;

use super::Kind;
use super::choices::{CHOICES, PLACEHOLDERS};
use super::names::{self, Sure};
use super::randomness::{is_fingerprint, is_long_hex, is_public, is_random, is_uuid, is_varied};

/// Whether it stands for a value that is not there.
pub fn is_placeholder(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let all = |is: fn(char) -> bool| !lower.is_empty() && lower.chars().all(is);
    let enclosed = |open: char, close: char| lower.starts_with(open) && lower.ends_with(close);
    PLACEHOLDERS.iter().any(|begin| lower.starts_with(begin)) && !is_random(text)
        || all(|c| "*•●·x.…-_?#0 ".contains(c))
        || lower.contains("****")
        || enclosed('<', '>')
        || (enclosed('[', ']') && !lower.contains('"'))
        || enclosed('%', '%') && !lower.contains(' ')
        || (enclosed('{', '}') && all(|c| c == '_' || "{}".contains(c) || c.is_ascii_alphabetic()))
        || (lower.starts_with('$')
            && all(|c| c == '$' || c == '_' || c.is_ascii_alphanumeric())
            && is_wordish(&lower))
}

fn is_wordish(text: &str) -> bool {
    !is_varied(text.as_bytes()) || text.contains('_')
}

/// Whether this literal is a secret, as the name of its field says. `is_part`: mappings stand
/// beside it.
pub(super) fn is_secret(name: Sure, literal: &str, is_part: bool) -> bool {
    let text = literal.trim();
    if text.is_empty() || is_placeholder(text) || is_labelled(text, is_part) {
        return false;
    }
    match name {
        Sure::Unknown | Sure::Harmless => false,
        Sure::Likely(kind) => {
            let is_sure = kind != Kind::Random || (text.len() >= 32 && !is_uuid(text));
            is_sure && (is_keylike(text) || is_short_key(text)) && !is_path(text)
        }
        Sure::Probable(_) => is_chosen(text) && !is_path(text),
        // `hostKey` often holds no more than that.
        Sure::Certain(kind) if kind == Kind::Key && is_fingerprint(text) => false,
        Sure::Certain(_) if CHOICES.contains(&text.to_lowercase().as_str()) => false,
        Sure::Certain(_) if is_part => {
            let bytes = text.as_bytes();
            bytes.len() >= 5
                && (bytes.iter().any(|byte| !byte.is_ascii_alphabetic()) || is_random(text))
                && bytes
                    .iter()
                    .filter(|byte| byte.is_ascii_alphanumeric())
                    .count()
                    >= 4
        }
        Sure::Certain(_) if is_about_a_secret(text) => false,
        // A name and a number, such as a machine has.
        Sure::Certain(Kind::Key) if is_slug(text) => false,
        Sure::Certain(Kind::Password) => true,
        Sure::Certain(_) => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let words = text.split_whitespace().count();
            text.len() >= 4 && words < 3 && (!digits || text.len() >= 6)
        }
    }
}

/// Words of messages about a password.
const SAID: [&str; 14] = [
    "characters",
    "required",
    "invalid",
    "incorrect",
    "too short",
    "at least",
    "must ",
    "please ",
    "zeichen",
    "zu kurz",
    "erforderlich",
    "caract",
    "obligatoire",
    "obligatori",
];

/// Whether it is the label of a field for a secret, or a message about one: `Repeat password`,
/// `The password is too short.`
fn is_about_a_secret(text: &str) -> bool {
    let lower = text.to_lowercase();
    let has_blank = lower.contains(char::is_whitespace);
    if has_blank && SAID.iter().any(|said| lower.contains(said)) {
        return true;
    }
    let in_label = |c: char| c.is_alphabetic() || c.is_whitespace() || ".:?'\u{2019}".contains(c);
    let is_written = text.chars().all(in_label);
    let is_one_word =
        text.starts_with(char::is_uppercase) && text.chars().skip(1).all(char::is_lowercase);
    is_written && (has_blank || is_one_word) && names::sure(text).kind().is_some()
}

/// `camera-1612`
fn is_slug(text: &str) -> bool {
    text.split_once(['-', '_']).is_some_and(|(name, number)| {
        name.len() >= 3
            && name.bytes().all(|byte| byte.is_ascii_lowercase())
            && (1..=6).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether it is a label before a mapping or a placeholder, as cookies have: `session=`,
/// `session=YOUR_SESSION`.
fn is_labelled(text: &str, is_part: bool) -> bool {
    let Some((label, value)) = text.split_once(['=', ':']) else {
        return false;
    };
    let is_label = label.len() <= 32
        && !is_keylike(label)
        && !is_jumbled(label)
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte));
    let value = value.trim();
    let is_empty = value.is_empty() && is_part;
    let is_choice = CHOICES.contains(&value.to_lowercase().as_str());
    is_label && (is_empty || (!value.is_empty() && (is_placeholder(value) || is_choice)))
}

/// Whether a word in a sentence can be nothing but a password.
pub(super) fn is_strong(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', '!', '?']);
    is_jumbled(word) && is_chosen(word)
}

/// Whether a part holds small and capital letters and digits.
fn is_jumbled(part: &str) -> bool {
    let has = |is: fn(&u8) -> bool| part.as_bytes().iter().any(is);
    part.len() >= 4
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
}

/// A key that is too short to be known without its name.
fn is_short_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    (10..12).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && is_varied(bytes)
}

/// Whether it looks like a password that a person chose or a key, and like no word, number, date or
/// name of something.
pub(super) fn is_chosen(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let is_marked = has(|byte| b"!@#$%^&*?".contains(byte));
    let is_mixed = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let is_compound = text.contains(['-', '_', '.', ':', '=']);
    let is_other = CHOICES.contains(&text.to_lowercase().as_str())
        || is_public(text)
        || text.contains("://")
        || text.contains(char::is_whitespace);
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    !is_other
        && bytes.len() >= 6
        && has(u8::is_ascii_alphabetic)
        && (is_keylike(text)
            || (is_marked && digits > 0)
            || (digits > 0 && is_mixed && !is_compound)
            || text.split(['-', '_', '.']).any(is_jumbled)
            || (digits >= 2 && !is_compound && bytes.len() >= 8))
}

/// Whether it looks like a key, where the name of its field may mean one.
pub(super) fn is_keylike(text: &str) -> bool {
    // The end of base64, as an address writes it.
    let text = text.trim_end_matches("%3D").trim_end_matches("%3d");
    if is_public(text) {
        return false;
    }
    let bytes = text.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let mixed = bytes.len() >= 12
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(byte))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        // What people name has them; in a long random text they stand by chance.
        && (bytes.len() >= 64 || !text.contains("--"))
        && is_varied(bytes)
        && dense(text);
    is_uuid(text) || is_long_hex(text) || is_random(text) || mixed
}

fn dense(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() >= 10 && is_varied(part.as_bytes()))
}

/// Whether it is the path of a file or of an object, as people and programs name them. Base64 has
/// capital letters or no dot behind its last slash.
fn is_path(text: &str) -> bool {
    let Some((_, last)) = text.rsplit_once('/') else {
        return false;
    };
    let is_ending = |end: &str| {
        (2..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let is_named = |part: &str| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        is_uuid(part) || (part.bytes().all(is_plain) && !dense(part))
    };
    last.rsplit_once('.').is_some_and(|(_, end)| is_ending(end)) || text.split('/').all(is_named)
}

/// The parts of a text outside of `{{…}}`.
pub(super) fn literals(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")) {
        let open = at + open;
        let Some(close) = text.get(open..).and_then(|rest| rest.find("}}")) else {
            break;
        };
        parts.push(at..open);
        at = open + close + 2;
    }
    parts.push(at..text.len());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Texts in quotes inside `{{…}}`: literals of a formula.
pub(super) fn quoted(text: &str) -> Vec<Range<usize>> {
    let outside = literals(text);
    let mut found = Vec::new();
    let mut at = 0;
    let parts = outside.into_iter().map(|part| (part.start, part.end));
    for (start, end) in parts.chain(std::iter::once((text.len(), text.len()))) {
        let inside = at..start;
        at = end;
        let Some(formula) = text.get(inside.clone()) else {
            continue;
        };
        let mut quote: Option<(char, usize)> = None;
        for (offset, c) in formula.char_indices() {
            match quote {
                None if c == '"' || c == '\'' => quote = Some((c, offset + 1)),
                Some((open, from)) if open == c => {
                    found.push(inside.start + from..inside.start + offset);
                    quote = None;
                }
                _ => {}
            }
        }
    }
    found.retain(|part| !part.is_empty());
    found
}

/// What is left of a range without blanks and quotes around it.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else {
        return range;
    };
    let edge = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    let from = range.start + (part.len() - part.trim_start_matches(edge).len());
    let to = range.end - (part.len() - part.trim_end_matches(edge).len());
    if from < to {
        from..to
    } else {
        range.start..range.start
    }
}

/// Without a scheme such as `Bearer` before it.
pub(super) fn behind_scheme(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else {
        return range;
    };
    match part.split_once([' ', '\t']) {
        Some((scheme, rest))
            if scheme.len() <= 24
                && scheme
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !(scheme.len() >= 6 && is_chosen(scheme))
                && scheme
                    .bytes()
                    .next()
                    .is_some_and(|byte| byte.is_ascii_alphabetic()) =>
        {
            trimmed(text, range.end - rest.len()..range.end)
        }
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_told_from_literals() {
        let parts = |text: &'static str| -> Vec<&str> {
            literals(text)
                .into_iter()
                .map(|part| text.get(part).unwrap())
                .collect()
        };
        assert_eq!(parts("{{1.token}}"), [""; 0]);
        assert_eq!(parts("Bearer {{1.token}}"), ["Bearer "]);
        assert_eq!(parts("a{{b}}c{{d}}"), ["a", "c"]);
        assert_eq!(parts("a{{b"), ["a{{b"]);
        let text = r#"x{{base64("user:pw")}}y{{if(1.a; 'q'; "")}}"#;
        let found: Vec<&str> = quoted(text)
            .into_iter()
            .map(|part| text.get(part).unwrap())
            .collect();
        assert_eq!(found, ["user:pw", "q"]);
    }

    #[test]
    fn a_choice_or_a_placeholder_is_no_secret() {
        let token = Sure::Certain(Kind::Token);
        for text in [
            "none",
            "OAuth2",
            "YOUR_API_KEY",
            "<token>",
            "***",
            "xxxx",
            "${TOKEN}",
            "",
            "  ",
            "abc",
            "{CHECKOUT_SESSION_ID}",
        ] {
            assert!(!is_secret(token, text, false), "{text}");
        }
        for text in [
            "Passwort",
            "Repeat password",
            "The password is too short.",
            "Zugriffstoken",
        ] {
            assert!(
                !is_secret(Sure::Certain(Kind::Password), text, false),
                "{text}"
            );
        }
        assert!(!is_secret(Sure::Certain(Kind::Key), "camera-1612", false));
        for text in ["hunter2", "abcd", "sekret", "7f3k"] {
            assert!(is_secret(token, text, false), "{text}");
        }
        assert!(is_secret(
            Sure::Certain(Kind::Password),
            "correct horse battery staple",
            false
        ));
        assert!(!is_secret(token, "Enter the token here", false));
        assert!(!is_secret(token, "Bearer", true));
    }

    #[test]
    fn a_scheme_is_left_before_the_secret() {
        for (text, secret) in [
            ("Bearer abc", "abc"),
            ("Token token=\"x\"", "token=\"x"),
            ("abc", "abc"),
            ("a b c", "b c"),
        ] {
            assert_eq!(
                text.get(behind_scheme(text, 0..text.len())).unwrap(),
                secret,
                "{text}"
            );
        }
    }
}
