//! Connections: endpoints and answers. Facts from Make's `OpenAPI` document and its TypeScript
//! SDK unless a line says otherwise.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Request;
use crate::ids::{ConnectionId, TeamId, TypeName};

pub use super::connection::{Connection, GrantedScope, Identity, Usage};

/// The columns that a list is asked for: all that Make documents but `organizationId`, which no
/// answer shows.
const COLUMNS: [&str; 16] = [
    "id",
    "name",
    "accountName",
    "accountLabel",
    "packageName",
    "expire",
    "metadata",
    "teamId",
    "theme",
    "upgradeable",
    "scopesCnt",
    "scoped",
    "accountType",
    "editable",
    "uid",
    "connectedSystemId",
];

/// The columns that one connection is asked for. With its scopes their number is known, and
/// whether others are granted was not asked; a colour helps no agent.
const COLUMNS_OF_ONE: [&str; 14] = [
    "id",
    "name",
    "accountName",
    "accountLabel",
    "packageName",
    "expire",
    "metadata",
    "teamId",
    "upgradeable",
    "accountType",
    "editable",
    "uid",
    "connectedSystemId",
    "scopes",
];

#[derive(Debug, Deserialize)]
pub struct Connections {
    pub connections: Vec<Connection>,
}

#[derive(Debug, Deserialize)]
pub struct One {
    pub connection: Connection,
}

/// The scopes that connections of each type are asked about.
pub type ScopesByType = std::collections::BTreeMap<TypeName, Vec<String>>;

/// The connections of a team, all at once: Make does not page this list. For the types in
/// `scopes`, `scoped` says whether a connection holds them all.
pub fn list(team: TeamId, types: &[TypeName], scopes: &ScopesByType) -> Request<Connections> {
    let mut request = Request::get("connections")
        .query("teamId", team)
        .query_each("type", types);
    for (of_type, scopes) in scopes {
        request = request.query_each(of_type.as_str(), scopes);
    }
    request.columns(&COLUMNS)
}

/// The ids of a team's connections, and no more of them.
#[derive(Debug, Deserialize)]
pub struct Ids {
    pub connections: Vec<Id>,
}

#[derive(Debug, Deserialize)]
pub struct Id {
    pub id: ConnectionId,
}

/// Which connections a team has.
pub fn ids(team: TeamId) -> Request<Ids> {
    Request::get("connections")
        .query("teamId", team)
        .columns(&["id"])
}

/// One connection with its granted scopes.
pub fn get(id: ConnectionId) -> Request<One> {
    Request::get("connections").id(&id).columns(&COLUMNS_OF_ONE)
}

/// One connection with all that Make tells, which may be the scenarios that use it: they are in
/// its SDK's types and in no list of columns.
pub fn whole(id: ConnectionId) -> Request<One> {
    Request::get("connections").id(&id).columns(&["*"])
}

/// Only what says whose it is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    pub connection: OwnerColumns,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerColumns {
    pub team_id: TeamId,
}

/// The team of a connection.
pub fn owner(id: ConnectionId) -> Request<Owner> {
    Request::get("connections")
        .id(&id)
        .columns(&["id", "teamId"])
}

/// What a new connection is made of.
#[derive(Debug)]
pub struct New<'a> {
    pub team: TeamId,
    pub name: &'a str,
    /// The connection type.
    pub account_name: &'a str,
    pub scopes: &'a [String],
    pub data: Map<String, Value>,
}

/// Makes a connection. In the body `accountName` is the NAME and `accountType` the TYPE, while
/// answers call the type `accountName`: the three fixed fields are written last, so that no
/// type-specific field replaces them.
pub fn create(new: New<'_>) -> Request<One> {
    let mut body = new.data;
    if !new.scopes.is_empty() {
        body.insert("scopes".to_owned(), json!(new.scopes));
    }
    body.insert("accountName".to_owned(), json!(new.name));
    body.insert("accountType".to_owned(), json!(new.account_name));
    Request::post("connections")
        .query("teamId", new.team)
        .body(Value::Object(body))
}

/// The names that a body of [`create`] uses itself.
pub const RESERVED: [&str; 4] = ["accountName", "accountType", "scopes", "teamId"];

/// Gives a connection another name.
pub fn rename(id: ConnectionId, name: &str) -> Request<One> {
    Request::patch("connections")
        .id(&id)
        .columns(&COLUMNS)
        .body(json!({"name": name}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Editable {
    pub editable_parameters: Vec<String>,
}

/// The names of the parameters that [`set_data`] takes; Make tells neither types nor values.
pub fn editable_parameters(id: ConnectionId) -> Request<Editable> {
    Request::get("connections")
        .id(&id)
        .then("editable-data-schema")
}

#[derive(Debug, Deserialize)]
pub struct Changed {
    pub changed: bool,
}

/// Replaces all stored data: what is left out is emptied, so it destroys.
pub fn set_data(id: ConnectionId, data: Map<String, Value>) -> Request<Changed> {
    Request::post("connections")
        .id(&id)
        .then("set-data")
        .destroying()
        .body(Value::Object(data))
}

#[derive(Debug, Deserialize)]
pub struct Verified {
    pub verified: bool,
}

/// Lets Make try the credential at the provider. Bad credentials come back as an error with the
/// provider's message, not only as `verified: false` (integration tests of Make's SDK).
pub fn test(id: ConnectionId) -> Request<Verified> {
    Request::post("connections").id(&id).then("test")
}

#[derive(Debug, Deserialize)]
pub struct Scoped {
    pub connection: ScopedFlag,
}

#[derive(Debug, Deserialize)]
pub struct ScopedFlag {
    pub scoped: bool,
}

/// Asks whether these scopes are granted.
pub fn check_scopes(id: ConnectionId, scopes: &[String]) -> Request<Scoped> {
    Request::post("connections")
        .id(&id)
        .then("scoped")
        .body(json!({"scope": scopes}))
}

/// Make answers with the id alone.
#[derive(Debug, Deserialize)]
pub struct Gone {
    #[serde(rename = "connection")]
    _id: serde::de::IgnoredAny,
}

/// Takes a connection away. Without `confirmed` Make refuses (406) when scenarios use it.
pub fn delete(id: ConnectionId, confirmed: bool) -> Request<Gone> {
    let request = Request::delete("connections").id(&id);
    if confirmed {
        request.confirmed()
    } else {
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_create_swaps_name_and_type_and_keeps_scopes() {
        let data = json!({"apiKey": "x", "accountType": "evil"});
        let request = create(New {
            team: TeamId::new(22).unwrap(),
            name: "Label",
            account_name: "google",
            scopes: &["drive".to_owned()],
            data: data.as_object().unwrap().clone(),
        });
        assert_eq!(
            request.parts().body.as_ref().unwrap(),
            &json!({"apiKey": "x", "scopes": ["drive"], "accountName": "Label", "accountType": "google"})
        );
    }
}
