//! Connections: endpoints and answers. Facts from Make's `OpenAPI` document and its TypeScript
//! SDK unless a line says otherwise.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Opaque, Request};
use crate::ids::{ConnectionId, ScenarioId, TeamId, TypeName};

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

/// A connection as an agent may see it. Make never answers with a secret here.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub id: ConnectionId,
    #[serde(default)]
    pub name: String,
    /// The connection type, such as `google` or `slack2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_label: Option<String>,
    /// `oauth` or `basic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_name: Option<String>,
    /// When the credential ends, where the provider says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire: Option<String>,
    /// Whose account it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Identity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// Whether the scopes that were asked about are granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoped: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes_cnt: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgradeable: Option<bool>,
    /// The account at the provider, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<Opaque>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_system_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The granted scopes; only where one connection is read.
    #[serde(
        default,
        deserialize_with = "granted",
        skip_serializing_if = "Option::is_none"
    )]
    pub scopes: Option<Vec<GrantedScope>>,
    /// Scenarios that use it, where Make tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario_usages: Option<Vec<Usage>>,
}

/// Whose account a connection stands for, as Make shows it.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Identity {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A scope that a connection holds.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct GrantedScope {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A scenario that uses a connection.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Usage {
    pub id: ScenarioId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// `scopes` is a list where one connection is read and the number 0 in answers to a create.
fn granted<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<GrantedScope>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        List(Vec<GrantedScope>),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Option::<Form>::deserialize(deserializer)? {
        Some(Form::List(list)) => Some(list),
        Some(Form::Other(_)) | None => None,
    })
}

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

    #[test]
    fn scopes_are_read_as_a_list_or_as_the_number_zero() {
        let list = r#"{"id":1,"name":"n","scopes":[{"id":"s","account":"google"}],"uid":116202339842394857123}"#;
        let read: Connection = serde_json::from_str(list).unwrap();
        assert_eq!(read.scopes.unwrap()[0].id, "s");
        assert_eq!(read.uid.unwrap().as_str(), "116202339842394857123");
        let zero: Connection = serde_json::from_str(r#"{"id":1,"scopes":0}"#).unwrap();
        assert!(zero.scopes.is_none());
    }
}
