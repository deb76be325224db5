//! Whether a named secret may go where a call wants it, and beside what.

use serde_json::{Value, json};

use super::role::Role;
use super::uses::{Use, Uses};
use super::values;
use crate::grants::{Binding, SecretPlace};
use crate::ids::SecretName;
use crate::secrets::SecretReference;
use crate::state;
use crate::tools::{Call, Code, Failure, ToolError, plaintext};

/// A named secret as it is kept.
pub(super) struct Known {
    pub(super) at: SecretReference,
    pub(super) binding: Binding,
}

/// The secret of this name, when it is for this agent and this place. The value is not read.
///
/// # Errors
/// The refusal that the agent reads. Of a name that is for another agent alone it says what it
/// says of a name that nobody has.
pub(super) async fn fitting(call: &Call<'_>, uses: &Uses, one: &Use) -> Result<Known, Failure> {
    let known = known(call, &one.name).await?;
    let known = known.filter(|known| known.binding.is_for(&call.agent().name));
    let known = known.ok_or_else(|| {
        Failure::new(
            Code::SecretUnavailable,
            "There is no secret of that name for this agent; nothing was sent.",
            "secrets_list says which there are; else tell the person which one is missing.",
        )
    })?;
    let field = format!("{}.{}", uses.inside, one.field);
    let place = SecretPlace {
        tool: call.tool.name,
        type_name: uses.type_name.as_deref(),
        field: &field,
    };
    known.binding.fits(&place).map_err(|_| {
        Failure::new(
            Code::NotGranted,
            "That secret is not for this tool, this type or this field; nothing was sent.",
            "secrets_list says where it may go; do not look for another way.",
        )
    })?;
    Ok(known)
}

/// Whether everything beside it lets a secret go with this call.
///
/// # Errors
/// The refusal that the agent reads.
pub(super) fn may_go(binding: &Binding, uses: &Uses) -> Result<(), ToolError> {
    let wrong = beside(binding, uses);
    if wrong.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(
        Code::NotGranted,
        "That secret goes only with what the operator has set beside it: the fields in `details.fields` differ, are missing, or were not set; nothing was sent.",
        "Pass what secrets_list shows in `with`; the operator adds others: `secret set NAME … --with FIELD=VALUE`.",
    );
    let details = json!({"fields": plaintext::named(wrong.iter()), "with": binding.with});
    Err(failure.with_details(details).into())
}

async fn known(call: &Call<'_>, name: &SecretName) -> Result<Option<Known>, Failure> {
    let row = call.session().state().named_secret(name.as_str()).await;
    let Some(row) = row.map_err(|error| unreadable(&error))? else {
        return Ok(None);
    };
    let known = || {
        Some(Known {
            at: row.store.parse().ok()?,
            binding: serde_json::from_str(&row.binding).ok()?,
        })
    };
    // Written by a version that knows more: it says no more than a name that is not there.
    Ok(known())
}

/// What the agent may use, by name.
pub(in crate::tools) async fn bindings(call: &Call<'_>) -> Result<Vec<(String, Binding)>, Failure> {
    let rows = call.session().state().named_secrets().await;
    let rows = rows.map_err(|error| unreadable(&error))?;
    let readable = rows.into_iter().filter_map(|row| {
        let binding: Binding = serde_json::from_str(&row.binding).ok()?;
        Some((row.name, binding))
    });
    let agent = &call.agent().name;
    Ok(readable
        .filter(|(_, binding)| binding.is_for(agent))
        .collect())
}

fn unreadable(error: &state::Error) -> Failure {
    tracing::warn!(%error, "the named secrets cannot be read");
    Failure::new(
        Code::SecretUnavailable,
        "The server cannot read its list of named secrets; nothing was sent.",
        "Tell the operator; the server's log says why.",
    )
}

/// The fields that keep a secret from going with this call.
fn beside(binding: &Binding, uses: &Uses) -> Vec<String> {
    let mut wrong = Vec::new();
    let exists = |name: &String| uses.known.as_ref().is_none_or(|known| known.contains(name));
    for (name, value, role) in &uses.beside {
        let fits = match binding.with.get(name) {
            // A field that the type does not have binds nothing.
            Some(set) => is(value, set) && exists(name),
            None => match role {
                Role::Plain => value.is_null() || values::is_plain(name, value),
                Role::Secret => value.is_null() || value.as_str() == Some(""),
                // An empty place is one as well: the app's own choice.
                Role::Where | Role::SecretOrPlace | Role::Undeclared => false,
            },
        };
        if !fits {
            wrong.push(name.clone());
        }
    }
    let beside = |name: &String| uses.beside.iter().any(|(given, _, _)| given == name);
    let named = |name: &String| uses.list.iter().any(|one| one.field == *name);
    let pinned = binding.with.keys().filter(|name| !beside(name));
    let stays = uses.stays.iter();
    let stays = stays.filter(|name| !beside(name) && !named(name));
    for name in pinned.chain(stays) {
        if !wrong.contains(name) {
            wrong.push(name.clone());
        }
    }
    wrong
}

