//! Which parameters of a key are secrets: Make says it itself, in the list of types.

use serde_json::{Map, Value};

use crate::make::keys::KeyType;
use crate::tools::named::{self, Field, Given, Role, Uses};
use crate::tools::{Call, ToolError};

/// The types of parameters that hold secrets, and what else a person types in private.
const SECRET_KINDS: [&str; 3] = ["password", "pkey", "cert"];
/// The types of parameters that are known to hold none. A kind that Make adds later is a secret
/// until it is known.
const PLAIN_KINDS: [&str; 8] = [
    "text", "select", "boolean", "number", "integer", "uinteger", "url", "email",
];

/// Names that say what the kind does not: of a private GPG key Make says `text`.
const SECRET_NAMES: [&str; 5] = ["private", "secret", "passw", "passphrase", "token"];

/// Whether what is left out of the parameters may stay as it is at Make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// There is nothing yet.
    IsNew,
    /// What is there may stay.
    MayStay,
}

/// Lets the parameters pass or refuses them; tells the named secrets among them. Of an unknown
/// type of key every value is a secret, and none of them can be named.
pub(super) async fn admit(
    call: &Call<'_>,
    type_name: Option<&str>,
    parameters: &Map<String, Value>,
    rest: Rest,
) -> Result<Uses, ToolError> {
    let types = call.key_types().await?;
    let kind = types
        .iter()
        .find(|kind| Some(kind.name.as_str()) == type_name);
    let literals = secret_ones(kind, parameters);
    let allowed = call.agent().grants.allow_plaintext;
    // Make refuses it too; that it may hold a secret is not what is wrong with it.
    if kind.is_none() && rest == Rest::IsNew && !literals.is_empty() && !allowed {
        return Err(ToolError::argument(
            "typeName",
            "is no type of key that Make lists",
            "Take it from keys_list_types.",
        ));
    }
    let declared = kind.map(KeyType::all_parameters).unwrap_or_default();
    let of_role = |wanted: Role| {
        let names = declared.iter().map(|parameter| parameter.name.as_str());
        let mut names: Vec<&str> = names.filter(|name| role(kind, name) == wanted).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let fields = parameters.iter().map(|(name, value)| Field {
        name,
        value,
        role: role(kind, name),
    });
    // Where it goes may not change while a secret that is not given stays.
    let moves = |name: &&str| {
        parameters
            .get(*name)
            .is_some_and(|value| !is_nothing(value))
    };
    let keeps = |name: &&str| !parameters.contains_key(*name);
    if rest == Rest::MayStay
        && of_role(Role::Where).iter().any(moves)
        && of_role(Role::Secret).iter().any(keeps)
    {
        return Err(named::moved_without_secret("parameters"));
    }
    let stays = match rest {
        Rest::IsNew => Vec::new(),
        Rest::MayStay => of_role(Role::Where),
    };
    let given = Given {
        inside: "parameters",
        type_name,
        fields: fields.collect(),
        literals,
        takers: of_role(Role::Secret),
        stays: stays.into_iter().map(str::to_owned).collect(),
        wants_all_set: false,
    };
    named::admit(call, given).await
}

/// The parameters that are secrets, with their values.
pub(super) async fn among(
    call: &Call<'_>,
    type_name: Option<&str>,
    parameters: &Map<String, Value>,
) -> Result<Vec<(String, Value)>, ToolError> {
    let types = call.key_types().await?;
    let kind = types
        .iter()
        .find(|kind| Some(kind.name.as_str()) == type_name);
    Ok(secret_ones(kind, parameters))
}

fn secret_ones(kind: Option<&KeyType>, parameters: &Map<String, Value>) -> Vec<(String, Value)> {
    parameters
        .iter()
        .filter(|(name, value)| !is_nothing(value) && is_secret(kind, name, value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What a parameter of this name is for. Where the same name is declared more than once, the most
/// careful answer counts.
fn role(kind: Option<&KeyType>, name: &str) -> Role {
    let declared = kind.map(KeyType::all_parameters).unwrap_or_default();
    let mut declared = declared.into_iter().filter(|p| p.name == name).peekable();
    if declared.peek().is_none() {
        return Role::Unknown;
    }
    let by_name = || {
        if named::sounds_like_a_place(name) {
            Role::Where
        } else {
            Role::Plain
        }
    };
    let mut role = named::role(name).unwrap_or_else(by_name);
    for parameter in declared {
        match parameter.kind.as_deref() {
            Some("url") => role = Role::Where,
            kind if is_plain(name, kind) => {}
            _ => return Role::Secret,
        }
    }
    role
}

fn is_plain(name: &str, kind: Option<&str>) -> bool {
    let name = name.to_ascii_lowercase();
    !SECRET_NAMES.iter().any(|word| name.contains(word))
        && kind.is_some_and(|kind| PLAIN_KINDS.contains(&kind) && !SECRET_KINDS.contains(&kind))
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.is_boolean() || value.as_str() == Some("")
}

fn is_secret(kind: Option<&KeyType>, name: &str, value: &Value) -> bool {
    let Some(kind) = kind else { return true };
    let kinds: Vec<Option<&str>> = kind
        .all_parameters()
        .into_iter()
        .filter(|parameter| parameter.name == name)
        .map(|parameter| parameter.kind.as_deref())
        .collect();
    // A value with an inside can hold anything.
    kinds.is_empty()
        || !kinds.into_iter().all(|kind| is_plain(name, kind))
        || value.is_array()
        || value.is_object()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_parameters_known_to_be_plain_pass() {
        let kind: KeyType = serde_json::from_value(json!({"name": "t", "parameters": [
            {"name": "authUser", "type": "text"}, {"name": "authPass", "type": "password"},
            {"name": "new", "type": "vault"}, {"name": "untyped"}, {"name": "privateKey", "type": "text"},
            {"name": "method", "type": "select", "options": [{"value": "c", "nested": [{"name": "certificate", "type": "cert"}]}]}]}))
        .unwrap();
        let secret = |name: &str| is_secret(Some(&kind), name, &json!("x"));
        assert!(!secret("authUser") && !secret("method"));
        for name in [
            "authPass",
            "new",
            "untyped",
            "certificate",
            "privateKey",
            "unlisted",
        ] {
            assert!(secret(name), "{name}");
        }
        assert!(is_secret(Some(&kind), "authUser", &json!({"$secret": "x"})));
        assert!(is_secret(None, "authUser", &json!("x")));
        for (name, wanted) in [
            ("authUser", Role::Plain),
            ("authPass", Role::Secret),
            ("certificate", Role::Secret),
            ("new", Role::Secret),
            ("unlisted", Role::Unknown),
        ] {
            assert_eq!(role(Some(&kind), name), wanted, "{name}");
        }
        assert_eq!(role(None, "authPass"), Role::Unknown);
    }
}
