//! API tokens: made and taken away, with the operator's own token. A token is whole only in the
//! answer to its creation, and there it is read straight into a [`Secret`].

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::json;

use super::Request;
use crate::ids::TokenStamp;
use crate::secret::{Secret, is_uuid};

/// A token that was just made. Its Debug shows no token.
#[derive(Debug, Deserialize)]
pub struct NewToken {
    /// The token itself: Make never shows it again.
    #[serde(deserialize_with = "token")]
    pub token: Secret,
    /// When it was made: what Make knows it by.
    pub created: TokenStamp,
    /// Its scopes.
    #[serde(default)]
    pub scope: Vec<String>,
    /// Its label.
    #[serde(default)]
    pub label: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    pub api_token: NewToken,
}

/// Makes a token for the user of the operator's token. Never sent twice: a lost answer is looked
/// for by its label.
pub fn create(label: &str, scopes: &[&str]) -> Request<Created> {
    Request::post("users")
        .then("me")
        .then("api-tokens")
        .body(json!({"label": label, "scope": scopes}))
}

#[derive(Debug, Deserialize)]
pub struct Deleted {}

/// Takes away the token that was made at this moment.
pub fn delete(created: &TokenStamp) -> Request<Deleted> {
    Request::delete("users")
        .then("me")
        .then("api-tokens")
        .id(created)
}

/// Reads a token without a copy beside the [`Secret`]; what is none is never repeated.
pub(crate) fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    struct Token;

    impl de::Visitor<'_> for Token {
        type Value = Secret;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an API token")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
            if is_uuid(text) {
                Ok(Secret::new(text.to_ascii_lowercase()))
            } else {
                Err(E::custom("must be an API token"))
            }
        }
    }

    // Not `deserialize_string`: that would hand over a copy that nobody wipes.
    deserializer.deserialize_str(Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_shows_itself_neither_whole_nor_in_an_error() {
        let text = r#"{"apiToken":{"token":"2544847b-1111-4222-8333-c0ffeec0ffee","scope":["user:read"],
            "created":"2020-03-27T05:53:27.368Z","label":"l"}}"#;
        let made: Created = serde_json::from_str(text).unwrap();
        assert!(!format!("{made:?}").contains("c0ffee"));
        assert_eq!(made.api_token.token.prefix(), Some("2544847b"));
        let bad = text.replace("-8333-", "-x333-");
        let error = serde_json::from_str::<Created>(&bad)
            .unwrap_err()
            .to_string();
        assert!(!error.contains("c0ffee"), "{error}");
    }

    #[test]
    fn a_stamp_is_one_segment_of_the_path() {
        let stamp = "2020-03-27T05:53:27.368Z".parse().unwrap();
        let request = delete(&stamp);
        assert_eq!(request.parts().template(), "/users/me/api-tokens/{created}");
        assert!(request.parts().destroys());
    }
}
