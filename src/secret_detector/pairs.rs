//! Names with their values in text that is no JSON: forms and queries of addresses, headers line by
//! line, settings, elements of XML, code.

use std::ops::Range;

use super::alphabet::{Runs, Set};
use super::hints::HINT;
use super::names::{Sure, sure};
use super::randomness::{is_random, is_varied};
use super::values::{behind_scheme, is_keylike, is_secret, is_strong, literals};
use super::{Found, Kind};

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
        let start = runs.start(Set::Name, hint.start(), LONGEST_NAME);
        let start = text.ceil_char_boundary(start);
        let end = runs.end(Set::Name, hint.end());
        done = end;
        if end - start > LONGEST_NAME {
            continue;
        }
        let Some(name) = text.get(start..end).map(sure) else {
            continue;
        };
        let Some(kind) = name.kind() else {
            continue;
        };
        let Some(mut pair) = behind(text, &mut runs, &(start..end)) else {
            continue;
        };
        if kind == Kind::Password && pair.stands == Stands::Free {
            pair.value.end = end_of_password(text, &pair.value);
        }
        let is_query = is_in_query(text, &runs, &(start..end));
        if wanted == Wanted::Queries && !is_query {
            continue;
        }
        for part in secret_parts(text, name, &pair) {
            found.push(Found { kind, range: part });
        }
    }
    found
}

/// Whether a name begins a parameter of an address. Inside of one, any mark may stand before it.
fn is_in_query(text: &str, runs: &Runs<'_>, name: &Range<usize>) -> bool {
    let before = name.start.checked_sub(1).and_then(|at| runs.byte(at));
    match before {
        Some(b'?' | b'&' | b'#' | b';') => true,
        Some(mark) if b",/|!:~$(@[".contains(&mark) && runs.byte(name.end) == Some(b'=') => {
            let from = runs.start(Set::Address, name.start, LONGEST_QUOTED);
            text.get(from..name.start)
                .is_some_and(|address| address.contains("//"))
        }
        _ => false,
    }
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
    if let Some(value) = beside(text, name, at) {
        return Some(Pair {
            value,
            stands: Stands::Free,
        });
    }
    at = skip(text, at, b" \t");
    match byte(at)? {
        b'=' | b'-' if byte(at + 1) == Some(b'>') => at += 2,
        b'=' => at += 1,
        b':' => at += 1 + usize::from(matches!(byte(at + 1), Some(b'='))),
        _ => at += is(text, at).or_else(|| follows(text, at))?,
    }
    let is_query = is_in_query(text, runs, name) && byte(name.end) == Some(b'=');
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

/// The length of a word such as `is` that stands between a name and its value.
fn is(text: &str, at: usize) -> Option<usize> {
    const WORDS: [&str; 13] = [
        "is ", "is: ", "ist ", "est ", "es ", "\u{e8} ", "\u{e9} ", "jest ", "je ", "will be ",
        "lautet ", "was ", "to ",
    ];
    let rest = text.get(at..)?;
    let word = WORDS.iter().find(|word| rest.starts_with(**word))?;
    Some(word.len())
}

/// Nothing, where a value follows a name just so: `password 'x'`, `password Winter2024!`.
fn follows(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let rest = rest.get(..rest.floor_char_boundary(LONGEST_QUOTED))?;
    let has_blank = text.as_bytes().get(at.checked_sub(1)?) == Some(&b' ');
    let word = rest.split_whitespace().next()?;
    let is_value = rest.starts_with(['"', '\'']) || is_strong(word);
    (has_blank && is_value).then_some(0)
}

/// The value of `"name", "value"`, of `name="password" value="…"` and of a part of a form.
fn beside(text: &str, name: &Range<usize>, behind_quote: usize) -> Option<Range<usize>> {
    let quote = text.as_bytes().get(name.start.checked_sub(1)?).copied()?;
    // Text inside JSON has escapes before its quotes.
    (matches!(quote, b'"' | b'\'') && behind_quote > name.end).then_some(())?;
    let rest = text.get(behind_quote..)?;
    let rest = rest.get(..rest.floor_char_boundary(LONGEST_QUOTED))?;
    let before = [", ", ",", " value=", " content=", ">", "\r\n\r\n", "\n\n"];
    let between = before.iter().find(|mark| rest.starts_with(**mark))?;
    let from = behind_quote + between.len();
    let value = rest.get(between.len()..)?;
    if matches!(*between, ">" | "\r\n\r\n" | "\n\n") {
        let length = value.find(['<', '\r', '\n']).unwrap_or(value.len());
        return Some(from..from + length);
    }
    let open = value.chars().next().filter(|c| "\"'".contains(*c))?;
    let length = value.get(1..)?.find(open)?;
    Some(from + 1..from + 1 + length)
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

/// The end of a password without quotes, which may hold marks that no key holds.
fn end_of_password(text: &str, value: &Range<usize>) -> usize {
    let rest = text.get(value.start..).unwrap_or_default();
    let rest = rest
        .get(..rest.floor_char_boundary(LONGEST_QUOTED))
        .unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || "\"'`()[]{}<>;,&|\\".contains(c);
    let length = rest.find(ends).unwrap_or(rest.len());
    let word = rest.get(..length).unwrap_or_default();
    // What follows is code, or a variable.
    let is_open = rest
        .get(length..)
        .is_some_and(|rest| rest.starts_with(['(', '[', '{', '<']));
    let name = word.trim_start_matches(['$', '@', ':', '#', '%', '*']);
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    if is_open || name.chars().all(is_name) || length <= value.len() {
        return value.end;
    }
    value.start + length
}

pub(super) fn end_of_query_value(rest: &str) -> usize {
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
    let is_vague = matches!(name, Sure::Probable(_));
    let is_text = !literal.contains(char::is_whitespace);
    is_text
        && bytes.len() >= if is_password { 6 } else { 8 }
        && (has(u8::is_ascii_digit)
            || is_random(literal)
            || (is_password && has(|byte| b"!@#$%^&*".contains(byte)))
            || (is_password && is_mixed(bytes)))
        && has(u8::is_ascii_alphabetic)
        && !literal.contains("://")
        && (is_password || is_keylike(literal) || (is_varied(bytes) && !is_vague))
        && !is_member(literal)
}

/// Whether capital letters stand among the others as in no word and in no name of code.
fn is_mixed(bytes: &[u8]) -> bool {
    let turns = bytes.windows(2).filter(|pair| match pair {
        [first, second] => first.is_ascii_uppercase() != second.is_ascii_uppercase(),
        _ => false,
    });
    bytes.len() >= 8 && turns.count() >= 4 && is_varied(bytes)
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
}
