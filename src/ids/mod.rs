//! Typed ids and names. Each is checked once, here, when it is read; after that it cannot
//! leave its place in a path or be taken for the id of something else.

mod forms;
mod reading;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use forms::{
    is_agent_name, is_app_name, is_opaque, is_secret_name, is_slug, is_stamp, is_type_name,
};
use reading::{NumberOrDigits, Parsed};

/// The largest id we accept: beyond 2^53 - 1 a client that reads numbers as floats would
/// name another object than it means.
const LARGEST: u64 = (1 << 53) - 1;

/// An id that may stand in a path, as exactly one segment.
pub trait PathId {
    /// The name of the place, as it appears in a path template (`connectionId`).
    const PLACE: &'static str;
    /// The text of the segment, not yet percent-encoded. Never empty, `.` or `..`.
    fn segment(&self) -> Cow<'_, str>;
}

/// Why a text is no id of the wanted kind. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct NotAnId(pub &'static str);

/// What a numeric id is.
const NUMBER: &str = "a whole number from 1 to 9007199254740991";

/// What the version of an app is.
const VERSION: &str = "a whole number from 1, or `latest`";

impl NotAnId {
    /// Which check of this module refused, by serde's error. Only our own words come out: the
    /// rest of that text may repeat the value.
    pub fn behind(error: &impl fmt::Display) -> Option<Self> {
        let text = error.to_string();
        let said = text.strip_prefix("must be ")?;
        let mut all = TEXTS.iter().copied().chain([NUMBER]);
        all.find(|want| said.starts_with(want)).map(Self)
    }
}

macro_rules! numeric_id {
    ($($(#[$doc:meta])* $name:ident at $place:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number, if it is one: 1 to 2^53 - 1.
            pub fn new(number: u64) -> Result<Self, NotAnId> {
                if (1..=LARGEST).contains(&number) {
                    Ok(Self(number))
                } else {
                    Err(NotAnId(NUMBER))
                }
            }

            /// The number itself, for bodies and queries.
            pub fn number(self) -> u64 {
                self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let number = if digits { text.parse().ok() } else { None };
                number.ok_or(NotAnId(NUMBER)).and_then(Self::new)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl PathId for $name {
            const PLACE: &'static str = $place;
            fn segment(&self) -> Cow<'_, str> {
                Cow::Owned(self.0.to_string())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// A number, or its digits as text: Make itself writes some ids as strings.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberOrDigits).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "integer", "minimum": 1})
            }
        }
    )*};
}

numeric_id! {
    /// A team: the owner of connections, keys, credential requests and templates.
    TeamId at "teamId";
    /// An organization: the owner of teams and of the rate limit.
    OrganizationId at "organizationId";
    /// A connection: stored access to an app.
    ConnectionId at "connectionId";
    /// A key: an entry of Make's keychain.
    KeyId at "keyId";
    /// A template of a team.
    TemplateId at "templateId";
    /// A published version of a template: `publishedId` and `approvedId` of a template, `id` of a
    /// public one. What flows are started from.
    PublicVersionId at "templatePublicId";
    /// A Make user.
    UserId at "userId";
    /// A scenario.
    ScenarioId at "scenarioId";
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident at $place:literal, $check:ident, $want:literal, $schema:tt;)*) => {
    /// What each of the texts is.
    const TEXTS: &[&str] = &[$($want),*];
    $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if $check(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId($want)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PathId for $name {
            const PLACE: &'static str = $place;
            fn segment(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Parsed::new())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*
    };
}

text_id! {
    /// A credential request. Make shows both dashed and plain forms, so it is opaque.
    RequestId at "requestId", is_opaque, "a request id: letters, digits, `-` and `_`, at most 64",
        {"type": "string", "minLength": 1, "maxLength": 64};
    /// One credential inside a credential request.
    CredentialId at "credentialId", is_opaque, "a credential id: letters, digits, `-` and `_`, at most 64",
        {"type": "string", "minLength": 1, "maxLength": 64};
    /// A Make Bridge flow.
    FlowId at "flowId", is_opaque, "a flow id: letters, digits, `-` and `_`, at most 64",
        {"type": "string", "minLength": 1, "maxLength": 64};
    /// The address of a public template: `13-http-template-example`, never the bare number.
    TemplateSlug at "templateUrl", is_slug, "the `url` of a public template, such as `13-http-template-example`",
        {"type": "string", "minLength": 3, "maxLength": 200};
    /// An app: `slack`, `google-sheets`, or `app#name` for a custom one.
    AppName at "appName", is_app_name, "an app name: lower-case letters, digits and `-`, 3 to 135, `app#` before a custom one",
        {"type": "string", "pattern": "^(app#)?[a-z][0-9a-z-]+[0-9a-z]$", "maxLength": 135};
    /// The type of a connection or key: `google`, `slack2`, `apikeyauth`.
    TypeName at "typeName", is_type_name, "a connection or key type such as `google`: letters, digits and `-_#:.@`, at most 64",
        {"type": "string", "minLength": 1, "maxLength": 64};
    /// When an API token was made, to the millisecond: what Make knows it by.
    TokenStamp at "created", is_stamp, "a moment in UTC such as 2020-03-27T05:53:27.368Z",
        {"type": "string", "minLength": 20, "maxLength": 32};
    /// The name of an agent, chosen by the operator.
    AgentName at "agent", is_agent_name, "an agent name: lower-case letters, digits and `-`, starting with a letter, at most 40, and no token",
        {"type": "string", "minLength": 1, "maxLength": 40};
    /// The name under which the operator keeps a secret for tools.
    SecretName at "secret", is_secret_name, "a name of letters, digits, `_`, `-` and `.`, starting with a letter, at most 64, and no token",
        {"type": "string", "minLength": 1, "maxLength": 64};
}

/// The version of an app: a number from 1, or `latest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppVersion {
    /// The newest published version.
    Latest,
    /// This version.
    Number(u64),
}

