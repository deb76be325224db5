//! Secrets and the scrubber. A [`Secret`] shows itself to nobody; every byte that leaves the
//! process passes a [`Scrubber`] that knows all live secrets and their encodings.

mod canonical;
mod decode;
mod encodings;
mod entities;
mod patterns;
mod root_key;
mod runs;
mod scrubber;
#[cfg(test)]
mod tests;
mod weakness;
mod windows_1252;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

pub use canonical::unescaped;
pub use patterns::REDACTED;
pub use root_key::RootKey;
pub use scrubber::{Author, Scrubber, Strength};
pub use weakness::{SHORTEST, weakness};

/// A value that is never shown: no Display, no Serialize, a Debug without the value, and memory
/// that is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a value over.
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The value itself. Every use says why, and who sees it, in a comment that starts with
    /// `EXPOSE:`.
    pub fn expose(&self) -> &str {
        // EXPOSE: the one way in; callers give their own reason.
        self.0.expose_secret()
    }

    /// The first 8 characters, which Make itself shows in its list of tokens; `None` when the
    /// value is not a UUID, because then they may be all there is.
    pub fn prefix(&self) -> Option<&str> {
        // EXPOSE: only to measure it and to cut the part that Make prints too.
        let value = self.expose();
        if is_uuid(value) { value.get(..8) } else { None }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whether this is the form of a Make API token: a UUID of version 4, in hex with dashes.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            14 => byte == b'4',
            19 => matches!(byte.to_ascii_lowercase(), b'8' | b'9' | b'a' | b'b'),
            _ => byte.is_ascii_hexdigit(),
        })
}
