//! Keys, which Make's pages call the keychain: endpoints and answers. Facts from Make's `OpenAPI`
//! document, its SDK and the SDK's integration tests.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::{Request, lenient};
use crate::ids::{KeyId, TeamId, TypeName};

/// List and get answer with id and name alone unless columns are asked for.
const COLUMNS: [&str; 6] = ["id", "name", "typeName", "teamId", "packageName", "theme"];

/// A key. Make never answers with its secret parameters.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    pub id: KeyId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub type_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub package_name: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub theme: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Keys {
    pub keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
pub struct One {
    pub key: Key,
}

/// The keys of a team, all at once: Make does not page this list.
pub fn list(team: TeamId, type_name: Option<&TypeName>) -> Request<Keys> {
    Request::get("keys")
        .query("teamId", team)
        .query_if("typeName", type_name)
        .columns(&COLUMNS)
}

/// One key.
pub fn get(id: KeyId) -> Request<One> {
    Request::get("keys").id(&id).columns(&COLUMNS)
}

/// Only what says whose it is.
#[derive(Debug, Deserialize)]
pub struct Owner {
    pub key: OwnerColumns,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnerColumns {
    pub team_id: TeamId,
}

/// The team of a key.
pub fn owner(id: KeyId) -> Request<Owner> {
    Request::get("keys").id(&id).columns(&["id", "teamId"])
}

/// A kind of key with the parameters it is made of.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyType {
    /// What `typeName` takes.
    pub name: String,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    #[serde(default, deserialize_with = "parameters")]
    pub parameters: Vec<Parameter>,
}

/// A parameter of a kind of key. A text holds a secret or a place, whatever its type, unless it is
/// `authUser`, `keyEncoding`, `keyId`, `method`, `name`, `placement`, `production` or `teamId`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Parameter {
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub required: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The values it takes.
    #[serde(
        default,
        deserialize_with = "choices",
        skip_serializing_if = "Option::is_none"
    )]
    pub options: Option<Vec<Choice>>,
    /// Parameters below it; not shown, and still looked at for secrets.
    #[serde(default, skip_serializing)]
    #[schemars(skip)]
    pub nested: Nested,
}

/// A value that a parameter takes, with the parameters that come with it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Choice {
    #[serde(default)]
    pub value: Value,
    /// Parameters that this value asks for.
    #[serde(
        default,
        rename = "needs",
        skip_deserializing,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub needs: Vec<String>,
    #[serde(default, skip_serializing)]
    #[schemars(skip)]
    pub nested: Nested,
}

/// Parameters below others. Make also writes other things here (names of lists to load): each is
/// kept as a parameter without a name, since it may be any.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Value")]
pub struct Nested(pub Vec<Parameter>);

impl From<Value> for Nested {
    fn from(value: Value) -> Self {
        let items = match value {
            Value::Null => Vec::new(),
            Value::Array(items) => items,
            other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                vec![other]
            }
        };
        let items = items.into_iter();
        Self(items.map(|item| read(item).unwrap_or_default()).collect())
    }
}

fn read(item: Value) -> Option<Parameter> {
    let parameter: Parameter = serde_json::from_value(item).ok()?;
    Some(parameter).filter(|parameter| !parameter.name.is_empty())
}

/// Parameters, and what stands among them.
fn parameters<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Parameter>, D::Error> {
    Ok(Nested::from(Value::deserialize(from)?).0)
}

/// Choices in every form that Make writes: a list, groups of choices, or an object around a list.
/// A list that Make loads elsewhere has none here.
fn choices<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Choice>>, D::Error> {
    let mut found = Vec::new();
    collect(Value::deserialize(from)?, &mut found);
    Ok(Some(found).filter(|found| !found.is_empty()))
}

