//! Names with their values in text that is no JSON: forms and queries of addresses, headers line by
//! line, settings, elements of XML, code.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::alphabet::{Runs, Set};
use super::names::{Sure, sure};
use super::randomness::{is_random, is_varied};
use super::values::{behind_scheme, is_keylike, is_secret, literals};
use super::{Found, Kind};

/// A secret name holds one of these.
const HINTS: [&str; 29] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "cookie",
    "credential",
    "session",
    "sig",
    "bearer",
    "jwt",
    "sid",
    "otp",
    "pin",
    "sas",
    "hmac",
    "salt",
    "access",
    "webhook",
    "heslo",
    "senha",
    "mdp",
    "wort",
    "cvv",
    "pat",
    "license",
    "appid",
    "code",
];

static HINT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).build(HINTS).ok()
});

/// The longest name, and the longest value in quotes, that are read.
const LONGEST_NAME: usize = 64;
const LONGEST_QUOTED: usize = 512;

/// Which pairs are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Those in the query of an address.
    Queries,
    /// All.
    All,
}

/// Where a pair stands, which says how much its value has to look like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// In a query, a form or an element, where a name stands for nothing else.
    Structured,
    /// In code or prose.
    Free,
}

struct Pair {
    value: Range<usize>,
    stands: Stands,
}

/// The secrets that are named in a text.
pub(super) fn find(text: &str, wanted: Wanted) -> Vec<Found> {
    let mut found = Vec::new();
    let Some(hints) = HINT.as_ref() else {
        return found;
    };
    let mut runs = Runs::of(text);
    let mut done = 0;
    for hint in hints.find_iter(text) {
        if hint.start() < done {
            continue;
        }
        let start = runs.start(Set::Url, hint.start(), LONGEST_NAME);
        let end = runs.end(Set::Url, hint.end());
        done = end;
        if end - start > LONGEST_NAME {
            continue;
        }
        let Some(name) = text.get(start..end).map(sure) else {
            continue;
        };
        let (Sure::Certain(kind) | Sure::Likely(kind)) = name else {
            continue;
        };
        let Some(pair) = behind(text, &mut runs, &(start..end)) else {
            continue;
        };
        let is_query = is_in_query(&runs, start);
        if wanted == Wanted::Queries && !is_query {
            continue;
        }
        for part in secret_parts(text, name, &pair) {
            found.push(Found { kind, range: part });
        }
    }
    found
}

fn is_in_query(runs: &Runs<'_>, start: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| runs.byte(at));
    matches!(before, Some(b'?' | b'&' | b'#' | b';'))
}

/// The value that stands behind a name.
fn behind(text: &str, runs: &mut Runs<'_>, name: &Range<usize>) -> Option<Pair> {
    let byte = |at: usize| text.as_bytes().get(at).copied();
    if let Some(value) = in_element(text, runs, name) {
        return Some(Pair {
            value,
            stands: Stands::Structured,
        });
    }
    let mut at = skip(text, name.end, b"\\\"']");
    at = skip(text, at, b" \t");
    match byte(at)? {
        b'=' => at += 1 + usize::from(matches!(byte(at + 1), Some(b'>'))),
        b':' => at += 1,
        _ => return None,
    }
    let is_query = is_in_query(runs, name.start) && byte(name.end) == Some(b'=');
    if is_query || (name.start == 0 && byte(name.end) == Some(b'=') && text.contains('&')) {
        let rest = text.get(at..)?;
        let length = end_of_query_value(rest.get(..rest.floor_char_boundary(4096))?);
        return Some(Pair {
            value: at..at + length,
            stands: Stands::Structured,
        });
    }
    let value = assigned(text, runs, skip(text, at, b" \t"))?;
    Some(Pair {
        value,
        stands: Stands::Free,
    })
}

/// Behind the first of at most four bytes that is none of these.
fn skip(text: &str, at: usize, set: &[u8]) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take(4)
        .take_while(|byte| set.contains(byte))
        .count()
}

/// The content of `<password>…</password>`, also with a namespace before the name.
fn in_element(text: &str, runs: &Runs<'_>, name: &Range<usize>) -> Option<Range<usize>> {
    let before = |at: usize| at.checked_sub(1).and_then(|at| runs.byte(at));
    let space = runs.start(Set::Url, name.start.saturating_sub(1), 32);
    let opens = before(name.start) == Some(b'<')
        || (before(name.start) == Some(b':') && before(space) == Some(b'<'));
    (opens && runs.byte(name.end) == Some(b'>')).then_some(())?;
    let rest = text.get(name.end + 1..)?;
    let length = rest.get(..rest.floor_char_boundary(4096))?.find('<')?;
    Some(name.end + 1..name.end + 1 + length)
}

/// The value that begins here, in quotes or not.
fn assigned(text: &str, runs: &mut Runs<'_>, at: usize) -> Option<Range<usize>> {
    let quote_at = skip(text, at, b"\\");
    if let Some(quote @ (b'"' | b'\'' | b'`')) = runs.byte(quote_at) {
        let from = quote_at + 1;
        let rest = text.get(from..)?;
        let rest = rest.get(..rest.floor_char_boundary(LONGEST_QUOTED))?;
        return Some(from..from + rest.find([char::from(quote), '\\', '\n'])?);
    }
    let line = text.get(at..)?;
    let line = line.get(..line.floor_char_boundary(LONGEST_QUOTED))?;
    let line = at..at + line.find(['\r', '\n']).unwrap_or(line.len());
    let value = behind_scheme(text, line);
    let to = runs.end(Set::Token, value.start);
    // A call or an expression follows: this is code.
    let is_code = matches!(runs.byte(to), Some(b'(' | b'[' | b'?' | b'|' | b')'));
    let is_short = to - value.start <= LONGEST_QUOTED;
    (is_short && !is_code).then_some(value.start..to)
}

