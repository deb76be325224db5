//! What is hidden in every byte that leaves or is kept: secrets that Make echoes in any encoding,
//! and messages that stay messages whatever a secret is.

mod echoes;
mod layers;
mod structure;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// A secret with every sign that encodings write in a way of their own.
const SECRET: &str = "sk-\"q/9&f<ö7\nx2-é8>end?9";

/// As it stands within the quotes of JSON.
fn json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inside = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.unwrap().to_owned()
}

/// The usual writings of a text, each by its name.
fn writings(text: &str) -> Vec<(&'static str, String)> {
    let per_char = |write: &dyn Fn(char) -> String| text.chars().map(write).collect::<String>();
    let bytes = |join: &str, upper: bool| {
        let digits = text.bytes().map(|byte| format!("{byte:02x}"));
        let digits = digits.collect::<Vec<_>>().join(join);
        if upper { digits.to_uppercase() } else { digits }
    };
    let percent = |text: &str| {
        let byte = |byte: u8| match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let named = |c: char| match c {
        '"' => "&quot;".to_owned(),
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        'ö' => "&ouml;".to_owned(),
        'é' => "&eacute;".to_owned(),
        c => c.to_string(),
    };
    let unicode = |c: char| match c {
        'a'..='z' | '0'..='9' | '-' => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    let decomposed = |c: char| match c {
        'ö' => "o\u{308}".to_owned(),
        'é' => "e\u{301}".to_owned(),
        c => c.to_string(),
    };
    vec![
        ("as it is", text.to_owned()),
        ("in JSON", json(text)),
        ("in JSON in JSON", json(&json(text))),
        ("in JSON three times", json(&json(&json(text)))),
        ("with escaped slashes", json(text).replace('/', "\\/")),
        ("with escaped letters", per_char(&unicode)),
        (
            "with \\u0026",
            json(text).replace('&', "\\u0026").replace('<', "\\u003c"),
        ),
        ("with named entities", per_char(&named)),
        (
            "with decimal entities",
            per_char(&|c| format!("&#{};", u32::from(c))),
        ),
        (
            "with hex entities",
            per_char(&|c| format!("&#x{:X};", u32::from(c))),
        ),
        ("in percent", percent(text)),
        ("in percent twice", percent(&percent(text))),
        ("in base64", STANDARD.encode(text)),
        ("in base64 twice", STANDARD.encode(STANDARD.encode(text))),
        ("in base64url", URL_SAFE_NO_PAD.encode(text)),
        ("in hex", bytes("", false)),
        ("in hex with colons", bytes(":", false)),
        ("in hex capitals", bytes(" ", true)),
        ("in the other case", text.to_uppercase()),
        ("decomposed", per_char(&decomposed)),
    ]
}
