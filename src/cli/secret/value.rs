//! The value of a named secret: from stdin, or typed at a terminal and not shown. Never from the
//! words of the command line.

use std::io::{IsTerminal as _, Read as _};

use anyhow::{Context as _, bail};

use crate::mcp::is_part_of_the_protocol;
use crate::secret::{Secret, weakness};

/// What the stores take.
const MOST: usize = 16 << 10;

/// Reads a value.
pub(super) fn read(name: &str) -> anyhow::Result<Secret> {
    let stdin = std::io::stdin();
    let text = if stdin.is_terminal() {
        let prompt = format!("Value of {name} (not shown): ");
        rpassword::prompt_password(prompt).context("the terminal cannot be read")?
    } else {
        let mut text = String::new();
        let most = u64::try_from(MOST + 3)?;
        let read = stdin.lock().take(most).read_to_string(&mut text);
        // Whatever it says, it may hold a part of what was read.
        if read.is_err() {
            bail!("stdin cannot be read, or is no UTF-8 text");
        }
        text
    };
    checked(&Secret::new(text))
}

/// Checks a value; one end of line is no part of it.
pub(super) fn checked(value: &Secret) -> anyhow::Result<Secret> {
    // EXPOSE: to measure it and to cut its end of line.
    let text = value.expose();
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if let Some(why) = weak(text) {
        bail!(
            "this value {why}: hiding it would take words out of every answer; nothing was kept. Let the service make a random key of at least 12 bytes"
        );
    }
    if text.len() > MOST {
        bail!("a secret that is kept by name has at most {MOST} bytes");
    }
    Ok(Secret::new(text.to_owned()))
}

/// Why a value is no good, as the end of a sentence.
pub(crate) fn weak(value: &str) -> Option<&'static str> {
    weakness(value, &is_part_of_the_protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_a_length_and_no_end_of_line() {
        let of = |text: &str| checked(&Secret::new(text.to_owned()));
        assert_eq!(of("sk-live-1234\r\n").unwrap().expose(), "sk-live-1234");
        assert_eq!(
            of("two\nlines-of-it\n\n").unwrap().expose(),
            "two\nlines-of-it\n"
        );
        for short in ["", "sk-live-123\n", "            x          "] {
            let problem = of(short).unwrap_err().to_string();
            assert!(
                problem.contains("12 bytes") && !problem.contains("sk"),
                "{problem}"
            );
        }
        for (weak, reason) in [
            ("true", "`true`"),
            ("123456789012", "number"),
            ("structuredContent", "plain word"),
            ("connections_list", "plain word"),
            ("\"jsonrpc\":\"2.0\"", "protocol"),
        ] {
            let problem = of(weak).map(|_| ()).unwrap_err().to_string();
            assert!(problem.contains(reason), "{weak}: {problem}");
        }
        assert!(of(&"x1".repeat(MOST)).is_err());
    }
}