fn end_of_query_value(rest: &str) -> usize {
    let mut at = 0;
    while let Some(piece) = rest.get(at..) {
        let end = piece.find(['&', '"', '\'', '<', '>', ' ', '\r', '\n', '#', '\\', ')']);
        let until = piece.get(..end.unwrap_or(piece.len())).unwrap_or_default();
        // A mapping may hold blanks and quotes.
        let Some(open) = until.find("{{") else {
            return at + until.len();
        };
        let close = piece.get(open..).and_then(|inside| inside.find("}}"));
        let Some(close) = close else {
            return rest.len();
        };
        at += open + close + 2;
    }
    rest.len()
}

fn secret_parts(text: &str, name: Sure, pair: &Pair) -> Vec<Range<usize>> {
    let Some(value) = text.get(pair.value.clone()) else {
        return Vec::new();
    };
    let parts = literals(value);
    let is_part = parts.len() != 1 || parts.first() != Some(&(0..value.len()));
    let absolute = |part: Range<usize>| pair.value.start + part.start..pair.value.start + part.end;
    let counts = |part: &Range<usize>| {
        let Some(literal) = text.get(part.clone()) else {
            return false;
        };
        match pair.stands {
            Stands::Structured => is_secret(name, literal, is_part),
            Stands::Free => is_secret(name, literal, is_part) && is_assigned(name, literal),
        }
    };
    let parts = parts
        .into_iter()
        .map(absolute)
        .map(|part| super::values::trimmed(text, part));
    let parts = parts.map(|part| {
        if pair.stands == Stands::Structured {
            behind_scheme(text, part)
        } else {
            part
        }
    });
    parts
        .filter(|part| !part.is_empty())
        .filter(counts)
        .collect()
}

/// In code and prose names are followed by other names and by words.
fn is_assigned(name: Sure, literal: &str) -> bool {
    let bytes = literal.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let is_password = matches!(name, Sure::Certain(Kind::Password));
    let is_text = !literal.contains(char::is_whitespace);
    is_text
        && bytes.len() >= if is_password { 6 } else { 8 }
        && (has(u8::is_ascii_digit)
            || is_random(literal)
            || (is_password && has(|byte| b"!@#$%^&*".contains(byte))))
        && has(u8::is_ascii_alphabetic)
        && !literal.contains("://")
        && (is_password || is_keylike(literal) || is_varied(bytes))
        && !is_member(literal)
}

/// `a.b.c`, as code names things.
fn is_member(text: &str) -> bool {
    let name = |part: &str| {
        part.len() <= 12
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text.contains('.') && text.split('.').all(name)
}

/// The values of a text that is a form as a whole, `a=1&b=2`: names and values.
pub(super) fn form(text: &str) -> Option<Vec<(&str, Range<usize>)>> {
    if !text.contains('=') || text.contains("://") || text.trim_start().starts_with(['{', '[', '<'])
    {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..)?;
        let (name, _) = rest.split_once('=')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.[]%+$:".contains(c);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_name) {
            return None;
        }
        let from = at + name.len() + 1;
        let length = end_of_query_value(text.get(from..)?);
        found.push((name, from..from + length));
        at = from + length;
        if at < text.len() {
            text.get(at..)?.strip_prefix('&')?;
            at += 1;
        }
    }
    // The end of base64 looks like a name without a value.
    let says_something = |(_, value): &(&str, Range<usize>)| {
        let value = text.get(value.clone()).unwrap_or_default();
        !value.trim_matches('=').is_empty()
    };
    (found.len() > 1 || found.iter().any(says_something)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<&str> {
        let found = find(text, Wanted::All);
        found
            .into_iter()
            .map(|found| text.get(found.range).unwrap())
            .collect()
    }

    #[test]
    fn named_values_are_found_in_text() {
        for (text, secret) in [
            ("https://a.example/x?api_key=abc123&b=1", "abc123"),
            ("a=1&password=hunter2", "hunter2"),
            ("X-Api-Key: 93jd8sk2ls", "93jd8sk2ls"),
            ("DB_PASSWORD='s3cr3t!x'", "s3cr3t!x"),
            (r#"{apiKey: "k9f2m4x8q1"}"#, "k9f2m4x8q1"),
            (r#"{\"token\":\"k9f2m4x8q1\"}"#, "k9f2m4x8q1"),
            ("<wsse:Password>hunter2</wsse:Password>", "hunter2"),
            ("Authorization: Token 93jd8sk2ls\nB: c", "93jd8sk2ls"),
        ] {
            assert_eq!(all(text), [secret], "{text}");
        }
    }

    #[test]
    fn code_and_prose_name_nothing_secret() {
        for text in [
            "this.token=e.token1,n.apiKey=t.options2.apiKey",
            "password: see the vault for it",
            "const token=getToken(12345678)",
            "https://a.example/?api_key={{1.key}}&pageToken=abc123def456",
            "<password>{{1.password}}</password>",
            "tokenType=abc12345678",
            "if(key=='abc')",
        ] {
            assert!(all(text).is_empty(), "{text}: {:?}", all(text));
        }
    }

    #[test]
    fn a_form_is_read_as_a_whole() {
        let text = "a=1&b[c]={{if(1.x; \"y&z\"; 2)}}&d=";
        let read: Vec<(&str, &str)> = form(text)
            .unwrap()
            .into_iter()
            .map(|(name, at)| (name, text.get(at).unwrap()))
            .collect();
        assert_eq!(
            read,
            [("a", "1"), ("b[c]", "{{if(1.x; \"y&z\"; 2)}}"), ("d", "")]
        );
        assert!(form("a b=1").is_none() && form("plain").is_none());
    }
}
