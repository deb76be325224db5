//! Values from patterns. `<h32>` is a run of 32 characters of alphabet `h` that must stay secret,
//! `<d10?>` a random run that is public (an id within a key); everything else stands as it is.

use crate::blueprint_reader::random::{DIGITS, LOWER, Random, UPPER};

/// A text with what of it must never be seen.
#[derive(Clone)]
pub(super) struct Secret {
    pub(super) text: String,
    pub(super) parts: Vec<String>,
}

impl Secret {
    /// A text that is secret as a whole.
    pub(super) fn whole(text: String) -> Self {
        let parts = vec![text.clone()];
        Self { text, parts }
    }

    /// The same secret within a longer text: `around` holds `{}` in its place.
    pub(super) fn within(&self, around: &str) -> Self {
        Self {
            text: around.replace("{}", &self.text),
            parts: self.parts.clone(),
        }
    }
}

/// A random value of a pattern.
pub(super) fn expand(random: &mut Random, pattern: &str) -> Secret {
    let (mut text, mut parts) = (String::new(), Vec::new());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('<') {
        let (run, after) = after.split_once('>').unwrap();
        text.push_str(before);
        let value = value(random, run.trim_end_matches('?'));
        text.push_str(&value);
        if !run.ends_with('?') {
            parts.push(value);
        }
        rest = after;
    }
    text.push_str(rest);
    Secret { text, parts }
}

/// A random value of a pattern in which nothing is secret.
pub(super) fn fill(random: &mut Random, pattern: &str) -> String {
    expand(random, pattern).text
}

fn value(random: &mut Random, run: &str) -> String {
    if run == "uuid" {
        return uuid(random);
    }
    let (alphabet, length) = run.split_at(1);
    random.text(&characters(alphabet), length.parse().unwrap())
}

fn characters(alphabet: &str) -> String {
    match alphabet {
        "d" => DIGITS.to_owned(),
        "h" => format!("{DIGITS}abcdef"),
        "H" => format!("{DIGITS}ABCDEF"),
        "a" => LOWER.to_owned(),
        "A" => UPPER.to_owned(),
        "m" => format!("{LOWER}{UPPER}"),
        "l" => format!("{LOWER}{DIGITS}"),
        "u" => format!("{UPPER}{DIGITS}"),
        "n" => format!("{LOWER}{UPPER}{DIGITS}"),
        "w" => format!("{LOWER}{UPPER}{DIGITS}-_"),
        "b" => format!("{LOWER}{UPPER}{DIGITS}+/"),
        "t" => format!("{UPPER}234567"),
        // Bech32 in upper case, as age writes its keys.
        "z" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".to_owned(),
        _ => panic!("no alphabet {alphabet}"),
    }
}

/// A random uuid of version 4.
pub(super) fn uuid(random: &mut Random) -> String {
    let mut hex = |length| random.text("0123456789abcdef", length);
    let (first, second, third) = (hex(8), hex(4), hex(3));
    let (fourth, fifth) = (hex(3), hex(12));
    let variant = random.pick(&["8", "9", "a", "b"]);
    format!("{first}-{second}-4{third}-{variant}{fourth}-{fifth}")
}

/// As a URL's query carries a text.
pub(super) fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
