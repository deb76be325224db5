//! One decoding each: what a text says when its escapes, entities, percents or runs of base64 or
//! hex are read. Lenient, since the writers of echoes are many: upper case, missing semicolons.

use super::entities;

/// Called with each text that was found.
pub(super) type Found<'a> = dyn FnMut(String) + 'a;

/// Escapes of JSON, JavaScript and C.
pub(super) fn escapes(text: &str) -> Option<String> {
    replaced(text, '\\', |after| {
        let mut rest = after.chars();
        let first = rest.next()?;
        let one = |c: char| Some((c.to_string(), first.len_utf8()));
        match first.to_ascii_lowercase() {
            'b' => one('\u{8}'),
            'f' => one('\u{C}'),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'u' => unicode(rest.as_str()).map(|(c, used)| (c, used + 1)),
            'x' => hex_char(after.get(1..3)?).map(|c| (c.to_string(), 3)),
            c if c.is_ascii_punctuation() => one(c),
            _ => None,
        }
    })
}

/// `XXXX`, where two may make one character, or `{X…}`.
fn unicode(after: &str) -> Option<(String, usize)> {
    if let Some(inside) = after.strip_prefix('{') {
        let (digits, _) = inside.split_once('}')?;
        return Some((hex_char(digits)?.to_string(), digits.len() + 2));
    }
    let unit = |digits: Option<&str>| u16::from_str_radix(digits?, 16).ok();
    let first = unit(after.get(..4))?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c.to_string(), 4));
    }
    let behind = after.get(4..)?;
    let behind = behind.strip_prefix("\\u").or(behind.strip_prefix("\\U"))?;
    let both = [first, unit(behind.get(..4))?];
    Some((String::from_utf16(&both).ok()?, 10))
}

fn hex_char(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// Entities of HTML and XML: named, decimal and hex.
pub(super) fn entities(text: &str) -> Option<String> {
    replaced(text, '&', |after| {
        if let Some(number) = after.strip_prefix('#') {
            let hex = number.strip_prefix(['x', 'X']);
            let (digits, radix) = hex.map_or((number, 10), |hex| (hex, 16));
            let end = digits.find(|c: char| !c.is_digit(radix));
            let digits = digits.get(..end.unwrap_or(digits.len()))?;
            let code = u32::from_str_radix(digits, radix).ok()?;
            let used = 1 + usize::from(hex.is_some()) + digits.len();
            // Browsers read it without its end too.
            let closed = after.get(used..).is_some_and(|rest| rest.starts_with(';'));
            return Some((
                char::from_u32(code)?.to_string(),
                used + usize::from(closed),
            ));
        }
        let end = after
            .bytes()
            .take(LONGEST_NAME + 1)
            .position(|b| b == b';')?;
        let name = after.get(..end)?;
        Some((entities::named(name)?, end + 1))
    })
}

/// The longest name that HTML has for a character.
const LONGEST_NAME: usize = 31;

/// Each `mark` with what `read` makes of what follows: a text, and how many bytes it took. `None`
/// when nothing is different then.
fn replaced(
    text: &str,
    mark: char,
    read: impl Fn(&str) -> Option<(String, usize)>,
) -> Option<String> {
    let (before, mut rest) = text.split_once(mark)?;
    let mut out = String::with_capacity(text.len());
    out.push_str(before);
    loop {
        // Here `rest` stands behind a mark.
        match read(rest).and_then(|(said, used)| Some((said, rest.get(used..)?))) {
            Some((said, behind)) => {
                out.push_str(&said);
                rest = behind;
            }
            None => out.push(mark),
        }
        let Some((before, behind)) = rest.split_once(mark) else {
            out.push_str(rest);
            return (out != text).then_some(out);
        };
        out.push_str(before);
        rest = behind;
    }
}

/// Percents, also as JavaScript's `escape` writes them.
pub(super) fn percents(text: &str) -> Option<String> {
    let (before, mut rest) = text.split_once('%')?;
    let mut out = before.as_bytes().to_vec();
    loop {
        let byte = rest
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte.filter(|_| !rest.starts_with('+')) {
            out.push(byte);
            rest = rest.get(2..).unwrap_or_default();
        } else if let Some(c) = rest
            .strip_prefix(['u', 'U'])
            .and_then(|r| hex_char(r.get(..4)?))
        {
            out.extend(c.to_string().bytes());
            rest = rest.get(5..).unwrap_or_default();
        } else {
            out.push(b'%');
        }
        let Some((before, behind)) = rest.split_once('%') else {
            out.extend(rest.bytes());
            let out = String::from_utf8_lossy(&out).into_owned();
            return (out != text).then_some(out);
        };
        out.extend(before.bytes());
        rest = behind;
    }
}

/// A form writes a space as a plus.
pub(super) fn pluses(text: &str) -> Option<String> {
    text.contains('+').then(|| text.replace('+', " "))
}

/// What the runs of base64 in a text hold, of both alphabets, at each of the four places where a
/// group may begin. Lines may be broken. Pieces under `shortest` bytes are left out.
pub(super) fn base64_runs(text: &str, shortest: usize, found: &mut Found<'_>) {
    let mut run = Vec::new();
    let mut flush = |run: &mut Vec<u8>| {
        if run.len() / 4 * 3 + 3 >= shortest {
            for begin in 0..run.len().min(4) {
                let groups = run.get(begin..).unwrap_or_default().chunks(4);
                pieces(
                    &groups.flat_map(from_group).collect::<Vec<u8>>(),
                    shortest,
                    found,
                );
            }
        }
        run.clear();
    };
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' => run.push(byte - b'A'),
            b'a'..=b'z' => run.push(byte - b'a' + 26),
            b'0'..=b'9' => run.push(byte - b'0' + 52),
            b'+' | b'-' => run.push(62),
            b'/' | b'_' => run.push(63),
            b'\r' | b'\n' => {}
            _ => flush(&mut run),
        }
    }
    flush(&mut run);
}

