//! Which values are no good as named secrets: what could not be told from ordinary text, so that
//! hiding it would take words out of every answer.

/// The shortest value that is kept by name, in bytes.
pub const SHORTEST: usize = 12;

/// Why this is no good, as the end of a sentence; `None` when it is good. `is_ours` says which
/// texts are part of the protocol.
pub fn weakness(value: &str, is_ours: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    let value = value.trim();
    let is_literal = ["true", "false", "null"]
        .iter()
        .any(|literal| value.eq_ignore_ascii_case(literal));
    if is_literal {
        Some("is one of `true`, `false` and `null`, which stand in every answer")
    } else if value.len() < SHORTEST {
        Some("has under 12 bytes, so that it could not be told from ordinary text")
    } else if is_time_or_version(value) {
        Some("is a time or a version, which could not be told from those in every answer")
    } else if is_number(value) {
        Some("is a number, which could not be told from an id or a time")
    } else if is_word(value) {
        Some("is a plain word, of letters alone, and could not be told from ordinary text")
    } else if is_ours(value) {
        Some("is a part of the protocol or of this server's own words, which stand in every answer")
    } else {
        None
    }
}

/// As JSON, with signs between the digits, or in hex with its prefix.
fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix("0x").or(value.strip_prefix("0X"));
    let is_hex = digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let has_digit = value.chars().any(char::is_numeric);
    let is_sign = |c: char| c.is_numeric() || c.is_whitespace() || "+-.,_:/()eE".contains(c);
    is_hex || (has_digit && value.chars().all(is_sign))
}

/// Numbers with the words that stand in dates, times and versions, in any of the usual forms.
fn is_time_or_version(value: &str) -> bool {
    const WORDS: [&str; 36] = [
        "alpha",
        "am",
        "apr",
        "april",
        "aug",
        "august",
        "beta",
        "dec",
        "december",
        "feb",
        "february",
        "fri",
        "gmt",
        "jan",
        "january",
        "jul",
        "july",
        "jun",
        "june",
        "mar",
        "march",
        "may",
        "mon",
        "nov",
        "november",
        "oct",
        "october",
        "pm",
        "rc",
        "sat",
        "sep",
        "september",
        "sun",
        "t",
        "thu",
        "tue",
    ];
    const MORE: [&str; 5] = ["utc", "v", "version", "wed", "z"];
    let is_known = |word: &str| {
        let word = word.to_ascii_lowercase();
        WORDS.contains(&word.as_str()) || MORE.contains(&word.as_str())
    };
    let words = value.split(|c: char| !c.is_alphabetic());
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    let has_one = words.peek().is_some();
    let is_sign = |c: char| c.is_ascii_alphanumeric() || " +-.,_:/()".contains(c);
    let digits = value.split(|c: char| !c.is_ascii_digit());
    let are_short = digits.map(str::len).all(|length| length <= 9);
    has_one
        && are_short
        && value.contains(|c: char| c.is_ascii_digit())
        && value.chars().all(is_sign)
        && words.all(is_known)
}

/// Letters, also several words with `_`, `-` or `.` between them.
fn is_word(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_weak_value_is_refused_with_its_reason() {
        let is_ours = |text: &str| text == "oauth2 scopes";
        for (value, reason) in [
            ("", "12 bytes"),
            ("sk-live-123", "12 bytes"),
            ("   sk-live-1    ", "12 bytes"),
            ("true", "`true`"),
            ("False", "`true`"),
            ("     null       ", "`true`"),
            ("123456789012", "a number"),
            ("-1234567890.5e10", "a number"),
            ("1234 5678 9012 3456", "a number"),
            ("2026-12-01 10:00", "a number"),
            ("0xDEADBEEF0001", "a number"),
            ("2025-11-25T00", "a time"),
            ("2025-11-25T00:00:00.000Z", "a time"),
            ("Tue, 01 Dec 2026 15:03:33 GMT", "a time"),
            ("v1.22.333-beta.4", "a time"),
            ("structuredContent", "plain word"),
            ("credential_requests", "plain word"),
            ("correct-horse-battery", "plain word"),
            ("Geheimniskrämerei", "plain word"),
            ("oauth2 scopes", "protocol"),
        ] {
            let said = weakness(value, &is_ours).unwrap_or_default();
            assert!(said.contains(reason), "{value}: {said}");
        }
        for value in [
            "sk-live-1234",
            "correct horse battery staple",
            "2544847b-1111-4222-8333-c0ffeec0ffee",
            "deadbeef0001cafe",
            "p\"ss/w&rd<99",
            "-----BEGIN KEY-----\nMIIE\n-----END KEY-----",
        ] {
            assert_eq!(weakness(value, &is_ours), None, "{value}");
        }
    }
}
