//! What texts are ids and names, and which are refused.

pub(super) fn is_opaque(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

pub(super) fn is_slug(text: &str) -> bool {
    let (number, name) = text.split_once('-').unwrap_or_default();
    text.len() <= 200
        && !number.is_empty()
        && !name.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Make's pattern: `^(app#)?[a-z][0-9a-z-]+[0-9a-z]$`, 3 to 135 characters (Make's `OpenAPI`
/// document).
pub(super) fn is_app_name(text: &str) -> bool {
    let name = text.strip_prefix("app#").unwrap_or(text);
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (3..=135).contains(&text.len())
        && name.len() >= 3
        && name.bytes().all(inner)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
}

/// Type ids of Make and of custom apps; never the name of a query parameter of Make's own, since
/// a type becomes one where scopes are asked about.
pub(super) fn is_type_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_#:.@".contains(&b))
        && text.bytes().any(|b| b.is_ascii_alphanumeric())
        && !["type", "cols", "pg", "teamId", "confirmed"].contains(&text)
}

/// `2020-03-27T05:53:27.368Z`, the form in which Make lists its tokens.
pub(super) fn is_stamp(text: &str) -> bool {
    (20..=32).contains(&text.len())
        && text.ends_with('Z')
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            10 => b == b'T',
            13 | 16 => b == b':',
            19 => b == b'.' || b == b'Z',
            _ => b.is_ascii_digit() || (b == b'Z' && at + 1 == text.len()),
        })
}

pub(super) fn is_agent_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !holds_a_token(text)
}

/// Whether a token may stand in it: as many hex digits on end as a UUID has, dashes not counted.
/// A name is shown again, and one that was put there by mistake must not be.
fn holds_a_token(text: &str) -> bool {
    let mut digits = 0;
    text.bytes().any(|byte| {
        if byte.is_ascii_hexdigit() {
            digits += 1;
        } else if byte != b'-' {
            digits = 0;
        }
        digits >= 32
    })
}

pub(super) fn is_secret_name(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(inner)
        && !holds_a_token(text)
}
