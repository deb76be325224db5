//! Credential requests: a page on which a person signs in or types a secret, so that no secret
//! passes through us. Endpoints and answers; facts from Make's `OpenAPI` document and its
//! TypeScript SDK unless a line says otherwise.

mod app_modules;
mod credential;
mod new;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::{Opaque, Request, lenient};
use crate::ids::{CredentialId, OrganizationId, RequestId, TeamId, UserId};

pub use app_modules::{AppModule, AppModules, app_modules};
pub use credential::Credential;
pub use new::{
    ByType, ByTypeKey, Head, NewUser, OldConnection, OldKey, Prefill, Provider, Selection,
    VersionedSelection, create, create_by_credentials, create_for_user, create_v1, extend,
};

/// The columns that Make documents for lists.
const COLUMNS: [&str; 16] = [
    "id",
    "organizationId",
    "teamId",
    "name",
    "description",
    "externalProviderId",
    "createdAt",
    "updatedAt",
    "expiresAt",
    "status",
    "shouldSendEmail",
    "emailSentAt",
    "appNames",
    "makeProvider",
    "userId",
    "makeProviderId",
];

/// A credential request as an agent may see it. The address of its page is not in it: Make tells
/// that once, in the answer to the create.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct CredentialRequest {
    pub id: RequestId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    /// `pending`, `partially_authorized`, `authorized`, `declined`, `incomplete`, `invalid`, or
    /// one that Make has added since.
    #[serde(default, deserialize_with = "lenient::name")]
    pub status: String,
    /// Open, and its time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    #[serde(
        default,
        deserialize_with = "lenient::texts",
        skip_serializing_if = "Option::is_none"
    )]
    pub app_names: Option<Vec<String>>,
    /// Who has to sign in.
    #[serde(
        default,
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub make_provider: Option<Person>,
    /// Their id, as text.
    #[serde(
        default,
        deserialize_with = "lenient::opaque",
        skip_serializing_if = "Option::is_none"
    )]
    pub make_provider_id: Option<Opaque>,
    /// As text.
    #[serde(
        default,
        deserialize_with = "lenient::opaque",
        skip_serializing_if = "Option::is_none"
    )]
    pub external_provider_id: Option<Opaque>,
    /// Who asked.
    #[serde(
        default,
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub user: Option<Person>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires_at: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub should_send_email: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_sent_at: Option<String>,
    /// Only in the detail of one request; answers show them in a form of their own.
    #[serde(default, deserialize_with = "null_is_empty", skip_serializing)]
    #[schemars(skip)]
    pub credentials: Vec<Credential>,
}

/// Somebody at Make.
#[derive(Debug, Clone, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
}

/// Whether somebody can still act on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A person can still sign in.
    Open,
    /// It came to an end, or its time did.
    Over,
    /// Make says something that was not known when this was written.
    Unknown,
}

impl CredentialRequest {
    /// Where it stands at this time, in seconds since 1970. Make leaves the status of a request
    /// whose time is over as it was, so the time is looked at too.
    pub fn standing(&self, now: i64) -> Standing {
        match self.status.as_str() {
            "pending" | "partially_authorized" if self.is_past(now) => Standing::Over,
            "pending" | "partially_authorized" => Standing::Open,
            "authorized" | "declined" | "incomplete" | "invalid" => Standing::Over,
            _ => Standing::Unknown,
        }
    }

    /// The same, saying whether its time ran out while it was open.
    #[must_use]
    pub fn judged(self, now: i64) -> Self {
        let open = matches!(self.status.as_str(), "pending" | "partially_authorized");
        let expired = (open && self.is_past(now)).then_some(true);
        Self { expired, ..self }
    }

    fn is_past(&self, now: i64) -> bool {
        time(self.expires_at.as_deref()).is_some_and(|end| end.as_second() <= now)
    }

    /// When it was made, where Make's text can be read.
    pub fn created(&self) -> Option<jiff::Timestamp> {
        time(self.created_at.as_deref())
    }
}

fn time(text: Option<&str>) -> Option<jiff::Timestamp> {
    text?.parse().ok()
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Deserialize)]
pub struct CredentialRequests {
    pub requests: Vec<CredentialRequest>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    pub request_detail: CredentialRequest,
}

/// What Make answers to a create: the only time that it tells the address of the page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    pub request: CredentialRequest,
    #[serde(default)]
    pub public_uri: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub credentials: Vec<Credential>,
}

/// Which requests of a team.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    pub name: Option<&'a str>,
    pub status: Option<&'a str>,
    /// Who asked.
    pub user: Option<UserId>,
    /// Who has to sign in.
    pub make_provider: Option<UserId>,
}

