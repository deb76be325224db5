//! A credential of a credential request, as Make answers with it.

use serde::Deserialize;

use crate::ids::{ConnectionId, CredentialId, KeyId};
use crate::make::{Opaque, lenient};

/// One credential of a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    pub id: CredentialId,
    /// `account` for a connection, `keychain` for a key.
    #[serde(default, deserialize_with = "lenient::name")]
    pub component: String,
    /// `oauth`, `basic` or `key`.
    #[serde(default, deserialize_with = "lenient::text", rename = "type")]
    pub kind: Option<String>,
    /// The type of the connection or key, such as `google`.
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub label: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub scope: Vec<String>,
    /// The connection or key that came out: a number, written as text.
    #[serde(default)]
    pub remote_id: Option<Opaque>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub remote_scope: Vec<String>,
    #[serde(default, deserialize_with = "lenient::name")]
    pub state: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub decline_reason: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub app_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub app_modules: Vec<String>,
    /// Text in answers although it is sent as a number.
    #[serde(default, deserialize_with = "lenient::opaque")]
    pub app_version: Option<Opaque>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub name_override: Option<String>,
}

impl Credential {
    /// The connection that it stands for.
    pub fn connection(&self) -> Option<ConnectionId> {
        (self.component == "account").then_some(())?;
        self.remote_id.as_ref()?.as_str().parse().ok()
    }

    /// The key that it stands for.
    pub fn key(&self) -> Option<KeyId> {
        (self.component == "keychain").then_some(())?;
        self.remote_id.as_ref()?.as_str().parse().ok()
    }

    /// Whether a person has done their part.
    pub fn is_authorized(&self) -> bool {
        self.state == "authorized"
    }
}
