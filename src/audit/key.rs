//! What is made of the trail's key: the chain, the signature of the head, digests of arguments.
//! Each with a key of its own, so that none of them stands for another.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::secret::{RootKey, Secret};

/// A MAC as it is written: 32 bytes in base64.
pub(super) const MAC_CHARS: usize = 43;
/// A digest of an argument: 9 bytes, so that few differing values look the same.
const DIGEST_BYTES: usize = 9;

/// The keys that are made of the trail's key.
#[derive(Clone)]
pub(super) struct Keys {
    chain: Hmac<Sha256>,
    head: Hmac<Sha256>,
    arguments: Hmac<Sha256>,
}

impl Keys {
    /// `None` when this is no key of ours.
    pub(super) fn of(key: &Secret) -> Option<Self> {
        let key = RootKey::read(key)?;
        Some(Self {
            chain: key.derive("make-credentials-mcp trail chain 1")?,
            head: key.derive("make-credentials-mcp trail head 1")?,
            arguments: key.derive("make-credentials-mcp trail arguments 1")?,
        })
    }

    /// The MAC of a line behind a line with the MAC `before`; empty for the first of all.
    pub(super) fn line(&self, before: &str, line: &[u8]) -> String {
        let mut mac = self.chain.clone();
        mac.update(before.as_bytes());
        mac.update(b"\n");
        mac.update(line);
        written(mac)
    }

    /// The signature of the head.
    pub(super) fn head(&self, text: &[u8]) -> String {
        let mut mac = self.head.clone();
        mac.update(text);
        written(mac)
    }

    /// The digest of a field and its value. Without the key nobody can try values against it.
    pub(super) fn argument(&self, field: &str, value: &Value) -> String {
        let mut mac = Hashing(self.arguments.clone());
        mac.0.update(field.as_bytes());
        mac.0.update(b"\0");
        // Hashing cannot fail, and a value is always JSON.
        let _never = serde_json::to_writer(&mut mac, value);
        let digest = mac.0.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(digest.get(..DIGEST_BYTES).unwrap_or(&digest))
    }
}

fn written(mac: Hmac<Sha256>) -> String {
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Takes text in as it is made, so that a large value is not copied.
struct Hashing(Hmac<Sha256>);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_key_field_and_value() {
        let keys = || Keys::of(&RootKey::fresh().unwrap()).unwrap();
        let (one, other) = (keys(), keys());
        let value = Value::from("hunter2");
        let digest = one.argument("name", &value);
        assert_eq!(digest, one.argument("name", &value));
        assert_eq!(digest.len(), 12);
        assert_ne!(digest, one.argument("names", &value));
        assert_ne!(digest, one.argument("name", &Value::from("hunter3")));
        assert_ne!(digest, other.argument("name", &value));
    }
}
