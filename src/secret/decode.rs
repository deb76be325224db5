//! One decoding each: what a text says when its escapes, entities or percents are read. Lenient,
//! since the writers of echoes are many: upper case, missing semicolons, one byte a character.

use super::entities;
use super::windows_1252::text_of;

/// Escapes of JSON, JavaScript, C, Python and Perl.
pub(super) fn escapes(text: &str) -> Option<String> {
    replaced(text, '\\', |after| {
        let mut rest = after.chars();
        let first = rest.next()?;
        let one = |c: char| Some((c.to_string(), first.len_utf8()));
        match first.to_ascii_lowercase() {
            '0'..='7' => octal(after),
            'b' => one('\u{8}'),
            'f' => one('\u{C}'),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'v' => one('\u{B}'),
            'u' => unicode(first, rest.as_str()).map(|(c, used)| (c, used + 1)),
            'x' => braced(rest.as_str())
                .map(|(c, used)| (c, used + 1))
                .or_else(|| hex_char(after.get(1..3)?).map(|c| (c.to_string(), 3))),
            // A line that goes on.
            '\n' => Some((String::new(), 1)),
            c if c.is_ascii_punctuation() => one(c),
            _ => None,
        }
    })
}

/// Up to three digits, for one byte.
fn octal(digits: &str) -> Option<(String, usize)> {
    let digits = digits.get(..3).unwrap_or(digits);
    let end = digits.find(|c: char| !c.is_digit(8));
    let digits = digits.get(..end.unwrap_or(digits.len()))?;
    let byte = u8::from_str_radix(digits, 8).ok()?;
    Some((char::from(byte).to_string(), digits.len()))
}

