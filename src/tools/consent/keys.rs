//! What is made of the approval key: signatures of approvals, seals of what a client carries, and
//! keyed digests of calls. Each with a key of its own, so that none of them stands for another.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use serde_json::{Map, Value};
use sha2::Sha256;

use super::approvals::Approvals;
use crate::secret::{RootKey, Secret};
use crate::tools::Later;
use crate::tools::canonical::canonical;

/// Where the approval key comes from; asked for at its first use.
pub type KeySource = Arc<dyn Fn() -> Later<Result<Secret, String>> + Send + Sync>;

/// The keys that are made of the approval key.
#[derive(Clone)]
pub(super) struct Keys {
    rows: Hmac<Sha256>,
    seals: Hmac<Sha256>,
    bindings: Hmac<Sha256>,
    fingerprints: Hmac<Sha256>,
}

/// Makes fingerprints of secrets, which without the key tell nothing of them.
pub(in crate::tools) struct Fingerprints(Hmac<Sha256>);

/// 96 bits.
const FINGERPRINT_BYTES: usize = 12;

impl Fingerprints {
    /// With a key of this process alone, where the home has none.
    fn of_process() -> Option<Self> {
        static KEY: OnceLock<Option<Secret>> = OnceLock::new();
        let key = KEY.get_or_init(RootKey::fresh).as_ref()?;
        Keys::of(key).map(|keys| Self(keys.fingerprints))
    }

    /// The fingerprint of a secret of this kind, in hex.
    pub(in crate::tools) fn of(&self, kind: &str, secret: &str) -> String {
        let mac = over(&self.0, &[kind, secret]).finalize().into_bytes();
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
        let bytes = mac.iter().take(FINGERPRINT_BYTES);
        bytes
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .collect()
    }
}

impl Approvals {
    /// Fingerprints under the key of this home, or of this process where there is none. `None` only
    /// where the system has no random numbers.
    pub(in crate::tools) async fn fingerprints(&self) -> Option<Fingerprints> {
        match self.keys().await {
            Ok(keys) => Some(Fingerprints(keys.fingerprints.clone())),
            Err(_) => Fingerprints::of_process(),
        }
    }
}

impl Keys {
    /// `None` when this is no key of ours.
    pub(super) fn of(key: &Secret) -> Option<Self> {
        let key = RootKey::read(key)?;
        Some(Self {
            rows: key.derive("make-credentials-mcp approval rows 2")?,
            seals: key.derive("make-credentials-mcp approval seals 2")?,
            bindings: key.derive("make-credentials-mcp approval bindings 2")?,
            fingerprints: key.derive("make-credentials-mcp secret fingerprints 1")?,
        })
    }

    /// The MAC of a row whose fields are these.
    pub(super) fn row(&self, fields: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(over(&self.rows, fields).finalize().into_bytes())
    }

    /// Whether that is the MAC of a row, compared in a time that tells nothing.
    pub(super) fn is_row(&self, fields: &[&str], mac: &str) -> bool {
        let mac = URL_SAFE_NO_PAD.decode(mac);
        mac.is_ok_and(|mac| over(&self.rows, fields).verify_slice(&mac).is_ok())
    }

