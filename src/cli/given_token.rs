//! Tokens that people give to a command: from stdin or typed at a terminal. Never from the words
//! of the command line, which everybody on the machine can read, and never shown.

use std::io::{IsTerminal as _, Read as _};

use anyhow::{Context as _, bail};

use crate::make::{Access, Zone};
use crate::secret::{Scrubber, Secret, Strength, is_uuid};

use super::env_zone::is_astray;

/// A token is 36 bytes.
const MOST: u64 = 4096;

/// Reads a token from stdin; typed at a terminal it is not shown.
pub(super) fn from_stdin(scrubber: &Scrubber) -> anyhow::Result<Secret> {
    if std::io::stdin().is_terminal() {
        return from_terminal("Make API token: ", scrubber);
    }
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MOST).read_to_string(&mut text);
    read.context("stdin cannot be read")?;
    checked(text, scrubber)
}

/// Asks at the terminal.
pub(super) fn from_terminal(prompt: &str, scrubber: &Scrubber) -> anyhow::Result<Secret> {
    // Where nobody sits at stdin nobody can answer, even if the process has a terminal.
    if !std::io::stdin().is_terminal() {
        bail!("there is no terminal to ask at; give the token on stdin");
    }
    let text = rpassword::prompt_password(prompt).context("the terminal cannot be read")?;
    checked(text, scrubber)
}

fn checked(text: String, scrubber: &Scrubber) -> anyhow::Result<Secret> {
    let text = Secret::new(text);
    // EXPOSE: to check its form; nothing is said of what has another one.
    let token = text.expose().trim_start_matches('\u{FEFF}').trim();
    if !is_uuid(token) {
        bail!("that is no Make API token: one looks like xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx");
    }
    let token = Secret::new(token.to_ascii_lowercase());
    scrubber.add(&token, Strength::Token);
    Ok(token)
}

/// A token with its zone. A simulated zone is reached over http, so anything on this machine could
/// listen there: a real token is not sent to one.
pub(super) fn access(token: Secret, zone: Zone) -> anyhow::Result<Access> {
    let access = Access { token, zone };
    if is_astray(&access) {
        bail!(
            "{} is a simulated zone, and the token is none of its own",
            access.zone
        );
    }
    Ok(access)
}
