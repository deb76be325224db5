//! Marks that stand for a secret, in whatever way they are written: `[redacted]`, `<hidden>`, `***`.
//! One that is sent on would replace the secret that it stands for.

use icu_normalizer::ComposingNormalizerBorrowed;

/// What stands between brackets in such a mark, without blanks and in small letters.
const WORDS: [&str; 11] = [
    "redacted",
    "hidden",
    "masked",
    "secret",
    "asecret",
    "secretredacted",
    "secrethidden",
    "redactedsecret",
    "hiddensecret",
    "maskedsecret",
    "obfuscated",
];

/// What stands there, too, where a secret is wanted; elsewhere these are words like others.
const MORE_WORDS: [&str; 18] = [
    "removed",
    "filtered",
    "censored",
    "protected",
    "confidential",
    "scrubbed",
    "sanitized",
    "omitted",
    "withheld",
    "private",
    "secrets",
    "password",
    "token",
    "apikey",
    "credential",
    "notshown",
    "unchanged",
    "encrypted",
];

/// Characters that stand for others that are not shown.
const BLOTS: &str = "*\u{2022}\u{25cf}\u{b7}\u{2219}\u{2588}\u{25a0}\u{2217}\u{2b24}\u{26ab}";

/// The fewest of them in a row.
const FEWEST: usize = 3;

/// Without blanks and what is not seen, in small letters and in the plainest form of each character:
/// `［ Redacted ］` is `[redacted]`.
pub(super) fn folded(text: &str) -> String {
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    plain
        .chars()
        .filter(|c| !c.is_whitespace() && crate::visible::is_seen(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a text is such a mark as a whole, perhaps behind a scheme such as `Bearer`.
pub(super) fn is_mark(text: &str) -> bool {
    let folded = folded(text);
    is_folded_mark(&folded) || {
        let scheme = [
            "bearer", "token", "basic", "apikey", "api-key", "key", "oauth", "ssws",
        ];
        let behind = scheme
            .iter()
            .filter_map(|scheme| folded.strip_prefix(scheme));
        let mut behind = behind.map(|rest| rest.trim_start_matches(['=', ':']));
        behind.any(is_folded_mark)
    }
}

/// Whether a mark stands anywhere in a text where a secret is wanted.
pub(super) fn holds_mark(text: &str) -> bool {
    let folded = folded(text);
    is_mark(text) || blots(&folded) >= FEWEST || {
        let mut parts = folded
            .split(['[', '<', '(', '{', '\u{2039}', '\u{ab}'])
            .skip(1);
        parts.any(|part| {
            let inside = part
                .split([']', '>', ')', '}', '\u{203a}', '\u{bb}'])
                .next();
            inside.is_some_and(|inside| {
                inside.len() < part.len()
                    && (is_word(inside, &WORDS) || is_word(inside, &MORE_WORDS))
            })
        })
    }
}

fn is_word(inside: &str, words: &[&str]) -> bool {
    let word: String = inside.chars().filter(|c| c.is_alphanumeric()).collect();
    words.contains(&word.as_str())
}

/// The most blots in a row.
fn blots(folded: &str) -> usize {
    let mut rows = folded.split(|c| !BLOTS.contains(c));
    rows.by_ref()
        .map(|row| row.chars().count())
        .max()
        .unwrap_or(0)
}

fn is_folded_mark(folded: &str) -> bool {
    let is_blotted = folded.chars().count() >= FEWEST && folded.chars().all(|c| BLOTS.contains(c));
    let pairs = [
        ('[', ']'),
        ('<', '>'),
        ('(', ')'),
        ('\u{2039}', '\u{203a}'),
        ('\u{ab}', '\u{bb}'),
    ];
    let inside = pairs.iter().find_map(|(open, close)| {
        let inside = folded.strip_prefix(*open)?.strip_suffix(*close)?;
        Some(inside.trim_matches(['[', ']', '<', '>', '*']))
    });
    is_blotted || inside.is_some_and(|inside| is_word(inside, &WORDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_known_however_it_is_written() {
        for mark in [
            "[redacted]",
            "[ Redacted ]",
            "\u{ff3b}REDACTED\u{ff3d}",
            "<hidden>",
            "<<hidden>>",
            "[a\u{a0}secret]",
            "***",
            "\u{2022}\u{2022}\u{2022}\u{2022}",
            "\u{2022} \u{2022} \u{2022}",
            "Bearer ***",
            "bearer [hidden]",
            "[red\u{200b}acted]",
            "**********",
        ] {
            assert!(is_mark(mark), "{mark}");
        }
        for other in [
            "",
            "*",
            "*/*",
            "secret",
            "the [redacted] part",
            "[1, 2]",
            "[removed]",
            "<p>",
            "{{1.secret}}",
        ] {
            assert!(!is_mark(other), "{other}");
        }
        for held in [
            "[removed]",
            "key-[redacted]-x",
            "sk-****abcd",
            "a <hidden> b",
        ] {
            assert!(holds_mark(held) && !is_mark(held), "{held}");
        }
        for other in ["a [list] of <b>", "*/*", "1 ** 2", "plain"] {
            assert!(!holds_mark(other), "{other}");
        }
    }
}
