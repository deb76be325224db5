//! A key that others are derived from: one for each purpose, so that none of them stands for
//! another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Secret;

const KEY_BYTES: usize = 32;

/// 32 random bytes, kept as base64 in a store of secrets.
pub struct RootKey(Zeroizing<Vec<u8>>);

impl RootKey {
    /// A new one, as it is kept; `None` where the system has no random numbers.
    pub fn fresh() -> Option<Secret> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut()).ok()?;
        Some(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The key that was kept as this; `None` when it is none of ours.
    pub fn read(kept: &Secret) -> Option<Self> {
        // EXPOSE: to the key derivation alone.
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(kept.expose()).ok()?);
        (bytes.len() == KEY_BYTES).then_some(Self(bytes))
    }

    /// The key for this purpose. `None` only if HMAC refused the length of a key, which it does
    /// for none.
    pub fn derive(&self, purpose: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(purpose.as_bytes());
        Hmac::new_from_slice(&mac.finalize().into_bytes()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_and_each_purpose_gives_another() {
        let derived = |kept: &Secret, purpose| {
            let key = RootKey::read(kept).unwrap().derive(purpose).unwrap();
            key.finalize().into_bytes()
        };
        let (one, other) = (RootKey::fresh().unwrap(), RootKey::fresh().unwrap());
        assert_eq!(derived(&one, "a"), derived(&one, "a"));
        assert_ne!(derived(&one, "a"), derived(&one, "b"));
        assert_ne!(derived(&one, "a"), derived(&other, "a"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "short",
            &"A".repeat(42),
            &"A".repeat(44),
            &"?".repeat(43),
        ] {
            assert!(
                RootKey::read(&Secret::new(text.to_owned())).is_none(),
                "{text}"
            );
        }
        assert!(RootKey::read(&Secret::new("A".repeat(43))).is_some());
    }
}