/// Whether a value is what the operator wrote.
pub(super) fn is(value: &Value, set: &str) -> bool {
    match value {
        Value::String(text) => text == set,
        Value::Number(number) => number.to_string() == set,
        Value::Bool(flag) => flag.to_string() == set,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn binding(with: &[(&str, &str)]) -> Binding {
        let with = with.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        Binding {
            agents: ["bot".parse().unwrap()].into(),
            tools: ["connections_create".to_owned()].into(),
            types: [].into(),
            fields: [].into(),
            with: with.collect::<BTreeMap<_, _>>(),
        }
    }

    fn uses(beside: &[(&str, Value, Role)], stays: &[&str], known: Option<&[&str]>) -> Uses {
        let owned =
            |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
        let own =
            |(name, value, role): &(&str, Value, Role)| ((*name).to_owned(), value.clone(), *role);
        Uses {
            inside: "data",
            beside: beside.iter().map(own).collect(),
            stays: owned(stays),
            known: known.map(owned),
            ..Uses::default()
        }
    }

    #[test]
    fn what_says_where_has_to_be_what_was_set() {
        let url = |value: &str| ("url", json!(value), Role::Where);
        let set = binding(&[("url", "https://a.example"), ("port", "993")]);
        let none = binding(&[]);
        let port = |value: Value| ("port", value, Role::Where);
        for (binding, beside, wrong) in [
            (
                &set,
                vec![url("https://a.example"), port(json!(993))],
                &[][..],
            ),
            (
                &set,
                vec![url("https://a.example"), port(json!("993"))],
                &[],
            ),
            (
                &set,
                vec![url("https://b.example"), port(json!(993))],
                &["url"],
            ),
            (
                &set,
                vec![url("https://a.example/"), port(json!(993))],
                &["url"],
            ),
            (&set, vec![url("https://a.example")], &["port"]),
            (&set, vec![port(json!([993]))], &["port", "url"]),
            (&none, vec![url("https://a.example")], &["url"]),
            (&none, vec![("user", json!("x"), Role::Plain)], &[]),
            (&none, vec![("odd", json!(true), Role::Secret)], &["odd"]),
            (&none, vec![("odd", json!(""), Role::Secret)], &[]),
            (
                &none,
                vec![("odd", json!(""), Role::SecretOrPlace)],
                &["odd"],
            ),
            (&none, vec![("odd", json!(null), Role::Where)], &["odd"]),
            (
                &none,
                vec![("odd", json!(1), Role::SecretOrPlace)],
                &["odd"],
            ),
            (&none, vec![("odd", json!(""), Role::Undeclared)], &["odd"]),
            (&none, vec![("url", json!(""), Role::Where)], &["url"]),
            (
                &none,
                vec![("user", json!("x:y@evil.example/"), Role::Plain)],
                &["user"],
            ),
        ] {
            assert_eq!(super::beside(binding, &uses(&beside, &[], None)), wrong);
        }
    }

    #[test]
    fn what_is_pinned_and_what_would_stay_has_to_be_sent() {
        let set = binding(&[("url", "https://a.example"), ("port", "993")]);
        let url = ("url", json!("https://a.example"), Role::Where);
        let port = ("port", json!(993), Role::Where);
        for (beside, known, stays, wrong) in [
            (vec![], None, &[][..], &["port", "url"][..]),
            (vec![url.clone()], None, &["relay"], &["port", "relay"]),
            (
                vec![url.clone(), port.clone()],
                None,
                &["relay"],
                &["relay"],
            ),
            (vec![url.clone(), port.clone()], None, &["url"], &[]),
            // What the type does not have binds nothing, sent or not.
            (vec![url.clone()], Some(&["url", "key"][..]), &[], &["port"]),
            (
                vec![url.clone(), port.clone()],
                Some(&["url"]),
                &[],
                &["port"],
            ),
            (vec![url, port], Some(&["url", "port"]), &[], &[]),
        ] {
            let uses = uses(&beside, stays, known);
            assert_eq!(super::beside(&set, &uses), wrong, "{uses:?}");
        }
        let named = |field: &str| Use {
            field: field.to_owned(),
            name: "A".parse().unwrap(),
        };
        let with = |field: &str| Uses {
            list: vec![named(field)],
            ..uses(&[], &["relay"], None)
        };
        assert!(super::beside(&binding(&[]), &with("relay")).is_empty());
        // A secret is not what the operator has set.
        let set = binding(&[("relay", "r.example")]);
        assert_eq!(super::beside(&set, &with("relay")), ["relay"]);
    }
}
