//! A text as it is meant where it was written for an address, for markup or for code: percent
//! signs, entities and escapes are resolved, and each byte knows where it is written.

use std::ops::Range;

/// The longest text that is read so.
const LONGEST: usize = 256 * 1024;
/// How often a text is resolved.
const DEEPEST: usize = 3;

/// A resolved text.
pub(super) struct Resolved {
    pub(super) text: String,
    /// Where each byte is written, and the end.
    places: Vec<usize>,
}

impl Resolved {
    /// Where a range of the text is written.
    pub(super) fn written(&self, range: &Range<usize>) -> Option<Range<usize>> {
        Some(*self.places.get(range.start)?..*self.places.get(range.end)?)
    }
}

/// The text as it is meant; `None` where it is written as it is.
pub(super) fn resolved(text: &str) -> Option<Resolved> {
    let mut known: Option<Resolved> = None;
    for _ in 0..DEEPEST {
        let now = known.as_ref().map_or(text, |known| known.text.as_str());
        let Some((next, places)) = once(now) else {
            break;
        };
        let places = if let Some(known) = &known {
            let through = places.into_iter().map(|at| known.places.get(at).copied());
            through.collect::<Option<Vec<usize>>>()?
        } else {
            places
        };
        known = Some(Resolved { text: next, places });
    }
    known
}

fn once(text: &str) -> Option<(String, Vec<usize>)> {
    let marks = ['%', '&', '\\'];
    if text.len() > LONGEST || !text.contains(marks) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut is_changed = false;
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        let read = match rest.first() {
            Some(b'%') => percent(rest),
            Some(b'&') => entity(text.get(at..)),
            Some(b'\\') => escape(rest),
            _ => None,
        };
        if let Some((meant, length)) = read {
            is_changed = true;
            meant.push_to(&mut bytes);
            places.resize(bytes.len(), at);
            at += length;
        } else {
            bytes.extend(rest.first());
            places.push(at);
            at += 1;
        }
    }
    places.push(text.len());
    let text = is_changed
        .then(|| String::from_utf8(bytes).ok())
        .flatten()?;
    Some((text, places))
}

/// What an escape stands for.
enum Meant {
    Byte(u8),
    Char(char),
}

impl Meant {
    fn push_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Byte(byte) => bytes.push(*byte),
            Self::Char(c) => {
                let mut room = [0; 4];
                bytes.extend(c.encode_utf8(&mut room).as_bytes());
            }
        }
    }
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    let digits = std::str::from_utf8(digits?).ok()?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

fn percent(rest: &[u8]) -> Option<(Meant, usize)> {
    let byte = u8::try_from(hex(rest.get(1..3))?).ok()?;
    Some((Meant::Byte(byte), 3))
}

fn escape(rest: &[u8]) -> Option<(Meant, usize)> {
    let c = match rest.get(1)? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return Some((Meant::Char(char::from_u32(hex(rest.get(2..6))?)?), 6)),
        b'x' => return Some((Meant::Char(char::from_u32(hex(rest.get(2..4))?)?), 4)),
        quoted @ (b'"' | b'\'' | b'/' | b'\\' | b'`') => char::from(*quoted),
        _ => return None,
    };
    Some((Meant::Char(c), 2))
}

/// The entities that markup needs, and numbers.
fn entity(rest: Option<&str>) -> Option<(Meant, usize)> {
    let rest = rest?;
    let name = rest
        .get(1..rest.floor_char_boundary(12))?
        .split(';')
        .next()?;
    (rest.as_bytes().get(name.len() + 1) == Some(&b';')).then_some(())?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "sol" => '/',
        "colon" => ':',
        "equals" => '=',
        "nbsp" => ' ',
        "period" => '.',
        "commat" => '@',
        "quest" => '?',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hex(Some(digits.as_bytes()))?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((Meant::Char(c), name.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_resolved_and_each_part_knows_where_it_is_written() {
        for (written, meant, part) in [
            (
                "https%3A%2F%2Fa.example%2Fx",
                "https://a.example/x",
                "https%3A%2F%2Fa.example%2Fx",
            ),
            ("a%253Db", "a=b", "a%253Db"),
            ("x&amp;token=1", "x&token=1", "x&amp;token=1"),
            (r"a\u0026b\/c", "a&b/c", r"a\u0026b\/c"),
            ("&#x41;&#66;%C3%A9", "AB\u{e9}", "&#x41;&#66;%C3%A9"),
        ] {
            let read = resolved(written).unwrap();
            assert_eq!(read.text, meant);
            let whole = read.written(&(0..read.text.len())).unwrap();
            assert_eq!(written.get(whole).unwrap(), part);
        }
        let read = resolved("p=1%26token%3Dabc").unwrap();
        let at = read.text.find("abc").unwrap();
        let written = read.written(&(at..at + 3)).unwrap();
        assert_eq!("p=1%26token%3Dabc".get(written).unwrap(), "abc");
        for same in ["plain", "100% sure & more", "C:\\dir", "%zz", "%ff"] {
            assert!(resolved(same).is_none(), "{same}");
        }
    }
}
