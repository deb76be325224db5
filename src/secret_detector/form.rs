//! A text that is a form as a whole: `a=1&b=2`.

use std::ops::Range;

use super::pairs::end_of_query_value;

/// The longest name of a field.
const LONGEST_NAME: usize = 64;

/// The values of a text that is a form as a whole, `a=1&b=2`: names and values.
pub(super) fn fields(text: &str) -> Option<Vec<(&str, Range<usize>)>> {
    if !text.contains('=') || text.contains("://") || text.trim_start().starts_with(['{', '[', '<'])
    {
        return None;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..)?;
        let (name, _) = rest.split_once('=')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.[]%+$:".contains(c);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_name) {
            return None;
        }
        let from = at + name.len() + 1;
        let length = end_of_query_value(text.get(from..)?);
        found.push((name, from..from + length));
        at = from + length;
        if at < text.len() {
            text.get(at..)?.strip_prefix('&')?;
            at += 1;
        }
    }
    // The end of base64 looks like a name without a value.
    let says_something = |(_, value): &(&str, Range<usize>)| {
        let value = text.get(value.clone()).unwrap_or_default();
        !value.trim_matches('=').is_empty()
    };
    (found.len() > 1 || found.iter().any(says_something)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_whole() {
        let text = "a=1&b[c]={{if(1.x; \"y&z\"; 2)}}&d=";
        let read: Vec<(&str, &str)> = fields(text)
            .unwrap()
            .into_iter()
            .map(|(name, at)| (name, text.get(at).unwrap()))
            .collect();
        assert_eq!(
            read,
            [("a", "1"), ("b[c]", "{{if(1.x; \"y&z\"; 2)}}"), ("d", "")]
        );
        assert!(fields("a b=1").is_none() && fields("plain").is_none());
    }
}
