//! Finds Make API tokens in the text of a configuration file: where they are, never what they are.

use aho_corasick::AhoCorasick;

use crate::secret::is_uuid;

/// How far from a token the word may stand that makes it one of Make's, in bytes: a few lines of
/// JSON. Files of clients are full of other ids of the same form.
const REACH: usize = 400;

const KEY: &str = "make_api_key";
const WORDS: [&str; 3] = [KEY, "make.com", "make.celonis.com"];

/// How sure it is that this is a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// It has the form and stands near Make's name.
    Maybe,
    /// It stands where a token is given.
    Yes,
}

/// A place where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The line, from 1.
    pub(super) line: usize,
    pub(super) sure: Sure,
}

/// The places in a text, one a line.
pub(super) fn places(text: &[u8]) -> Vec<Place> {
    let words = words(text);
    let mut found: Vec<(usize, Sure)> = values(text, &words);
    for (at, _) in text
        .windows(36)
        .enumerate()
        .filter(|(at, w)| is_token(text, *at, w))
    {
        let near = words.iter().filter(|word| word.at.abs_diff(at) <= REACH);
        let near: Vec<&Word> = near.collect();
        if !near.is_empty() {
            let sure = near.iter().any(|word| word.is_key) || is_given(text, at);
            found.push((at, if sure { Sure::Yes } else { Sure::Maybe }));
        }
    }
    found.sort_unstable();
    by_line(text, &found)
}

struct Word {
    at: usize,
    ends: usize,
    is_key: bool,
}

fn words(text: &[u8]) -> Vec<Word> {
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(WORDS);
    let Ok(finder) = finder else {
        return Vec::new();
    };
    let found = finder.find_iter(text).map(|hit| Word {
        at: hit.start(),
        ends: hit.end(),
        is_key: hit.pattern().as_usize() == 0,
    });
    // `MAKE_API_KEY_FILE` names a file and not a key.
    found
        .filter(|word| !(word.is_key && text.get(word.ends).is_some_and(|b| is_name_byte(*b))))
        .collect()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a token stands here: not in the middle of something longer.
fn is_token(text: &[u8], at: usize, window: &[u8]) -> bool {
    let dashes = window.get(8) == Some(&b'-') && window.get(13) == Some(&b'-');
    if !dashes || !std::str::from_utf8(window).is_ok_and(is_uuid) {
        return false;
    }
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    let behind = text.get(at + 36);
    let alone = |byte: Option<&u8>| byte.is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-');
    alone(before) && alone(behind)
}

/// Whether it stands behind `Token` or `Bearer`, or in an address of Make.
fn is_given(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(REACH)..at).unwrap_or_default();
    let last = before
        .rsplit(|byte| b"\"'`<>{}[](),\n\r\t".contains(byte))
        .next();
    let last = last.unwrap_or_default().to_ascii_lowercase();
    let last = String::from_utf8_lossy(&last);
    let is_header = last.ends_with("token ") || last.ends_with("bearer ");
    let address = last.rsplit(' ').next().unwrap_or_default();
    is_header || address.contains("make.com/") || address.contains("make.celonis.com/")
}

/// Values of `MAKE_API_KEY`, whatever form they have, as JSON, TOML and command lines write them.
fn values(text: &[u8], words: &[Word]) -> Vec<(usize, Sure)> {
    let mut found = Vec::new();
    for word in words.iter().filter(|word| word.is_key) {
        let rest = text.get(word.ends..).unwrap_or_default();
        let rest = rest.get(..REACH.min(rest.len())).unwrap_or_default();
        let rest = String::from_utf8_lossy(rest);
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        let Some(value) = rest.strip_prefix([':', '=']) else {
            continue;
        };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '}');
        let value = value.split(end).next().unwrap_or_default();
        // What is filled in elsewhere, and what nobody has filled in.
        let is_place = value.starts_with(['$', '%', '<', '{', '[']) || value == "null";
        if value.len() >= 8 && !is_place {
            found.push((word.at, Sure::Yes));
        }
    }
    found
}

fn by_line(text: &[u8], found: &[(usize, Sure)]) -> Vec<Place> {
    let (mut line, mut read) = (1, 0);
    let mut places: Vec<Place> = Vec::new();
    for (at, sure) in found {
        let between = text.get(read..*at).unwrap_or_default();
        line += between.split(|byte| *byte == b'\n').count() - 1;
        read = *at;
        match places.last_mut() {
            Some(last) if last.line == line => last.sure = last.sure.max(*sure),
            _ => places.push(Place { line, sure: *sure }),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";

    fn lines(text: &str) -> Vec<(usize, Sure)> {
        let text = text.replace("TOKEN", TOKEN);
        let places = places(text.as_bytes());
        places
            .into_iter()
            .map(|place| (place.line, place.sure))
            .collect()
    }

    #[test]
    fn a_key_is_found_in_each_form_of_a_configuration() {
        use Sure::Yes;
        for (text, expected) in [
            (
                "{\"env\": {\n  \"MAKE_API_KEY\": \"TOKEN\"\n}}",
                vec![(2, Yes)],
            ),
            (
                "[mcp_servers.make.env]\nMAKE_API_KEY = \"TOKEN\"\n",
                vec![(2, Yes)],
            ),
            (
                "{\"args\": [\"-e\", \"MAKE_API_KEY=TOKEN\"]}",
                vec![(1, Yes)],
            ),
            ("{\"MAKE_API_KEY\": \"something-else-1\"}", vec![(1, Yes)]),
            (
                "{\"url\": \"https://eu1.make.com/mcp/u/TOKEN/sse\"}",
                vec![(1, Yes)],
            ),
            (
                "{\"url\": \"https://eu2.make.com/mcp\",\n \"headers\": {\"Authorization\": \"Bearer TOKEN\"}}",
                vec![(2, Yes)],
            ),
            (
                "--header 'Authorization: Token TOKEN' https://we.make.celonis.com/api",
                vec![(1, Yes)],
            ),
        ] {
            assert_eq!(lines(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_near_make_may_be_one() {
        let text = "\"zone\": \"eu1.make.com\",\n\"a\": \"TOKEN\"";
        assert_eq!(lines(text), [(2, Sure::Maybe)]);
    }

    #[test]
    fn other_ids_and_empty_places_are_none() {
        for text in [
            "{\"sessionId\": \"TOKEN\"}",
            "{\"MAKE_API_KEY\": \"\"}",
            "{\"MAKE_API_KEY\": \"${input:make-key}\"}",
            "{\"MAKE_API_KEY\": \"$MAKE_API_KEY\"}",
            "{\"MAKE_API_KEY\": null}",
            "{\"MAKE_API_KEY_FILE\": \"/run/secrets/make-key\"}",
            "unset MAKE_API_KEY",
            "\"https://eu1.make.com\" \"2544847b-1111-1222-8333-c0ffeec0ffee\"",
            "\"https://eu1.make.com\" \"x2544847b-1111-4222-8333-c0ffeec0ffeex\"",
        ] {
            assert_eq!(lines(text), [], "{text}");
        }
        let far = format!("make.com{}\"TOKEN\"", " ".repeat(2 * REACH));
        assert_eq!(lines(&far), []);
    }
}
