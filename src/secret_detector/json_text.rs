//! JSON inside a text field, read leniently where it stands: mappings may stand in it, and nothing
//! of it is rewritten but what is masked.

use std::borrow::Cow;
use std::ops::Range;

use super::structure::{self, Fields};

/// How deep lists and objects may lie in each other.
const DEEPEST: usize = 64;

/// A text in it.
pub(super) struct Leaf<'a> {
    /// What says what it is.
    pub(super) name: &'a str,
    /// Whether its type says that it is a secret.
    pub(super) is_typed: bool,
    /// The field around it that is called a secret.
    pub(super) within: &'a str,
    /// Whether the id of an access key stands beside it.
    pub(super) is_beside_id: bool,
    /// Where its content stands, as it is written there.
    pub(super) range: Range<usize>,
    /// Whether it is written without quotes, as numbers are.
    pub(super) is_bare: bool,
}

/// Reads a text that is JSON; `None` when it is none, though leaves of it may have been told.
pub(super) fn read(text: &str, name: &str, tell: &mut dyn FnMut(Leaf<'_>)) -> Option<()> {
    let begins = text.trim_start().as_bytes().first().copied();
    let ends = text.trim_end().as_bytes().last().copied();
    if !matches!(
        (begins, ends),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))
    ) || text.trim_start().starts_with("{{")
    {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        is_open: false,
        tell,
    };
    reader.blanks();
    reader.value(name, DEEPEST)?;
    reader.blanks();
    (reader.at == text.len()).then_some(())
}

/// What a value was.
enum Read {
    Text(Range<usize>),
    Bare(Range<usize>),
    Nested,
}

struct Reader<'t, 'f> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Whether a mapping that was begun has no end, so that none is looked for again.
    is_open: bool,
    tell: &'f mut dyn FnMut(Leaf<'_>),
}

impl Reader<'_, '_> {
    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn takes(&mut self, wanted: u8) -> bool {
        let is = self.byte() == Some(wanted);
        self.at += usize::from(is);
        is
    }

    fn value(&mut self, name: &str, depth: usize) -> Option<Read> {
        match self.byte()? {
            b'{' if !self.begins_mapping() => self.object(name, depth.checked_sub(1)?),
            b'[' => self.list(name, depth.checked_sub(1)?),
            b'"' => self.string().map(Read::Text),
            _ => self.bare().map(Read::Bare),
        }
    }

    fn begins_mapping(&self) -> bool {
        self.bytes.get(self.at..self.at + 2) == Some(b"{{")
    }

    fn skip_mapping(&mut self) -> Option<()> {
        if self.is_open {
            return None;
        }
        let close = self.text.get(self.at..)?.find("}}");
        self.is_open = close.is_none();
        self.at += close? + 2;
        Some(())
    }

