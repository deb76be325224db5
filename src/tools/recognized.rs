//! Secrets of others in texts of Make, such as names and descriptions of templates, flows and
//! scenarios: each is replaced.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::secret::REDACTED;
use crate::secret_detector::{Field, judge};

/// Nothing that short is recognized.
const SHORTEST: usize = 8;
/// The longest text that is remembered, and how many are: half a MiB at most.
const LONGEST_KNOWN: usize = 512;
const MOST_KNOWN: usize = 16_384;

/// Texts without a secret that were read, so that the names in a list that is read again and again
/// are judged once (a third of what a call costs). Kept as hashes whose key is drawn at the start, so
/// that no text is kept and no other text can be made that counts for it.
static CLEAN: LazyLock<(RandomState, Mutex<HashSet<u64>>)> = LazyLock::new(Default::default);

/// The text without secrets, and how many there were; `None` where there are none.
pub(super) fn without_secrets(text: &str) -> Option<(String, usize)> {
    if text.len() < SHORTEST {
        return None;
    }
    if text.len() > LONGEST_KNOWN {
        return replaced(text);
    }
    let (hasher, known) = &*CLEAN;
    let hash = hasher.hash_one(text);
    let known = || known.lock().unwrap_or_else(PoisonError::into_inner);
    if known().contains(&hash) {
        return None;
    }
    let found = replaced(text);
    if found.is_none() {
        let mut known = known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(hash);
    }
    found
}

fn replaced(text: &str) -> Option<(String, usize)> {
    let found = judge(&Field::default(), text);
    let mut clean = text.to_owned();
    for secret in found.iter().rev() {
        clean.replace_range(secret.range.clone(), REDACTED);
    }
    (!found.is_empty()).then_some((clean, found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_of_another_is_replaced_and_counted_each_time() {
        let text = "Uses sk_live_4eC39HqLyjWDarjtT1zdp7dc and password: hunter2-x9!";
        for _ in 0..2 {
            let (clean, count) = without_secrets(text).unwrap();
            assert_eq!(clean, "Uses [redacted] and password: [redacted]");
            assert_eq!(count, 2);
        }
        for text in ["", "Leads", "Resets a password with a token"] {
            assert_eq!(without_secrets(text), None);
        }
    }
}
