//! The ways in which a text may be written so that it passes through something else.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use icu_normalizer::DecomposingNormalizerBorrowed;
use serde_json::{Value, json};

/// The usual ways to write a text so that it passes through something else.
pub(super) const WRITINGS: usize = 36;

pub(super) fn written(text: &str, way: usize) -> String {
    let per_char = |write: &dyn Fn(char) -> String| text.chars().map(write).collect::<String>();
    let per_byte = |write: &dyn Fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric();
    match way {
        0 => text.to_owned(),
        1 => json_inside(text),
        2 => json_inside(text).replace('/', "\\/"),
        3 => per_char(&|c| {
            let mut units = [0; 2];
            let units = c.encode_utf16(&mut units);
            units
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<Vec<_>>()
                .concat()
        }),
        4 => json_inside(text)
            .replace('&', "\\u0026")
            .replace('<', "\\u003C"),
        5 => per_char(&|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '/' => "&sol;".to_owned(),
            'ö' => "&ouml;".to_owned(),
            '\n' => "&NewLine;".to_owned(),
            c => c.to_string(),
        }),
        6 => per_char(&|c| format!("&#{};", u32::from(c))),
        7 => per_char(&|c| format!("&#x{:X};", u32::from(c))),
        8 => per_byte(&|b| {
            if is_plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        }),
        9 => per_byte(&|b| format!("%{b:02x}")),
        10 => STANDARD.encode(text),
        11 => URL_SAFE_NO_PAD.encode(text),
        12 => per_byte(&|b| format!("{b:02x}")),
        13 => per_byte(&|b| format!("{b:02X}")),
        14 => hex_pairs(text, ":"),
        15 => hex_pairs(text, "-").to_uppercase(),
        16 => hex_pairs(text, " "),
        17 => DecomposingNormalizerBorrowed::new_nfd()
            .normalize(text)
            .into_owned(),
        18 => json!({"in": [text]}).to_string(),
        19 => URL_SAFE.encode(text),
        _ => written_more_rarely(text, way),
    }
}

fn written_more_rarely(text: &str, way: usize) -> String {
    let per_char = |write: &dyn Fn(char) -> String| text.chars().map(write).collect::<String>();
    let per_byte = |write: &dyn Fn(u8) -> String| text.bytes().map(write).collect::<String>();
    // One byte a character where Latin-1 has it.
    let latin = |c: char| {
        let byte = u8::try_from(u32::from(c));
        byte.map_or_else(|_| c.to_string().into_bytes(), |byte| vec![byte])
    };
    let latin_coded = |mark: char, c: char| {
        let bytes = latin(c);
        let is_plain = c.is_ascii_alphanumeric();
        let coded = bytes.iter().map(|byte| format!("{mark}{byte:02X}"));
        if is_plain {
            c.to_string()
        } else {
            coded.collect()
        }
    };
    // Of a longer code it cannot be told where it ends.
    let end = |c: char| if u32::from(c) < 256 { "" } else { ";" };
    let list = |join: &str| {
        let bytes = text.bytes().map(|byte| byte.to_string());
        bytes.collect::<Vec<_>>().join(join)
    };
    match way {
        // Without the end of the entity, where what follows is no digit and no letter of its own.
        20 => per_char(&|c| match c {
            '&' => "&amp".to_owned(),
            '<' => "&lt".to_owned(),
            '"' => "&quot".to_owned(),
            'ö' => "&ouml".to_owned(),
            ';' => "&semi".to_owned(),
            c => c.to_string(),
        }),
        21 => per_char(&|c| format!("&#{}{}", u32::from(c), end(c))),
        22 => per_char(&|c| format!("&#x{:x}{}", u32::from(c), end(c))),
        23 => hex_pairs(text, ";"),
        24 => hex_pairs(text, " | ").to_uppercase(),
        25 => format!("[\"0x{}\"]", hex_pairs(text, "\",\"0x")),
        26 => format!("[{}]", list(",")),
        27 => format!("({})", list(" ")),
        28 => folded(&STANDARD.encode(text), 16, "\r\n "),
        29 => folded(&STANDARD.encode(text), 5, "\t"),
        30 => per_char(&|c| latin_coded('%', c)),
        31 => {
            let all: Vec<String> = text.chars().map(|c| latin_coded('=', c)).collect();
            let lines: Vec<String> = all.chunks(6).map(<[String]>::concat).collect();
            lines.join("=\r\n")
        }
        32 => per_byte(&|b| format!("\\x{b:02x}")),
        33 => per_byte(&|b| format!("\\{b:03o}")),
        34 => {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            STANDARD.encode(units.collect::<Vec<u8>>())
        }
        _ => STANDARD.encode(text.chars().flat_map(latin).collect::<Vec<u8>>()),
    }
}

/// Broken after each so many bytes of ASCII.
fn folded(text: &str, width: usize, between: &str) -> String {
    let lines = text.as_bytes().chunks(width);
    let lines = lines.map(|line| String::from_utf8(line.to_vec()).unwrap());
    lines.collect::<Vec<_>>().join(between)
}

fn hex_pairs(text: &str, between: &str) -> String {
    let pairs = text.bytes().map(|byte| format!("{byte:02x}"));
    pairs.collect::<Vec<_>>().join(between)
}

fn json_inside(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inside = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap().to_owned()
}