    /// The content of a string. A mapping in it may hold quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        self.at += 1;
        let from = self.at;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => self.at += 2,
                b'{' if self.begins_mapping() => {
                    let here = self.at;
                    if self.skip_mapping().is_none() {
                        self.at = here + 2;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(from..self.at - 1)
    }

    /// A number, a word, or a mapping.
    fn bare(&mut self) -> Option<Range<usize>> {
        let from = self.at;
        loop {
            match self.byte() {
                Some(b'{') if self.begins_mapping() => self.skip_mapping()?,
                None | Some(b',' | b']' | b'}') => break,
                Some(b'{' | b'[' | b'"' | b':' | b'\n') => return None,
                Some(_) => self.at += 1,
            }
        }
        let part = self.text.get(from..self.at)?;
        let to = from + part.trim_end().len();
        (to > from && to - from <= 4096).then_some(from..to)
    }

    fn list(&mut self, name: &str, depth: usize) -> Option<Read> {
        self.at += 1;
        let mut first = None;
        let mut count = 0_usize;
        self.blanks();
        if self.takes(b']') {
            return Some(Read::Nested);
        }
        loop {
            self.blanks();
            let read = self.value(name, depth)?;
            count += 1;
            self.blanks();
            let more = self.takes(b',');
            if !more && !self.takes(b']') {
                return None;
            }
            if let Read::Text(range) | Read::Bare(range) = &read {
                // `["Authorization", "Token …"]`
                let pair = (count == 2 && !more).then_some(first.clone()).flatten();
                let label = pair.and_then(|first: Range<usize>| self.text.get(first));
                let label = label
                    .filter(|label| structure::is_telling(label))
                    .unwrap_or(name);
                (self.tell)(Leaf {
                    name: label,
                    is_typed: false,
                    within: "",
                    is_beside_id: false,
                    range: range.clone(),
                    is_bare: matches!(read, Read::Bare(_)),
                });
            }
            if count == 1
                && let Read::Text(range) = read
            {
                first = Some(range);
            }
            if !more {
                return Some(Read::Nested);
            }
        }
    }

    fn object(&mut self, name: &str, depth: usize) -> Option<Read> {
        self.at += 1;
        let mut fields: Vec<(Range<usize>, Range<usize>, bool)> = Vec::new();
        self.blanks();
        while !self.takes(b'}') {
            self.blanks();
            (self.byte() == Some(b'"')).then_some(())?;
            let key = self.string()?;
            self.blanks();
            self.takes(b':').then_some(())?;
            self.blanks();
            let key_text = self.text.get(key.clone())?;
            let inner = structure::inherits(key_text, name);
            match self.value(inner, depth)? {
                Read::Text(range) => fields.push((key, range, false)),
                Read::Bare(range) => fields.push((key, range, true)),
                Read::Nested => {}
            }
            self.blanks();
            if !self.takes(b',') && self.byte() != Some(b'}') {
                return None;
            }
            self.blanks();
        }
        let text = self.text;
        let of = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let siblings = Fields::of(
            fields
                .iter()
                .filter(|field| !field.2)
                .map(|(key, value, _)| (of(key), of(value))),
        );
        for (key, range, is_bare) in &fields {
            (self.tell)(Leaf {
                name: siblings.name(of(key), name),
                is_typed: siblings.is_typed(of(key)),
                within: structure::container(name),
                is_beside_id: siblings.has_id,
                range: range.clone(),
                is_bare: *is_bare,
            });
        }
        Some(Read::Nested)
    }
}

/// The text that a string of JSON stands for, with the place of each byte of it; `None` where it is
/// written as it is.
pub(super) fn unescaped(raw: &str) -> Option<(String, Vec<usize>)> {
    if !raw.contains('\\') {
        return None;
    }
    let mut text = String::with_capacity(raw.len());
    let mut places = Vec::with_capacity(raw.len());
    let mut letters = raw.char_indices();
    while let Some((at, c)) = letters.next() {
        let meant = if c == '\\' {
            match letters.next().map(|(_, c)| c) {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('u') => {
                    let digits = raw.get(at + 2..at + 6);
                    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                    if code.is_some() {
                        letters.nth(3);
                    }
                    code.and_then(char::from_u32).unwrap_or('\u{fffd}')
                }
                Some(other) => other,
                None => '\\',
            }
        } else {
            c
        };
        text.push(meant);
        places.resize(text.len(), at);
    }
    places.push(raw.len());
    Some((text, places))
}

/// A text as it is meant, and its ranges as they are written.
pub(super) fn meant(raw: &str) -> (Cow<'_, str>, impl Fn(Range<usize>) -> Option<Range<usize>>) {
    let (text, places) = match unescaped(raw) {
        Some((text, places)) => (Cow::Owned(text), Some(places)),
        None => (Cow::Borrowed(raw), None),
    };
    let written = move |range: Range<usize>| match &places {
        None => Some(range),
        Some(places) => Some(*places.get(range.start)?..*places.get(range.end)?),
    };
    (text, written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        let mut tell = |leaf: Leaf<'_>| {
            found.push((
                leaf.name.to_owned(),
                text.get(leaf.range).unwrap().to_owned(),
            ));
        };
        read(text, "top", &mut tell)?;
        Some(found)
    }

    fn pairs(found: &[(&str, &str)]) -> Vec<(String, String)> {
        found
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn json_with_mappings_is_read_where_it_stands() {
        let text = r#" {"a": {{1.x}}, "token": "abc", "b": ["x\"y", {"value": 12, "name": "pin"}], "c": "{{if(1.a; "q"; "r")}}"} "#;
        assert_eq!(
            leaves(text).unwrap(),
            pairs(&[
                ("b", "x\\\"y"),
                ("pin", "12"),
                ("name", "pin"),
                ("a", "{{1.x}}"),
                ("token", "abc"),
                ("c", r#"{{if(1.a; "q"; "r")}}"#)
            ])
        );
        assert_eq!(
            leaves(r#"[["Authorization", "Token x"]]"#).unwrap(),
            pairs(&[("top", "Authorization"), ("Authorization", "Token x")])
        );
        for none in [
            "",
            "{",
            "{{1.x}}",
            "{a:1}",
            r#"{"a":1"#,
            r#"{"a":1} x}"#,
            &"[".repeat(100),
            "{\"a\\",
        ] {
            assert!(leaves(none).is_none(), "{none}");
        }
    }

    #[test]
    fn an_escaped_text_knows_where_it_is_written() {
        let raw = r#"a\"b\u00e9\nc"#;
        let (text, written) = meant(raw);
        assert_eq!(text, "a\"b\u{e9}\nc");
        let at = text.find('\u{e9}').unwrap();
        assert_eq!(raw.get(written(at..at + 2).unwrap()).unwrap(), r"\u00e9");
        assert_eq!(raw.get(written(0..text.len()).unwrap()).unwrap(), raw);
    }
}
