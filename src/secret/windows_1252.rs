//! Text in one byte a character: Windows-1252, which has Latin-1 in it. Writers that are not made for
//! UTF-8 send it, and readers take UTF-8 for it.

/// The characters of the bytes from 0x80 to 0x9F; those without one stand for themselves.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// These bytes as text: UTF-8 where they are that, else one character a byte.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| character(*byte)));
    }
    text
}

/// These bytes as text, one character a byte.
pub(super) fn each(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| character(*byte)).collect()
}

fn character(byte: u8) -> char {
    let high = byte.checked_sub(0x80).map(usize::from);
    let high = high.and_then(|at| HIGH.get(at));
    high.copied().unwrap_or_else(|| char::from(byte))
}

/// What a text says whose bytes were taken for one character each: `Ã¶` is `ö`. `None` when it says
/// nothing else.
pub(super) fn misread(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        if let Some(byte) = byte(c) {
            bytes.push(byte);
        } else {
            let mut room = [0; 4];
            bytes.extend_from_slice(c.encode_utf8(&mut room).as_bytes());
        }
    }
    let said = text_of(&bytes);
    (said != text).then_some(said)
}

fn byte(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    let at = HIGH.iter().position(|high| *high == c)?;
    u8::try_from(at + 0x80).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_a_character_where_it_is_no_utf_8() {
        assert_eq!(text_of(b"a\xF6\x80\xC3\xB6z"), "aö€öz");
        assert_eq!(each(b"\xC3\xB6\x93"), "Ã¶“");
        assert_eq!(misread("Ã¶ â‚¬ Ã\u{96}").as_deref(), Some("ö € Ö"));
        assert_eq!(misread("\u{80}").as_deref(), Some("€"));
        for text in ["schön", "plain", "“한국”", ""] {
            assert_eq!(misread(text), None, "{text}");
        }
    }
}