fn collect(value: Value, found: &mut Vec<Choice>) {
    match value {
        Value::Array(items) => {
            for item in items {
                if item.is_object() {
                    collect(item, found);
                } else {
                    found.push(Choice {
                        value: item,
                        ..Choice::default()
                    });
                }
            }
        }
        Value::Object(mut fields) => {
            for list in ["options", "store"] {
                collect(fields.remove(list).unwrap_or_default(), found);
            }
            // What the empty choice asks for.
            collect(fields.remove("placeholder").unwrap_or_default(), found);
            found.extend(serde_json::from_value::<Choice>(Value::Object(fields)).ok());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

impl KeyType {
    /// Every parameter, those below others too.
    pub fn all_parameters(&self) -> Vec<&Parameter> {
        let mut all = Vec::new();
        let mut open: Vec<&Parameter> = self.parameters.iter().collect();
        while let Some(parameter) = open.pop() {
            all.push(parameter);
            open.extend(&parameter.nested.0);
            let choices = parameter.options.iter().flatten();
            open.extend(choices.flat_map(|choice| &choice.nested.0));
        }
        all
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyTypes {
    pub keys_types: Vec<KeyType>,
}

/// The kinds of keys there are.
pub fn types() -> Request<KeyTypes> {
    Request::get("keys").then("types")
}

/// Makes a key.
pub fn create(
    team: TeamId,
    name: &str,
    type_name: &TypeName,
    parameters: &Map<String, Value>,
) -> Request<One> {
    Request::post("keys").body(json!({
        "teamId": team, "name": name, "typeName": type_name, "parameters": parameters,
    }))
}

/// Gives a key another name.
pub fn rename(id: KeyId, name: &str) -> Request<One> {
    Request::patch("keys").id(&id).body(json!({"name": name}))
}

/// Replaces parameters, and the name with it. Whether Make merges or replaces the rest is not
/// documented, so what was there may be lost.
pub fn replace(id: KeyId, name: Option<&str>, parameters: &Map<String, Value>) -> Request<One> {
    let mut body = json!({"parameters": parameters});
    if let (Some(name), Some(body)) = (name, body.as_object_mut()) {
        body.insert("name".to_owned(), json!(name));
    }
    Request::patch("keys").id(&id).destroying().body(body)
}

/// Make answers with the id alone.
#[derive(Debug, Deserialize)]
pub struct Gone {
    #[serde(rename = "key")]
    _id: serde::de::IgnoredAny,
}

/// Takes a key away. Make always wants `confirmed`; without it, it refuses and may say what uses
/// the key.
pub fn delete(id: KeyId, confirmed: bool) -> Request<Gone> {
    let request = Request::delete("keys").id(&id);
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
    fn parameters_below_others_are_found() {
        let kind: KeyType = serde_json::from_value(json!({"name": "apn", "parameters": [
            {"name": "privateKey", "type": "pkey"},
            {"name": "method", "type": "select", "options": [
                {"label": "T", "value": "tokens", "nested": [{"name": "keyId", "type": "text"}]},
                {"label": "C", "value": "cert", "nested": [{"name": "certificate", "type": "cert"}]},
                {"label": "L", "value": "x", "nested": "rpc://list"}]},
            {"name": "odd", "nested": [{"name": "below", "type": "password"}]}]}))
        .unwrap();
        let mut names: Vec<&str> = kind
            .all_parameters()
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            // The list that Make loads is one that cannot be seen.
            [
                "",
                "below",
                "certificate",
                "keyId",
                "method",
                "odd",
                "privateKey"
            ]
        );
    }

    #[test]
    fn choices_are_read_in_every_form() {
        let below = |name: &str| json!([{"name": name, "type": "password"}]);
        let kind: KeyType = serde_json::from_value(json!({"name": "t", "parameters": [
            "rpc://more",
            {"name": "loaded", "type": "select", "options": "rpc://list"},
            {"name": "grouped", "type": "select", "options": [
                {"label": "G", "options": [{"value": "a", "nested": below("inGroup")}]}, "b", 3]},
            {"name": "stored", "type": "select", "options": {
                "store": [{"value": "c", "nested": below("inStore")}], "nested": below("inObject"),
                "placeholder": {"label": "None", "nested": below("inPlaceholder")}}},
            {"name": "fetched", "type": "select", "options": {"store": "rpc://list"}}]}))
        .unwrap();
        let all = kind.all_parameters();
        let mut names: Vec<&str> = all.iter().map(|p| p.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "",
                "fetched",
                "grouped",
                "inGroup",
                "inObject",
                "inPlaceholder",
                "inStore",
                "loaded",
                "stored"
            ]
        );
        let grouped = all.iter().find(|p| p.name == "grouped").unwrap();
        let values = grouped.options.iter().flatten().map(|choice| &choice.value);
        let values: Vec<&Value> = values.filter(|value| !value.is_null()).collect();
        assert_eq!(values, [&json!("a"), &json!("b"), &json!(3)]);
    }
}
