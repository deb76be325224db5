//! Text that Make writes as a string or as a number of any length: kept as it came.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;

/// An opaque value. Account ids at providers exceed 2^64 and come as strings, numbers or null
/// (examples in Make's `OpenAPI` document), so no number type fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Opaque(String);

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Opaque {
    /// Reads it, or nothing where there is null, a list or an object.
    pub(super) fn or_nothing<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        let raw = Box::<RawValue>::deserialize(from)?;
        match raw.get().as_bytes().first() {
            Some(b'{' | b'[' | b'n') => Ok(None),
            _ => Self::read(raw.get()).map(Some),
        }
    }

    fn read<E: de::Error>(json: &str) -> Result<Self, E> {
        if json.starts_with('"') {
            let text = serde_json::from_str(json);
            text.map(Self).map_err(|_| E::custom("must be text"))
        } else {
            Ok(Self(json.to_owned()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with(['{', '[']) {
            Err(de::Error::custom("must be text or a number"))
        } else {
            Self::read(raw.get())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_64_bits_keep_every_digit() {
        let read = |json: &str| {
            serde_json::from_str::<Option<Opaque>>(json)
                .unwrap()
                .map(|o| o.0)
        };
        assert_eq!(
            read("116202339842394857123"),
            Some("116202339842394857123".to_owned())
        );
        assert_eq!(read("\"U02\""), Some("U02".to_owned()));
        assert_eq!(read("null"), None);
    }
}
