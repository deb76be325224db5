//! A connection, as Make answers with it.

use serde::{Deserialize, Serialize};

use super::{Opaque, lenient};
use crate::ids::{ConnectionId, ScenarioId, TeamId};

/// A connection as an agent may see it. Make never answers with a secret here.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub id: ConnectionId,
    #[serde(default, deserialize_with = "lenient::name")]
    pub name: String,
    /// The connection type, such as `google` or `slack2`.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_name: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_label: Option<String>,
    /// `oauth` or `basic`.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_type: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub package_name: Option<String>,
    /// When the credential ends, where the provider says so.
    #[serde(
        default,
        deserialize_with = "lenient::told",
        skip_serializing_if = "Option::is_none"
    )]
    pub expire: Option<String>,
    /// Whose account it is.
    #[serde(
        default,
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub metadata: Option<Identity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// Whether the scopes that were asked about are granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoped: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub scopes_cnt: Option<u64>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub editable: Option<bool>,
    #[serde(
        default,
        deserialize_with = "lenient::flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub upgradeable: Option<bool>,
    /// The account at the provider, as text.
    #[serde(
        default,
        deserialize_with = "lenient::opaque",
        skip_serializing_if = "Option::is_none"
    )]
    pub uid: Option<Opaque>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub connected_system_id: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
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

impl Connection {
    /// `false`: nobody seems to have signed in to it. So an OAuth one looks after it was created,
    /// and Make calls its scopes granted.
    pub fn is_signed_in(&self) -> bool {
        self.account_type.as_deref() != Some("oauth")
            || self.uid.is_some()
            || self.metadata.is_some()
            || self.scopes_cnt.is_some_and(|count| count > 0)
    }
}

/// Whose account a connection stands for, as Make shows it.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Identity {
    #[serde(
        default,
        deserialize_with = "lenient::exact",
        skip_serializing_if = "Option::is_none"
    )]
    pub value: Option<String>,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        rename = "type",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
}

/// A scope that a connection holds.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct GrantedScope {
    pub id: String,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
}

/// A scenario that uses a connection.
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Usage {
    pub id: ScenarioId,
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
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

#[cfg(test)]
mod tests {
    use super::*;

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