/// The bytes of a group of up to four.
fn from_group(group: &[u8]) -> impl Iterator<Item = u8> + use<> {
    let six = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
    let bits = six(0) << 18 | six(1) << 12 | six(2) << 6 | six(3);
    let [_, bytes @ ..] = bits.to_be_bytes();
    bytes.into_iter().take(group.len().saturating_sub(1))
}

/// What the runs of hex in a text hold, at both places where a byte may begin, with or without
/// something between the bytes.
pub(super) fn hex_runs(text: &str, shortest: usize, found: &mut Found<'_>) {
    let mut run = Vec::new();
    let mut flush = |run: &mut Vec<u8>| {
        if run.len() / 2 >= shortest {
            for begin in 0..2 {
                let pairs = run.get(begin..).unwrap_or_default().chunks_exact(2);
                let bytes = pairs.filter_map(|pair| Some(pair.first()? << 4 | pair.last()?));
                pieces(&bytes.collect::<Vec<u8>>(), shortest, found);
            }
        }
        run.clear();
    };
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let is_prefix = matches!(byte, b'0' | b'\\') && matches!(bytes.peek(), Some(b'x' | b'X'));
        match byte {
            _ if is_prefix => {
                bytes.next();
            }
            b'0'..=b'9' => run.push(byte - b'0'),
            b'a'..=b'f' => run.push(byte - b'a' + 10),
            b'A'..=b'F' => run.push(byte - b'A' + 10),
            b':' | b'-' | b' ' | b',' | b'.' | b'_' | b'\r' | b'\n' | b'\t' => {}
            _ => flush(&mut run),
        }
    }
    flush(&mut run);
}

/// The parts of these bytes that are text. What is looked for is text, so nothing is lost.
fn pieces(bytes: &[u8], shortest: usize, found: &mut Found<'_>) {
    for chunk in bytes.utf8_chunks() {
        if chunk.valid().len() >= shortest {
            found(chunk.valid().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(runs: fn(&str, usize, &mut Found<'_>), text: &str) -> Vec<String> {
        let mut found = Vec::new();
        runs(text, 4, &mut |piece| found.push(piece));
        found
    }

    #[test]
    fn escapes_entities_and_percents_are_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            escapes(r#"a\"\\\/\n\u00F6\ud83d\udc4d\x41\u{f6}\&"#),
            some("a\"\\/\nö👍Aö&")
        );
        assert_eq!(escapes(r"C:\dir \ud83d \"), None);
        assert_eq!(escapes("plain"), None);
        assert_eq!(
            entities("&lt;&#246;&#xF6;&#x26;&amp;amp;&period;&#33 "),
            some("<öö&&amp;.! ")
        );
        assert_eq!(entities("a & b &nosuch; &#x; &"), None);
        assert_eq!(percents("%73k%25%u00f6%C3%B6%"), some("sk%öö%"));
        assert_eq!(percents("100 % of %zz %+1"), None);
        assert_eq!(pluses("a+b"), some("a b"));
    }

    #[test]
    fn runs_are_read_wherever_they_begin() {
        for before in ["", "a", "ab", "abc"] {
            for text in ["c2stbGl2ZQ==", "c2stbGl\n2ZQ"] {
                let found = all(base64_runs, &format!("{before}{text}."));
                assert!(
                    found.iter().any(|piece| piece.contains("sk-live")),
                    "{before} {found:?}"
                );
            }
        }
        for text in [
            "736b2d6c697665",
            "73:6B:2D:6C:69:76:65",
            "x 73-6b-2d-6c-69-76-65",
            "0x73, 0x6b, 0x2d, 0x6c, 0x69, 0x76, 0x65",
            r"\x73\x6b\x2d\x6c\x69\x76\x65",
            "1736b2d6c697665",
        ] {
            let found = all(hex_runs, text);
            assert!(
                found.iter().any(|piece| piece.contains("sk-live")),
                "{text} {found:?}"
            );
        }
        assert_eq!(all(base64_runs, "a few short words"), [""; 0]);
    }
}
