//! Finding the connections and keys a blueprint refers to.

use std::collections::BTreeSet;

use serde_json::Value;

/// Connections and keys have separate number spaces, so a number alone says nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Used {
    Connection,
    Key,
}

impl Used {
    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Connection => &["__IMTCONN__", "account", "makeConnectionId"],
            Self::Key => &["__IMTKEY__", "keychain"],
        }
    }
}

/// Walks routes, error handlers and nested tools alike: a reference counts wherever it stands.
pub(crate) fn references(blueprint: &Value, used: Used) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    walk(blueprint, used, &mut found);
    found
}

fn walk(value: &Value, used: Used, found: &mut BTreeSet<u64>) {
    match value {
        Value::Object(fields) => {
            let ids = used
                .parameters()
                .iter()
                .filter_map(|name| fields.get(*name));
            found.extend(ids.filter_map(Value::as_u64));
            fields.values().for_each(|inner| walk(inner, used, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| walk(inner, used, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