    /// What is said of a call is bound to: who calls what, and these fields, in whatever order
    /// they came.
    pub(super) fn binding(&self, caller: &[&str], fields: &Map<String, Value>) -> String {
        let mut mac = over(&self.bindings, caller);
        mac.update(canonical(fields).as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Text that nobody can change, for this binding alone. It can be read.
    pub(super) fn seal(&self, binding: &str, text: &str) -> String {
        let mac = over(&self.seals, &[binding, text]).finalize().into_bytes();
        let (text, mac) = (URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(mac));
        format!("{text}.{mac}")
    }

    /// The text of a seal, when it is one of ours for this binding.
    pub(super) fn unseal(&self, binding: &str, sealed: &str) -> Option<String> {
        let (text, mac) = sealed.split_once('.')?;
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        let seal = over(&self.seals, &[binding, &text]);
        seal.verify_slice(&mac).ok().map(|()| text)
    }
}

/// Each field with its length before it, so that none runs into the next.
fn over(mac: &Hmac<Sha256>, fields: &[&str]) -> Hmac<Sha256> {
    let mut mac = mac.clone();
    for field in fields {
        mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys() -> Keys {
        Keys::of(&Secret::new("A".repeat(43))).unwrap()
    }

    fn binding(caller: &[&str], arguments: &Value) -> String {
        keys().binding(caller, arguments.as_object().unwrap())
    }

    #[test]
    fn a_binding_is_of_one_call_in_whatever_order() {
        let one = binding(&["a", "bc"], &json!({"x": 1, "y": {"p": [1, 2], "q": "1"}}));
        let same = serde_json::from_str(r#"{"y":{"q":"1","p":[1,2]},"x":1}"#).unwrap();
        assert_eq!(one, binding(&["a", "bc"], &same));
        for (caller, arguments) in [
            (["ab", "c"], json!({"x": 1, "y": {"p": [1, 2], "q": "1"}})),
            (["a", "bc"], json!({"x": 1, "y": {"p": [2, 1], "q": "1"}})),
            (["a", "bc"], json!({"x": "1", "y": {"p": [1, 2], "q": "1"}})),
            (["a", "bc"], json!({"x": 1, "y": {"p": [1, 2], "q": 1}})),
        ] {
            assert_ne!(one, binding(&caller, &arguments), "{caller:?} {arguments}");
        }
    }

    #[test]
    fn a_seal_opens_for_its_binding_and_unchanged() {
        let sealed = keys().seal("b", "text");
        assert_eq!(keys().unseal("b", &sealed).as_deref(), Some("text"));
        assert_eq!(keys().unseal("c", &sealed), None);
        let (text, mac) = sealed.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode("texts");
        for forged in [
            format!("{other}.{mac}"),
            text.to_owned(),
            format!("{text}."),
            String::new(),
        ] {
            assert_eq!(keys().unseal("b", &forged), None, "{forged}");
        }
    }

    #[test]
    fn a_seal_of_another_binding_or_of_another_key_is_not_opened() {
        let sealed = keys().seal("binding", "text");
        // What runs from one field into the next is another binding as well.
        for other in ["", "b", "bindin", "bindingt", "binding ", "BINDING"] {
            assert_eq!(keys().unseal(other, &sealed), None, "{other}");
        }
        let others = Keys::of(&Secret::new("E".repeat(43))).unwrap();
        assert_eq!(others.unseal("binding", &sealed), None);
        assert_eq!(
            keys().unseal("bindin", &keys().seal("binding", "ext")),
            None
        );
    }

    #[test]
    fn a_seal_with_any_other_character_is_not_opened() {
        let sealed = keys().seal("b", "{\"number\":\"1\"}");
        for at in 0..sealed.len() {
            for other in ["A", "B", "-", ".", ""] {
                let mut forged = sealed.clone();
                forged.replace_range(at..=at, other);
                if forged != sealed {
                    assert_eq!(keys().unseal("b", &forged), None, "{forged}");
                }
            }
        }
    }

    #[test]
    fn a_key_for_one_purpose_stands_for_no_other() {
        let (keys, fields) = (keys(), ["b", "text"]);
        let row = keys.row(&fields);
        let sealed = keys.seal("b", "text");
        let (text, mac) = sealed.split_once('.').unwrap();
        assert!(keys.is_row(&fields, &row));
        assert!(!keys.is_row(&fields, mac), "a seal is no row");
        assert_eq!(keys.unseal("b", &format!("{text}.{row}")), None);
        let bound = keys.binding(&fields, &Map::new());
        assert!(bound != row && bound != mac);
    }

    #[test]
    fn a_row_is_ours_with_exactly_its_fields() {
        let row = keys().row(&["ab", "c", ""]);
        assert!(keys().is_row(&["ab", "c", ""], &row));
        for fields in [
            &["a", "bc", ""][..],
            &["ab", "", "c"],
            &["ab", "c"],
            &["ab", "c", "", ""],
            &["AB", "c", ""],
        ] {
            assert!(!keys().is_row(fields, &row), "{fields:?}");
        }
        let others = Keys::of(&Secret::new("E".repeat(43))).unwrap();
        assert!(!others.is_row(&["ab", "c", ""], &row));
        for mac in ["", "A", row.get(1..).unwrap()] {
            assert!(!keys().is_row(&["ab", "c", ""], mac), "{mac}");
        }
    }
}
