//! The shapes in which a secret may turn up in text: as it is, escaped for JSON once or twice,
//! percent-encoded in each of the usual ways, hex and base64 at each of the three offsets.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// Shorter pieces than this would match ordinary text.
const SHORTEST: usize = 8;

/// A line of a longer secret that is worth looking for by itself.
const SHORTEST_LINE: usize = 16;

/// What percent-encoding leaves alone beside letters and digits: in RFC 3986, in paths, in
/// JavaScript's `encodeURIComponent` and `encodeURI`, in forms; and nothing.
const LEFT_ALONE: [&[u8]; 6] = [
    b"-_.~",
    b"-_.~/",
    b"-_.~!*'()",
    b"-_.~!*'();,/?:@&=+$#",
    b"-_.*",
    b"",
];

/// All texts to look for when `value` must not be seen. Empty for values under 8 bytes. Who
/// echoes a secret may trim it, and may write the lines of a key with other ends or one by one.
pub(super) fn shapes(value: &str) -> Vec<String> {
    let mut all: Vec<String> = plain(value)
        .iter()
        .flat_map(|text| encodings(text))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The value and its parts that must not be seen either, without any encoding.
pub(super) fn plain(value: &str) -> Vec<String> {
    let trimmed = value.trim();
    let mut all = vec![value.to_owned(), trimmed.to_owned()];
    if trimmed.lines().nth(1).is_some() {
        let lines = trimmed.lines().map(str::trim);
        let telling =
            lines.filter(|line| line.len() >= SHORTEST_LINE && !line.starts_with("-----"));
        all.extend(telling.map(str::to_owned));
    }
    all.extend(without_dashes(value));
    all.retain(|text| text.len() >= SHORTEST);
    all.dedup();
    all
}

fn encodings(value: &str) -> Vec<String> {
    let escaped = json_escaped(value);
    let mut all = vec![
        value.to_owned(),
        json_escaped(&escaped),
        escaped,
        hex(value.as_bytes()),
    ];
    for left_alone in LEFT_ALONE {
        let text = percent_encoded(value, left_alone);
        // Forms write a space as a plus; a plus itself is encoded there.
        all.push(text.replace("%20", "+"));
        all.push(text);
    }
    for offset in 0..3 {
        all.extend(base64_inside(value.as_bytes(), offset));
    }
    // By itself it has an end as well, which inside of others may be any.
    for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
        all.push(engine.encode(value));
    }
    all.retain(|text| text.len() >= SHORTEST);
    all
}

fn json_escaped(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted
        .strip_prefix('"')
        .and_then(|s| s.strip_suffix('"'))
        .unwrap_or(&quoted)
        .to_owned()
}

fn percent_encoded(value: &str, left_alone: &[u8]) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || left_alone.contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&hex(&[byte]).to_ascii_uppercase());
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// A UUID without its dashes; `None` for values where dashes are part of the text.
fn without_dashes(value: &str) -> Option<String> {
    super::is_uuid(value).then(|| value.replace('-', ""))
}

/// The base64 text that is the same whatever stands before and behind the value, when the value
/// begins `offset` bytes into a group of three.
fn base64_inside(value: &[u8], offset: usize) -> Vec<String> {
    let mut padded = vec![0_u8; offset];
    padded.extend_from_slice(value);
    // A group is sure only when all its three bytes are the value's.
    let from = if offset == 0 { 0 } else { 4 };
    let to = padded.len() / 3 * 4;
    [
        STANDARD_NO_PAD.encode(&padded),
        URL_SAFE_NO_PAD.encode(&padded),
    ]
    .iter()
    .filter_map(|text| text.get(from..to).map(str::to_owned))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_found_at_every_offset() {
        let value = "2544847b-1111-4222-8333-c0ffeec0ffee";
        let all = shapes(value);
        for before in ["", "a", "ab", "abc", "user:", "Token "] {
            for behind in ["", "x", "yz"] {
                let text = STANDARD_NO_PAD.encode(format!("{before}{value}{behind}"));
                assert!(
                    all.iter().any(|shape| text.contains(shape)),
                    "{before} {behind}"
                );
            }
        }
    }

    #[test]
    fn a_value_is_found_however_an_address_or_a_form_writes_it() {
        let all = shapes("correct horse/battery staple+99=");
        for text in [
            "correct%20horse%2Fbattery%20staple%2B99%3D",
            "correct%20horse/battery%20staple%2B99%3D",
            "correct+horse%2Fbattery+staple%2B99%3D",
            "correct%20horse/battery%20staple+99=",
        ] {
            assert!(all.iter().any(|shape| shape == text), "{text}");
        }
        let token = shapes("2544847b-1111-4222-8333-c0ffeec0ffee");
        assert!(token.contains(&"2544847b%2D1111%2D4222%2D8333%2Dc0ffeec0ffee".to_owned()));
    }

    #[test]
    fn short_values_have_no_shapes() {
        assert!(shapes("1234").is_empty());
        assert!(
            shapes("      1234 ").is_empty() || !shapes("      1234 ").contains(&"1234".to_owned())
        );
    }

    #[test]
    fn a_key_is_found_by_its_lines_and_without_its_ends() {
        let all = shapes("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nq7Zt\n-----END KEY-----\n");
        assert!(all.contains(&"MIIEvQIBADANBgkqhkiG".to_owned()));
        assert!(
            !all.iter()
                .any(|shape| shape == "q7Zt" || shape.starts_with("-----END"))
        );
        assert!(shapes(" sk-live-1 ").contains(&"sk-live-1".to_owned()));
    }
}
