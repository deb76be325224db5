//! What the runs of base64, base32, hex and numbers in a text hold. A run may begin inside a longer
//! one, and may be folded.

use super::canonical::Wanted;
use super::windows_1252::each;

/// Called with each text that was found.
pub(super) type Found<'a> = dyn FnMut(String) + 'a;

/// Of both alphabets, at each of the four places where a group may begin. Lines may be broken and
/// blanks may stand anywhere.
pub(super) fn base64_runs(text: &str, wanted: Wanted, found: &mut Found<'_>) {
    let mut run = Vec::new();
    let mut bytes = Vec::new();
    let mut flush = |run: &mut Vec<u8>| {
        if run.len() / 4 * 3 + 3 >= wanted.shortest {
            for begin in 0..run.len().min(4) {
                bytes.clear();
                let groups = run.get(begin..).unwrap_or_default().chunks(4);
                bytes.extend(groups.flat_map(from_group));
                pieces(&bytes, wanted, found);
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
            b'\r' | b'\n' | b' ' | b'\t' => {}
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

/// Of one word, at each of the eight places where a group may begin.
pub(super) fn base32_runs(text: &str, wanted: Wanted, found: &mut Found<'_>) {
    let mut run = Vec::new();
    let mut flush = |run: &mut Vec<u8>| {
        if run.len() / 8 * 5 + 5 >= wanted.shortest {
            for begin in 0..run.len().min(8) {
                let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
                for five in run.get(begin..).unwrap_or_default() {
                    bits = (bits << 5 | u32::from(*five)) & 0xFFFF;
                    held += 5;
                    if held >= 8 {
                        held -= 8;
                        let [.., byte] = (bits >> held).to_be_bytes();
                        bytes.push(byte);
                    }
                }
                pieces(&bytes, wanted, found);
            }
        }
        run.clear();
    };
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' => run.push(byte - b'A'),
            b'a'..=b'z' => run.push(byte - b'a'),
            b'2'..=b'7' => run.push(byte - b'2' + 26),
            b'\r' | b'\n' => {}
            _ => flush(&mut run),
        }
    }
    flush(&mut run);
}

/// At both places where a byte may begin, with or without signs and blanks between the bytes.
pub(super) fn hex_runs(text: &str, wanted: Wanted, found: &mut Found<'_>) {
    let mut run = Vec::new();
    let mut flush = |run: &mut Vec<u8>| {
        if run.len() / 2 >= wanted.shortest {
            for begin in 0..2 {
                let pairs = run.get(begin..).unwrap_or_default().chunks_exact(2);
                let bytes = pairs.filter_map(|pair| Some(pair.first()? << 4 | pair.last()?));
                pieces(&bytes.collect::<Vec<u8>>(), wanted, found);
            }
        }
        run.clear();
    };
    let mut bytes = text.bytes().peekable();
    let mut before = b' ';
    while let Some(byte) = bytes.next() {
        let next = bytes.peek();
        let is_prefix = match byte {
            // The end of a byte is none: `30x`.
            b'0' => !before.is_ascii_hexdigit() && matches!(next, Some(b'x' | b'X')),
            b'\\' => matches!(next, Some(b'x' | b'X')),
            b'u' | b'U' => next == Some(&b'+'),
            _ => false,
        };
        before = byte;
        match byte {
            _ if is_prefix => {
                bytes.next();
            }
            b'0'..=b'9' => run.push(byte - b'0'),
            b'a'..=b'f' => run.push(byte - b'a' + 10),
            b'A'..=b'F' => run.push(byte - b'A' + 10),
            _ if is_between(byte) => {}
            _ => flush(&mut run),
        }
    }
    flush(&mut run);
}

/// A blank or a sign.
fn is_between(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// Numbers with signs and blanks between them: bytes, also with a minus, or codes of characters.
pub(super) fn number_runs(text: &str, wanted: Wanted, found: &mut Found<'_>) {
    let mut run = Vec::new();
    let mut open: Option<Open> = None;
    let (mut before, mut last) = (b' ', b' ');
    for byte in text.bytes().chain([b' ']) {
        open = match (open, byte) {
            (None, b'0'..=b'9') => Some(Open {
                value: u32::from(byte - b'0'),
                radix: 10,
                is_negative: last == b'-' && is_between(before),
            }),
            (None, _) if is_between(byte) => None,
            (Some(number), b'x' | b'X') if number.value == 0 && last == b'0' => Some(Open {
                radix: 16,
                ..number
            }),
            (Some(number), _) if is_between(byte) => {
                match number.code() {
                    Some(code) => run.push(code),
                    None => codes(&mut run, wanted, found),
                }
                None
            }
            (Some(number), _) => {
                let more = number.and(byte);
                if more.is_none() {
                    run.extend(number.code());
                }
                more
            }
            (None, _) => None,
        };
        if open.is_none() && !is_between(byte) {
            codes(&mut run, wanted, found);
        }
        (before, last) = (last, byte);
    }
    codes(&mut run, wanted, found);
}

/// A number that is being read.
#[derive(Clone, Copy)]
struct Open {
    value: u32,
    radix: u32,
    is_negative: bool,
}

impl Open {
    fn and(self, byte: u8) -> Option<Self> {
        let digit = char::from(byte).to_digit(self.radix)?;
        let value = self.value.checked_mul(self.radix)?.checked_add(digit)?;
        Some(Self { value, ..self })
    }

    fn code(self) -> Option<char> {
        if self.is_negative && (1..=128).contains(&self.value) {
            return char::from_u32(256 - self.value);
        }
        char::from_u32(self.value)
    }
}

/// What these codes say, also when each has its number before it.
fn codes(run: &mut Vec<char>, wanted: Wanted, found: &mut Found<'_>) {
    let mut say = |said: String| {
        if said.len() >= wanted.shortest {
            found(said);
        }
    };
    if run.len() * 4 >= wanted.shortest {
        let mut numbered = run.chunks_exact(2).zip(0_u32..);
        if numbered.all(|(pair, at)| pair.first().copied().map(u32::from) == Some(at)) {
            say(run.chunks_exact(2).filter_map(<[char]>::last).collect());
        }
        say(run.iter().collect());
    }
    run.clear();
}

/// The parts of these bytes that are text. What is looked for is text, so nothing is lost.
fn pieces(bytes: &[u8], wanted: Wanted, found: &mut Found<'_>) {
    let mut is_utf8 = true;
    for chunk in bytes.utf8_chunks() {
        is_utf8 &= chunk.invalid().is_empty();
        if chunk.valid().len() >= wanted.shortest {
            found(chunk.valid().to_owned());
        }
    }
    // A secret of ASCII alone is the same in each of the other codes, but for empty bytes.
    if is_utf8 || !wanted.beyond_ascii {
        return;
    }
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    for part in bytes.split(is_control) {
        if part.len() * 2 >= wanted.shortest && std::str::from_utf8(part).is_err() {
            found(each(part));
        }
    }
    let parts = bytes.split(|byte| *byte == 0).count();
    if (parts - 1) * 4 < wanted.shortest {
        return;
    }
    for begin in 0..2 {
        let pairs = bytes.get(begin..).unwrap_or_default().chunks_exact(2);
        let units = pairs.filter_map(|pair| Some([*pair.first()?, *pair.last()?]));
        let big = units.clone().map(u16::from_be_bytes);
        let little: Vec<u16> = units.map(u16::from_le_bytes).collect();
        found(String::from_utf16_lossy(&big.collect::<Vec<_>>()));
        found(String::from_utf16_lossy(&little));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::canonical::Signs;

    const FOUR: Wanted = Wanted {
        shortest: 4,
        beyond_ascii: true,
        literal: Signs::ALL,
    };

    fn all(runs: fn(&str, Wanted, &mut Found<'_>), text: &str) -> Vec<String> {
        let mut found = Vec::new();
        runs(text, FOUR, &mut |piece| found.push(piece));
        found
    }

    fn assert_finds(runs: fn(&str, Wanted, &mut Found<'_>), text: &str, said: &str) {
        let found = all(runs, text);
        assert!(
            found.iter().any(|piece| piece.contains(said)),
            "{text} {found:?}"
        );
    }

    #[test]
    fn runs_are_read_wherever_they_begin_and_however_they_are_folded() {
        for before in ["", "a", "ab", "abc"] {
            for text in [
                "c2stbGl2ZQ==",
                "c2stbGl\n2ZQ",
                "c2st bGl2 ZQ==",
                "c2stbG\t\r\n l2ZQ",
            ] {
                assert_finds(base64_runs, &format!("{before}{text}."), "sk-live");
            }
            assert_finds(base32_runs, &format!("{before}ONVS23DJOZSQ===="), "sk-live");
        }
        assert_finds(base32_runs, "onvs23djozsq", "sk-live");
        for text in [
            "736b2d6c697665",
            "73:6B:2D:6C:69:76:65",
            "x 73-6b-2d-6c-69-76-65",
            "73;6b;2d;6c;69;76;65",
            "73 | 6b | 2d | 6c | 69 | 76 | 65",
            "0x73, 0x6b, 0x2d, 0x6c, 0x69, 0x76, 0x65",
            r#"["0x73","0x6b","0x2d","0x6c","0x69","0x76","0x65"]"#,
            r"\x73\x6b\x2d\x6c\x69\x76\x65",
            "<73 6b2d6c69> <7665>",
            "1736b2d6c697665",
        ] {
            assert_finds(hex_runs, text, "sk-live");
        }
        assert_finds(hex_runs, "U+0073 U+006B U+002D", "s\0k\0-");
    }

    #[test]
    fn numbers_are_read_as_bytes_and_as_codes() {
        for text in [
            "[115,107,45,108,105,118,101]",
            "115 107 45 108 105 118 101",
            "x=115;107;45;108;105;118;101",
            "0x73, 0x6B, 0x2D, 0x6c, 0x69, 0x76, 0x65",
            r#"{"0":115,"1":107,"2":45,"3":108,"4":105,"5":118,"6":101}"#,
            "{[115], [107], [45], [108], [105], [118], [101]}",
        ] {
            assert_finds(number_runs, text, "sk-live");
        }
        assert_finds(number_runs, "[246, 8364, 128077, 10]", "ö€👍\n");
        assert_finds(number_runs, "[97, -61, -74, 97]", "aÃ¶a");
        assert_finds(number_runs, "97-98-99-100", "abcd");
        for none in [
            "a1 b2 c3 d4 e5",
            "99999999 1114112 7 7 7",
            "12 13 14th 4",
            "",
        ] {
            assert_eq!(all(number_runs, none), [""; 0], "{none}");
        }
    }

    #[test]
    fn bytes_are_read_in_each_of_the_usual_codes() {
        for (hex, said) in [
            ("73f66b2d", "sök-"),
            ("73806b2d", "s€k-"),
            ("7300f6006b002d00", "sök-"),
            ("007300f6006b002d", "sök-"),
            ("0001007300f6006b002d", "sök-"),
        ] {
            assert_finds(hex_runs, hex, said);
        }
    }
}
