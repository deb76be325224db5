//! Credentials as answers show them, with the number of the connection or key that came out, and
//! what an answer teaches about owners.

use serde::Serialize;

use crate::grants::Object;
use crate::ids::{ConnectionId, CredentialId, KeyId};
use crate::make::credential_requests::{Credential, CredentialRequest};
use crate::tools::Call;

/// A credential with all that can be told of it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub(super) struct Whole {
    #[serde(flatten)]
    brief: Brief,
    /// `account` for a connection, `keychain` for a key.
    component: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scope: Vec<String>,
    /// The scopes that were granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remote_scope: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    app_modules: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_override: Option<String>,
}

/// A credential, as far as waiting for it needs.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub(super) struct Brief {
    id: CredentialId,
    /// The type of the connection or key.
    name: String,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<ConnectionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<KeyId>,
}

impl From<&Credential> for Brief {
    fn from(credential: &Credential) -> Self {
        Self {
            id: credential.id.clone(),
            name: credential.name.clone(),
            state: credential.state.clone(),
            decline_reason: credential.decline_reason.clone(),
            connection_id: credential.connection(),
            key_id: credential.key(),
        }
    }
}

impl From<Credential> for Whole {
    fn from(credential: Credential) -> Self {
        Self {
            brief: Brief::from(&credential),
            component: credential.component,
            kind: credential.kind,
            label: credential.label,
            description: credential.description,
            scope: credential.scope,
            remote_scope: credential.remote_scope,
            app_name: credential.app_name,
            app_modules: credential.app_modules,
            app_version: credential.app_version.map(|version| version.to_string()),
            name_override: credential.name_override,
        }
    }
}

/// Remembers whose a request is and which credentials it holds: a credential has no address of
/// its own at Make.
pub(super) fn remember(call: &Call<'_>, request: &CredentialRequest, credentials: &[Credential]) {
    let owners = call.session().owners();
    if let Some(team) = request.team_id {
        call.saw(Object::Request(request.id.clone()), team);
    }
    for credential in credentials {
        owners.remember_credential(credential.id.clone(), request.id.clone());
    }
}
