//! The token's own user, its authorization and its API tokens. Facts from Make's `OpenAPI`
//! document.

use serde::{Deserialize, Serialize};

use super::{Request, lenient};
use crate::ids::{OrganizationId, TeamId, UserId};

/// The Make user that a token belongs to.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: UserId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub language: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub timezone: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_team_roles: Option<Vec<TeamRole>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_organization_roles: Option<Vec<OrganizationRole>>,
}

/// The user's role in a team.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct TeamRole {
    pub team_id: TeamId,
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub users_role_id: Option<u64>,
}

/// The user's role in an organization.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationRole {
    pub organization_id: OrganizationId,
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub users_role_id: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    pub auth_user: User,
}

/// The user of the token; needs no scope.
pub fn me() -> Request<Me> {
    Request::get("users").then("me").columns(&[
        "id",
        "name",
        "email",
        "language",
        "timezone",
        "locale",
        "userTeamRoles",
        "userOrganizationRoles",
    ])
}

/// How the call was authorized.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub auth_used: Option<String>,
    /// The scopes of the token.
    #[serde(default)]
    pub scope: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct CurrentAuthorization {
    pub authorization: Authorization,
}

/// The scopes of the token; needs no scope itself.
pub fn current_authorization() -> Request<CurrentAuthorization> {
    Request::get("users")
        .then("me")
        .then("current-authorization")
}

/// An API token as Make lists it: masked, without id, known by its time of creation.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiToken {
    /// The first 8 characters, the rest masked.
    pub token: String,
    #[serde(default)]
    pub scope: Vec<String>,
    #[serde(default)]
    pub created: String,
    #[serde(default, deserialize_with = "lenient::name")]
    pub label: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiTokens {
    pub api_tokens: Vec<ApiToken>,
}

/// The API tokens of the user, masked.
pub fn api_tokens() -> Request<ApiTokens> {
    Request::get("users").then("me").then("api-tokens")
}

/// A role that users may have in organizations or teams.
#[derive(Debug, Clone, Deserialize)]
pub struct Role {
    pub id: u64,
    /// Its name for programs, such as `admin`.
    #[serde(default, deserialize_with = "lenient::name")]
    pub identifier: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Roles {
    pub users_roles: Vec<Role>,
}

/// The roles that users may have in organizations.
pub fn organization_roles() -> Request<Roles> {
    Request::get("users")
        .then("roles")
        .query("category", "organization")
        .columns(&["id", "identifier"])
}
