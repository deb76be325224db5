//! The access list of a locked connection: endpoints and answers. Facts from Make's developer
//! documentation.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Request, lenient};
use crate::ids::{ConnectionId, TeamId, UserId};

/// A member of the access list of a locked connection.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub membership_type: Option<String>,
    pub membership_id: UserId,
    #[serde(default)]
    pub role: String,
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessList {
    pub access_list: Vec<Member>,
}

#[derive(Debug, Deserialize)]
pub struct OneMember {
    pub member: Member,
}

fn access<T>(request: Request<T>, team: TeamId, id: ConnectionId) -> Request<T> {
    request
        .id(&team)
        .then("connections")
        .id(&id)
        .then("access-list")
}

/// Who may use a locked connection.
pub fn list(team: TeamId, id: ConnectionId) -> Request<AccessList> {
    access(Request::get("teams"), team, id)
}

/// Adds a user to the access list; 409 when the user is on it.
pub fn add(team: TeamId, id: ConnectionId, user: UserId, role: &str) -> Request<OneMember> {
    access(Request::post("teams"), team, id)
        .then("users")
        .agreed()
        .body(json!({"userId": user, "role": role}))
}

/// Changes the role of a user on the access list.
pub fn change(team: TeamId, id: ConnectionId, user: UserId, role: &str) -> Request<OneMember> {
    access(Request::patch("teams"), team, id)
        .then("users")
        .id(&user)
        .agreed()
        .body(json!({"role": role}))
}

/// Takes a user off the access list; the last admin cannot be removed.
pub fn remove(team: TeamId, id: ConnectionId, user: UserId) -> Request<serde::de::IgnoredAny> {
    access(Request::delete("teams"), team, id)
        .then("users")
        .id(&user)
}