impl std::str::FromStr for AppVersion {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let number = || text.parse().ok().filter(|number| *number > 0);
        match text {
            "latest" => Ok(Self::Latest),
            digits if digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                number().map(Self::Number).ok_or(NotAnId(VERSION))
            }
            _ => Err(NotAnId(VERSION)),
        }
    }
}

impl PathId for AppVersion {
    const PLACE: &'static str = "appVersion";
    fn segment(&self) -> Cow<'_, str> {
        match self {
            Self::Latest => Cow::Borrowed("latest"),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_id_reads_numbers_and_digits_and_nothing_else() {
        for good in ["7", "\"7\""] {
            assert_eq!(
                serde_json::from_str::<ConnectionId>(good).unwrap().number(),
                7,
                "{good}"
            );
        }
        for bad in [
            "0",
            "-1",
            "1.5",
            "1e3",
            "\"\"",
            "\"../7\"",
            "\" 7\"",
            "\"+7\"",
            "\"7/8\"",
            "true",
            "null",
            "[7]",
            "9007199254740992",
            "\"99999999999999999999\"",
            "\"٧\"",
        ] {
            assert!(serde_json::from_str::<ConnectionId>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_text_id_is_one_harmless_segment() {
        for bad in [
            "",
            ".",
            "..",
            "../../connections/77",
            "a/b",
            "a%2fb",
            "a?b",
            "a#b",
            "a b",
            "é",
            "\u{0}",
        ] {
            assert!(bad.parse::<RequestId>().is_err(), "{bad:?}");
            assert!(bad.parse::<TemplateSlug>().is_err(), "{bad:?}");
            assert!(bad.parse::<AppName>().is_err(), "{bad:?}");
        }
        for bad in ["", ".", "..", "../x", "a/b", "a&b", "a?b", "a b", "teamId"] {
            assert!(bad.parse::<TypeName>().is_err(), "{bad:?}");
        }
        assert!(
            "3f0c6c1e-1111-4222-8333-444455556666"
                .parse::<RequestId>()
                .is_ok()
        );
        assert!("app#my-app".parse::<AppName>().is_ok());
        assert!("13-http-template-example".parse::<TemplateSlug>().is_ok());
        assert!("13".parse::<TemplateSlug>().is_err());
    }

    #[test]
    fn a_token_is_no_name() {
        for token in [
            "beef847b-1111-4222-8333-c0ffeec0ffee",
            "deadbeef-1111-1222-a333-c0ffeec0ffee",
            "c0ffee7b11114222a333c0ffeec0ffee",
            "a-2544847b-1111-4222-8333-c0ffeec0ffee",
            "bot2544847b11114222a333c0ffeec0ffee",
        ] {
            assert!(token.parse::<AgentName>().is_err(), "{token}");
            assert!(token.parse::<SecretName>().is_err(), "{token}");
        }
        for name in [
            "reporter",
            "face-feed-2026",
            "a1b2c3d4e5f60718293a4b5c6d7e8f9",
        ] {
            assert!(name.parse::<AgentName>().is_ok(), "{name}");
            assert!(name.parse::<SecretName>().is_ok(), "{name}");
        }
    }

    #[test]
    fn an_error_never_repeats_the_text() {
        let error = serde_json::from_str::<RequestId>("\"hunter2/../x\"")
            .unwrap_err()
            .to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