/// The requests of a team, all at once: Make documents no pages for this list.
pub fn list(team: TeamId, filter: &Filter<'_>) -> Request<CredentialRequests> {
    Request::get("credential-requests")
        .then("requests")
        .query("teamId", team)
        .query_if("userId", filter.user)
        .query_if("makeProviderId", filter.make_provider)
        .query_if("status", filter.status)
        .query_if("name", filter.name)
        .columns(&COLUMNS)
}

/// One request with its credentials.
pub fn detail(id: &RequestId) -> Request<Detail> {
    one(Request::get("credential-requests"), id).then("detail")
}

#[derive(Debug, Deserialize)]
pub struct Owner {
    pub request: OwnerColumns,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerColumns {
    pub team_id: TeamId,
}

/// The team of a request.
pub fn owner(id: &RequestId) -> Request<Owner> {
    one(Request::get("credential-requests"), id).columns(&["id", "teamId"])
}

#[derive(Debug, Deserialize)]
pub struct Gone {
    #[serde(default)]
    pub deleted: Option<bool>,
}

/// Takes a request away. Without `confirmed` Make refuses when credentials are attached; with it
/// the connections and keys that came out go too.
pub fn delete(id: &RequestId, confirmed: bool) -> Request<Gone> {
    let request = one(Request::delete("credential-requests"), id);
    if confirmed {
        request.confirmed()
    } else {
        request
    }
}

fn one<T>(request: Request<T>, id: &RequestId) -> Request<T> {
    request.then("requests").id(id)
}

#[derive(Debug, Deserialize)]
pub struct OneCredential {
    pub credential: Credential,
}

fn credential(id: &CredentialId, action: &'static str) -> Request<OneCredential> {
    Request::post("credential-requests")
        .then("credentials")
        .id(id)
        .then(action)
}

/// Declines a credential; a second call may give another reason.
pub fn decline(id: &CredentialId, reason: Option<&str>) -> Request<OneCredential> {
    let request = credential(id, "decline");
    match reason {
        Some(reason) => request.body(json!({"reason": reason})),
        None => request,
    }
}

/// Deletes the connection or key behind a credential, which becomes pending again.
pub fn delete_remote(id: &CredentialId) -> Request<OneCredential> {
    credential(id, "delete-remote").destroying()
}

/// Lets Make test the OAuth connection and ask for a new sign-in; refused while it still works.
pub fn request_reauthorize(id: &CredentialId) -> Request<OneCredential> {
    credential(id, "request-reauthorize")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str, expires: &str) -> CredentialRequest {
        serde_json::from_value(json!({"id": "r", "status": status, "expiresAt": expires})).unwrap()
    }

    #[test]
    fn a_request_is_over_when_its_time_is_whatever_its_status_says() {
        let (past, future) = ("1970-01-01T00:00:09.000Z", "1970-01-01T00:00:11Z");
        for (status, expires, standing, expired) in [
            ("pending", future, Standing::Open, None),
            ("partially_authorized", future, Standing::Open, None),
            ("pending", past, Standing::Over, Some(true)),
            ("pending", "some day", Standing::Open, None),
            ("authorized", past, Standing::Over, None),
            ("declined", future, Standing::Over, None),
            ("escalated", past, Standing::Unknown, None),
        ] {
            let request = read(status, expires).judged(10);
            assert_eq!(request.standing(10), standing, "{status} {expires}");
            assert_eq!(request.expired, expired, "{status} {expires}");
        }
    }

    #[test]
    fn what_make_leaves_out_or_writes_otherwise_is_read() {
        let text =
            r#"{"id":"c","component":"account","state":"escalated","scope":null,"remoteId":"102"}"#;
        let credential: Credential = serde_json::from_str(text).unwrap();
        assert_eq!(credential.connection().unwrap().number(), 102);
        assert_eq!(credential.key(), None);
        let text = r#"{"id":"k","component":"keychain","remoteId":402}"#;
        let credential: Credential = serde_json::from_str(text).unwrap();
        assert_eq!(credential.key().unwrap().number(), 402);
        let text = r#"{"id":"u","component":"device","remoteId":"x/y"}"#;
        let credential: Credential = serde_json::from_str(text).unwrap();
        assert_eq!((credential.connection(), credential.key()), (None, None));
        let text = r#"{"id":"r","makeProviderId":"456","credentials":null}"#;
        let request: CredentialRequest = serde_json::from_str(text).unwrap();
        assert_eq!(request.make_provider_id.unwrap().as_str(), "456");
    }
}