/// `XXXX`, where two may make one character, `{X…}`, or eight digits after a capital.
fn unicode(mark: char, after: &str) -> Option<(String, usize)> {
    if let Some(found) = braced(after) {
        return Some(found);
    }
    // In a text in capitals four digits stand there too.
    let long = after.get(..8).filter(|_| mark == 'U');
    let long = long.filter(|digits| digits.starts_with("000") || digits.starts_with("0010"));
    if let Some(c) = long.and_then(hex_char) {
        return Some((c.to_string(), 8));
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

fn braced(after: &str) -> Option<(String, usize)> {
    let (digits, _) = after.strip_prefix('{')?.split_once('}')?;
    Some((hex_char(digits)?.to_string(), digits.len() + 2))
}

fn hex_char(digits: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// Escapes of style sheets: up to six digits and a blank.
pub(super) fn style_escapes(text: &str) -> Option<String> {
    replaced(text, '\\', |after| {
        let digits = after
            .bytes()
            .take(6)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let c = hex_char(after.get(..digits)?)?;
        let blank = after.get(digits..)?.starts_with([' ', '\n', '\t']);
        Some((c.to_string(), digits + usize::from(blank)))
    })
}

/// How much of an entity without its semicolon is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// As much as makes one, as browsers have it.
    Late,
    /// As little: the text goes on in digits or letters.
    Early,
}

/// Entities of HTML and XML: named, decimal and hex.
pub(super) fn entities(text: &str, ends: Ends) -> Option<String> {
    replaced(text, '&', |after| match after.strip_prefix('#') {
        Some(number) => numbered(number, ends).map(|(c, used)| (c, used + 1)),
        None => named(after, ends),
    })
}

fn numbered(number: &str, ends: Ends) -> Option<(String, usize)> {
    let hex = number.strip_prefix(['x', 'X']);
    let (after, radix) = hex.map_or((number, 10), |hex| (hex, 16));
    let end = after.find(|c: char| !c.is_digit(radix));
    let all = after.get(..end.unwrap_or(after.len()))?;
    let is_closed = after.get(all.len()..)?.starts_with(';');
    let digits = match ends {
        Ends::Early if !is_closed => fewest(all, radix),
        Ends::Early | Ends::Late => all,
    };
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    let used = usize::from(hex.is_some()) + digits.len() + usize::from(is_closed);
    Some((c.to_string(), used))
}

/// The digits of a character that is printed in one byte: two in hex, and two or three else.
fn fewest(digits: &str, radix: u32) -> &str {
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    let two = digits.get(..zeros + 2).unwrap_or(digits);
    let is_control = radix == 10 && two.parse().is_ok_and(|code: u32| code < 32);
    if is_control {
        digits.get(..zeros + 3).unwrap_or(digits)
    } else {
        two
    }
}

fn named(after: &str, ends: Ends) -> Option<(String, usize)> {
    let letters = after.bytes().take(entities::LONGEST_NAME);
    let end = letters.take_while(u8::is_ascii_alphanumeric).count();
    if after.get(end..)?.starts_with(';')
        && let Some(said) = entities::named(after.get(..end)?)
    {
        return Some((said, end + 1));
    }
    let beginning = |length: usize| {
        let c = entities::without_end(after.get(..length)?)?;
        Some((c.to_string(), length))
    };
    let mut lengths = 2..=end.min(entities::LONGEST_WITHOUT_END);
    match ends {
        Ends::Late => lengths.rev().find_map(beginning),
        Ends::Early => lengths.find_map(beginning),
    }
}

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
    in_bytes(text, '%', |rest| {
        let c = |digits: &str| Some((hex_char(digits.get(..4)?)?.to_string().into_bytes(), 5));
        byte(rest).or_else(|| c(rest.strip_prefix(['u', 'U'])?))
    })
}

/// Quoted-printable, with its soft ends of lines.
pub(super) fn quoted_printable(text: &str) -> Option<String> {
    in_bytes(text, '=', |rest| {
        let line = rest.trim_start_matches([' ', '\t']);
        let line = line.strip_prefix('\r').unwrap_or(line);
        if let Some(next) = line.strip_prefix('\n') {
            return Some((Vec::new(), rest.len() - next.len()));
        }
        byte(rest)
    })
}

fn byte(rest: &str) -> Option<(Vec<u8>, usize)> {
    let digits = rest.get(..2).filter(|_| !rest.starts_with('+'))?;
    Some((vec![u8::from_str_radix(digits, 16).ok()?], 2))
}

/// As [`replaced`], of codes that stand for bytes.
fn in_bytes(
    text: &str,
    mark: char,
    read: impl Fn(&str) -> Option<(Vec<u8>, usize)>,
) -> Option<String> {
    let (before, mut rest) = text.split_once(mark)?;
    let mut out = before.as_bytes().to_vec();
    loop {
        match read(rest).and_then(|(said, used)| Some((said, rest.get(used..)?))) {
            Some((said, behind)) => {
                out.extend(said);
                rest = behind;
            }
            None => out.extend(mark.to_string().bytes()),
        }
        let Some((before, behind)) = rest.split_once(mark) else {
            out.extend(rest.bytes());
            let out = text_of(&out);
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

/// Two or four bytes a character, most of them empty.
pub(super) fn wide(text: &str) -> Option<String> {
    text.contains('\0').then(|| text.replace('\0', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        assert_eq!(
            escapes(r#"a\"\\\/\n\u00F6\ud83d\udc4d\x41\u{f6}\&"#).as_deref(),
            Some("a\"\\/\nö👍Aö&")
        );
        assert_eq!(escapes(r"\163\153\0559\0").as_deref(), Some("sk-9\0"));
        assert_eq!(
            escapes(r"\x{73}\U0000006B\U00F6\888").as_deref(),
            Some("skö\\888")
        );
        assert_eq!(escapes("a\\\nb").as_deref(), Some("ab"));
        assert_eq!(escapes(r"C:\dir \ud83d \"), None);
        assert_eq!(escapes("plain"), None);
        assert_eq!(
            style_escapes(r"\73 \00006B-\g\").as_deref(),
            Some(r"sk-\g\")
        );
    }

    #[test]
    fn entities_are_read_with_and_without_their_ends() {
        let late = |text: &str| entities(text, Ends::Late);
        let early = |text: &str| entities(text, Ends::Early);
        assert_eq!(
            late("&lt;&#246;&#xF6;&#x26;&amp;amp;&period;&#33 ").as_deref(),
            Some("<öö&&amp;.! ")
        );
        for none in ["a & b &nosuch; &#x; &", "a?x=1&y=2", ""] {
            assert_eq!(late(none), None, "{none}");
            assert_eq!(early(none), None, "{none}");
        }
        for (text, wanted) in [
            ("a&quot9", "a\"9"),
            ("a&quotb;", "a\"b;"),
            ("a&#34b", "a\"b"),
            ("a&#x22z", "a\"z"),
            ("&ltquest", "<quest"),
            ("&QUOTX&quot", "\"X\""),
        ] {
            assert_eq!(late(text).as_deref(), Some(wanted), "{text}");
            assert_eq!(early(text).as_deref(), Some(wanted), "{text}");
        }
        for (text, wanted) in [
            ("&#347", "\"7"),
            ("&#x22f", "\"f"),
            ("&#00347&#1159", "\"7s9"),
            ("&plusmn", "+mn"),
            ("&#2467", "ö7"),
            ("&#x2FA&#8364;", "/A€"),
        ] {
            assert_eq!(early(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn percents_and_their_like_are_read() {
        assert_eq!(
            percents("%73k%25%u00f6%C3%B6%F6%").as_deref(),
            Some("sk%ööö%")
        );
        assert_eq!(percents("100 % of %zz %+1"), None);
        assert_eq!(
            quoted_printable("=73k=3D=C3=B6=F6-a=\r\nb=  \nc= d").as_deref(),
            Some("sk=öö-abc= d")
        );
        assert_eq!(quoted_printable("a=x b=="), None);
        assert_eq!(pluses("a+b").as_deref(), Some("a b"));
        assert_eq!(wide("s\0k\0\0\0").as_deref(), Some("sk"));
    }
}
