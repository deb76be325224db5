//! Secrets of others in texts of Make, such as names and descriptions of templates, flows and
//! scenarios: each is replaced. A text that stands in an answer more than once is read once.

use std::collections::HashMap;

use crate::secret::REDACTED;
use crate::secret_detector::{Field, judge};

/// Nothing that short is recognized.
const SHORTEST: usize = 8;

/// The texts of one answer that were read.
#[derive(Default)]
pub(super) struct Recognized {
    known: HashMap<String, Option<(String, usize)>>,
}

impl Recognized {
    /// The text without secrets, and how many there were; `None` where there are none.
    pub(super) fn replaced(&mut self, text: &str) -> Option<(String, usize)> {
        if text.len() < SHORTEST {
            return None;
        }
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let read = replaced(text);
        self.known.insert(text.to_owned(), read.clone());
        read
    }
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
        let mut recognized = Recognized::default();
        let text = "Uses sk_live_4eC39HqLyjWDarjtT1zdp7dc and password: hunter2-x9!";
        for _ in 0..2 {
            let (clean, count) = recognized.replaced(text).unwrap();
            assert_eq!(clean, "Uses [redacted] and password: [redacted]");
            assert_eq!(count, 2);
        }
        for text in ["", "Leads", "Resets a password with a token"] {
            assert_eq!(recognized.replaced(text), None);
        }
    }
}
