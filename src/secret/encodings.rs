//! The shapes in which a secret may turn up in text: as it is, escaped for JSON once or twice,
//! percent-encoded, hex and base64 at each of the three offsets.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter pieces than this would match ordinary text.
const SHORTEST: usize = 8;

/// All texts to look for when `value` must not be seen. Empty for values under 8 bytes.
pub(super) fn encodings(value: &str) -> Vec<String> {
    if value.len() < SHORTEST {
        return Vec::new();
    }
    let escaped = json_escaped(value);
    let mut all = vec![
        value.to_owned(),
        json_escaped(&escaped),
        escaped,
        percent_encoded(value),
        hex(value.as_bytes()),
    ];
    for offset in 0..3 {
        all.extend(base64_inside(value.as_bytes(), offset));
    }
    if let Some(plain) = without_dashes(value) {
        all.push(plain);
    }
    all.retain(|text| text.len() >= SHORTEST);
    all.sort_unstable();
    all.dedup();
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

fn percent_encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
        let all = encodings(value);
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
    fn short_values_have_no_shapes() {
        assert!(
            encodings("1234")
                .iter()
                .all(|shape| shape.len() >= SHORTEST)
        );
    }
}
