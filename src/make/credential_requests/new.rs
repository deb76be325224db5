//! What a new credential request is made of, in each of Make's forms. The parts serve as
//! arguments too, so their limits stand here once, and only what a model should read is a doc
//! comment.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Created;
use crate::ids::{ConnectionId, TeamId, TypeName, UserId};
use crate::make::Request;

/// What every new request has. `name` is what the person reads on the page.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    pub team: TeamId,
    pub name: Option<&'a str>,
    pub description: Option<&'a str>,
}

// An app with the modules that need a credential.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct Selection {
    #[schemars(length(min = 1, max = 255))]
    pub app_name: String,
    /// Module ids; `["*"]` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(max = 255)))]
    pub app_modules: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), inner(length(max = 255)))]
    pub app_endpoints: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub name_override: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub description: Option<String>,
}

// The same where Make wants a version.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct VersionedSelection {
    #[schemars(length(min = 1, max = 255))]
    pub app_name: String,
    /// Module ids; `["*"]` for all.
    #[schemars(length(min = 1), inner(length(max = 255)))]
    pub app_modules: Vec<String>,
    pub app_version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub name_override: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub description: Option<String>,
}

// A connection by its type.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct ByType {
    #[serde(rename = "type")]
    pub kind: TypeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Prefill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub name_override: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub description: Option<String>,
}

// A key by its type.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct ByTypeKey {
    #[serde(rename = "type")]
    pub kind: TypeName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Prefill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub name_override: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub description: Option<String>,
}

/// Never secrets. The person cannot change what is `hard`.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Prefill {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soft: Option<Map<String, Value>>,
}

impl Prefill {
    /// Whether all values are texts, numbers or booleans: Make takes no others.
    pub fn is_flat(&self) -> bool {
        let flat = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
        [&self.hard, &self.soft]
            .into_iter()
            .flatten()
            .all(|values| values.values().all(flat))
    }
}

/// Who has to sign in, when it is not the token's own user: exactly one of the two.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_make_user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_user: Option<NewUser>,
}

// Somebody to invite.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct NewUser {
    #[schemars(length(max = 255))]
    pub name: String,
    #[schemars(length(min = 3, max = 256))]
    pub email: String,
}

// A connection in the deprecated form.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct OldConnection {
    #[serde(rename = "type")]
    pub kind: TypeName,
    #[schemars(length(min = 1, max = 255))]
    pub app_name: String,
    pub app_modules: Vec<String>,
    #[schemars(length(max = 64))]
    pub app_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(length(max = 128)))]
    pub scope: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub name_override: Option<String>,
}

// A key in the deprecated form.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct OldKey {
    #[serde(rename = "type")]
    pub kind: TypeName,
    #[schemars(length(min = 1, max = 255))]
    pub app_name: String,
    pub app_modules: Vec<String>,
    #[schemars(length(max = 64))]
    pub app_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub name_override: Option<String>,
}

/// A request to the token's own user, by the modules of apps. The form is that of Make's SDK,
/// whose integration tests run it; the `OpenAPI` document has an older one.
pub fn create(head: Head<'_>, credentials: &[Selection]) -> Request<Created> {
    action("create").body(body(head, vec![("credentials", json!(credentials))]))
}

/// A request to the token's own user, by types of connections and keys (Make's SDK).
pub fn create_by_credentials(
    head: Head<'_>,
    connections: &[ByType],
    keys: &[ByTypeKey],
) -> Request<Created> {
    action("create-by-credentials").body(body(
        head,
        filled(json!(connections), json!(keys)).collect(),
    ))
}

/// A request to somebody else, who joins the team if need be.
pub fn create_for_user(
    head: Head<'_>,
    credentials: &[VersionedSelection],
    provider: &Provider,
) -> Request<Created> {
    let parts = vec![
        ("credentials", json!(credentials)),
        ("provider", json!(provider)),
    ];
    Request::post("credential-requests")
        .then("requests")
        .then("v2")
        .agreed()
        .body(body(head, parts))
}

/// The same in the form that Make has deprecated.
pub fn create_v1(
    head: Head<'_>,
    connections: &[OldConnection],
    keys: &[OldKey],
    provider: &Provider,
) -> Request<Created> {
    let mut parts = vec![("provider", json!(provider))];
    parts.extend(filled(json!(connections), json!(keys)));
    Request::post("credential-requests")
        .then("requests")
        .agreed()
        .body(body(head, parts))
}

/// A request to the token's own user to grant a connection further scopes (Make's SDK). Refused
/// when all of them are granted already.
pub fn extend(connection: ConnectionId, scopes: &[String]) -> Request<Created> {
    action("extend").body(json!({"connectionId": connection, "scopes": scopes}))
}

fn action(name: &'static str) -> Request<Created> {
    Request::post("credential-requests")
        .then("actions")
        .then(name)
}

/// The lists that are not empty.
fn filled(connections: Value, keys: Value) -> impl Iterator<Item = (&'static str, Value)> {
    [("connections", connections), ("keys", keys)]
        .into_iter()
        .filter(|(_, list)| list.as_array().is_some_and(|list| !list.is_empty()))
}

/// Make refuses properties that it does not know, so what was not given is left out.
fn body(head: Head<'_>, parts: Vec<(&'static str, Value)>) -> Value {
    let mut body = Map::new();
    body.insert("teamId".to_owned(), json!(head.team));
    let texts = [("name", head.name), ("description", head.description)];
    let texts = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, json!(text?))));
    body.extend(
        texts
            .chain(parts)
            .map(|(name, value)| (name.to_owned(), value)),
    );
    Value::Object(body)
}
