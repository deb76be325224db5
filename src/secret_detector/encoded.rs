//! Texts in base64 inside a text, as far as they are text again.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::randomness::is_data;

/// The shortest and the longest text in base64 that is read.
const SHORTEST: usize = 20;
const LONGEST: usize = 16 * 1024;

/// What is decoded, with the place of it.
pub(super) fn texts(text: &str) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    if text.len() < SHORTEST {
        return found;
    }
    let in_run = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let mut at = 0;
    for part in text.split(|c| !in_run(c)) {
        let from = at;
        let behind = text
            .get(from + part.len()..)
            .and_then(|rest| rest.chars().next());
        at = from + part.len() + behind.map_or(0, char::len_utf8);
        if (SHORTEST..=LONGEST).contains(&part.len())
            && !is_data(part)
            && let Some(decoded) = decoded(part)
        {
            let padding = text.get(from + part.len()..).unwrap_or_default();
            let padding = padding.bytes().take(2).take_while(|byte| *byte == b'=');
            found.push((from..from + part.len() + padding.count(), decoded));
        }
    }
    found
}

/// The text that a run stands for. Random bytes are hardly ever printable, so few are tried.
fn decoded(run: &str) -> Option<String> {
    let engine = if run.contains(['-', '_']) {
        URL_SAFE_NO_PAD
    } else {
        STANDARD_NO_PAD
    };
    let begin = engine.decode(run.get(..SHORTEST)?).ok()?;
    begin.iter().copied().all(is_printable).then_some(())?;
    // The last bits need not be zero: some programs leave them.
    let whole: Cow<'_, str> = match run.len() % 4 {
        1 => Cow::Borrowed(run.get(..run.len() - 1)?),
        _ => Cow::Borrowed(run),
    };
    let bytes = engine.decode(whole.as_bytes()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.bytes().all(is_printable).then_some(text)
}

fn is_printable(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_base64_is_read_and_other_runs_are_not() {
        let read = texts("x eyJwYXNzd29yZCI6Imh1bnRlcjIifQ== y");
        let [(range, text)] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(
            (range.clone(), text.as_str()),
            (2..34, r#"{"password":"hunter2"}"#)
        );
        for other in [
            "short",
            "7Yb3kQz9LmP2xVtR8sWd4Nq6AbCd",
            "plain words and names of things",
        ] {
            assert_eq!(texts(other), [], "{other}");
        }
    }
}
