//! What a field is for, by its name and, of a key, by what Make declares: the one classification for
//! keys, connections and forms. Default deny: a field is plain or a place only when a list says so;
//! every other one may hold a secret or decide where one goes.

use serde_json::Value;

use super::names::{PLAIN_OF_KEYS, listed, sounds_like_a_place};
use super::role::Role;
use super::values;
use crate::make::keys::Parameter;
use crate::secret_detector::is_secret_name;

/// What a field of a connection is for. Make declares no types for them, so its name alone decides.
pub(in crate::tools) fn of_connection(name: &str) -> Role {
    listed(name).unwrap_or(Role::SecretOrPlace)
}

/// What a text parameter of a key is for, by its name alone: what Make does not document as harmless
/// may hold a secret or say where one goes, whatever it is called.
pub(in crate::tools) fn of_key_text(name: &str) -> Role {
    match listed(name) {
        _ if PLAIN_OF_KEYS.contains(&name) => Role::Plain,
        Some(Role::Secret) => Role::Secret,
        _ => Role::SecretOrPlace,
    }
}

/// What a parameter of a key is for; `declared` are all declarations of that name.
pub(in crate::tools) fn of_key(declared: &[&Parameter], name: &str) -> Role {
    let roles = declared.iter().map(|one| of_kind(one, name));
    roles.reduce(Role::and).unwrap_or(Role::Undeclared)
}

/// The same with its value: a parameter is only as harmless as its type says when its value is one
/// of that type.
pub(in crate::tools) fn of_key_with(declared: &[&Parameter], name: &str, value: &Value) -> Role {
    let role = of_key(declared, name);
    let fits = |one: &&Parameter| values::fits(one, value);
    if role == Role::Plain && !value.is_object() && !declared.iter().all(fits) {
        return Role::SecretOrPlace;
    }
    role
}

/// Make's own word counts in one direction: it may make a parameter more careful.
fn of_kind(declared: &Parameter, name: &str) -> Role {
    match declared.kind.as_deref() {
        Some("password" | "pkey" | "cert") => Role::Secret,
        Some("port") => Role::Where,
        Some("text" | "email") => of_key_text(name),
        // It takes any text then.
        Some("select") if !values::has_choices(declared) => of_key_text(name),
        // A PIN is a number too.
        Some("number" | "integer" | "uinteger") if is_secret_name(name) => Role::SecretOrPlace,
        Some(
            "select" | "boolean" | "date" | "time" | "timestamp" | "number" | "integer"
            | "uinteger",
        ) => of_choice(name),
        // `url`, whose address may hold a secret as those of webhooks do; kinds that Make adds
        // later; parameters without one.
        Some(_) | None => Role::SecretOrPlace,
    }
}

/// A parameter whose values Make declares, or that holds no text.
fn of_choice(name: &str) -> Role {
    let is_place = || listed(name) == Some(Role::Where) || sounds_like_a_place(name);
    if !PLAIN_OF_KEYS.contains(&name) && is_place() {
        Role::Where
    } else {
        Role::Plain
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parameter(name: &str, kind: Option<&str>) -> Parameter {
        let options = json!([{"value": "a"}, {"value": "b"}]);
        let mut declared = json!({"name": name, "options": options});
        if let Some(kind) = kind {
            declared["type"] = json!(kind);
        }
        serde_json::from_value(declared).unwrap()
    }

    #[test]
    fn names_are_compared_without_case_and_punctuation() {
        for (name, wanted) in [
            ("url", Role::Where),
            ("base_url", Role::Where),
            ("Base-URL", Role::Where),
            ("userName", Role::Plain),
            ("apiKey", Role::Secret),
            ("API_KEY", Role::Secret),
            ("tokenUrl", Role::SecretOrPlace),
            ("relay", Role::SecretOrPlace),
            ("", Role::SecretOrPlace),
        ] {
            assert_eq!(of_connection(name), wanted, "{name}");
        }
    }

    /// (declared type, name, role)
    const TABLE: [(Option<&str>, &str, Role); 40] = [
        // Text is plain under Make's own names alone.
        (Some("text"), "authUser", Role::Plain),
        (Some("text"), "keyEncoding", Role::Plain),
        (Some("text"), "keyId", Role::Plain),
        (Some("text"), "method", Role::Plain),
        (Some("text"), "name", Role::Plain),
        (Some("text"), "placement", Role::Plain),
        (Some("text"), "production", Role::Plain),
        (Some("text"), "teamId", Role::Plain),
        (Some("text"), "key", Role::Secret),
        (Some("text"), "privateKey", Role::Secret),
        (Some("text"), "publicKey", Role::SecretOrPlace),
        (Some("text"), "authuser", Role::SecretOrPlace),
        (Some("text"), "username", Role::SecretOrPlace),
        (Some("text"), "relay", Role::SecretOrPlace),
        (Some("text"), "apiRoot", Role::SecretOrPlace),
        (Some("text"), "gateway", Role::SecretOrPlace),
        (Some("text"), "ip", Role::SecretOrPlace),
        (Some("text"), "authority", Role::SecretOrPlace),
        (Some("text"), "host", Role::SecretOrPlace),
        (Some("text"), "region", Role::SecretOrPlace),
        // A type can only add care.
        (Some("url"), "name", Role::SecretOrPlace),
        (Some("url"), "anything", Role::SecretOrPlace),
        (Some("password"), "name", Role::Secret),
        (Some("pkey"), "anything", Role::Secret),
        (Some("cert"), "placement", Role::Secret),
        (Some("hologram"), "name", Role::SecretOrPlace),
        (None, "placement", Role::SecretOrPlace),
        // What holds no text is plain unless its name is a place.
        (Some("select"), "keyEncoding", Role::Plain),
        (Some("select"), "flavour", Role::Plain),
        (Some("select"), "region", Role::Where),
        (Some("select"), "relay", Role::Where),
        (Some("boolean"), "verbose", Role::Plain),
        (Some("boolean"), "useTLS", Role::Where),
        (Some("boolean"), "useProxy", Role::Where),
        (Some("boolean"), "production", Role::Plain),
        (Some("number"), "rounds", Role::Plain),
        (Some("number"), "port", Role::Where),
        (Some("uinteger"), "imap_port", Role::Where),
        (Some("number"), "passwordPin", Role::SecretOrPlace),
        (Some("date"), "validUntil", Role::Plain),
    ];

    #[test]
    fn a_parameter_of_a_key_is_what_its_type_and_its_name_agree_on() {
        for (kind, name, wanted) in TABLE {
            let declared = parameter(name, kind);
            assert_eq!(of_key(&[&declared], name), wanted, "{kind:?} {name}");
        }
        assert_eq!(of_key(&[], "name"), Role::Undeclared);
    }

    /// Options in each form that cannot be read as a list of values.
    #[test]
    fn a_select_whose_options_cannot_be_read_is_a_text() {
        for options in [
            json!(null),
            json!([]),
            json!("rpc://list"),
            json!({"store": "rpc://list"}),
            json!({"store": [], "placeholder": "Choose"}),
            json!([{"label": "A"}, {"label": "B", "options": []}]),
            json!([{"value": {"a": 1}}, {"value": null}, {"value": ["a"]}]),
            json!(7),
        ] {
            for (name, wanted) in [
                ("flavour", Role::SecretOrPlace),
                ("region", Role::SecretOrPlace),
                ("apiKey", Role::Secret),
                ("placement", Role::Plain),
            ] {
                let declared = json!({"name": name, "type": "select", "options": options});
                let declared: Parameter = serde_json::from_value(declared).unwrap();
                assert_eq!(of_key(&[&declared], name), wanted, "{name} {options}");
            }
        }
        let one =
            json!({"name": "flavour", "type": "select", "options": {"store": [{"value": 1}]}});
        let one: Parameter = serde_json::from_value(one).unwrap();
        assert_eq!(of_key(&[&one], "flavour"), Role::Plain);
        let other = of_key_with(&[&one], "flavour", &json!("1"));
        assert_eq!(other, Role::SecretOrPlace);
    }

    #[test]
    fn the_most_careful_of_several_declarations_counts() {
        for (kinds, wanted) in [
            (["select", "select"], Role::Plain),
            (["select", "password"], Role::Secret),
            (["url", "select"], Role::SecretOrPlace),
            (["port", "select"], Role::Where),
            (["url", "password"], Role::SecretOrPlace),
            (["number", "hologram"], Role::SecretOrPlace),
        ] {
            let declared = kinds.map(|kind| parameter("name", Some(kind)));
            let all: Vec<&Parameter> = declared.iter().collect();
            assert_eq!(of_key(&all, "name"), wanted, "{kinds:?}");
        }
    }

    #[test]
    fn a_value_that_is_not_of_its_type_is_not_harmless() {
        for (kind, value, wanted) in [
            ("select", json!("a"), Role::Plain),
            ("select", json!("evil.example"), Role::SecretOrPlace),
            ("boolean", json!(true), Role::Plain),
            ("boolean", json!("true"), Role::Plain),
            ("boolean", json!("hunter2"), Role::SecretOrPlace),
            ("boolean", json!(77), Role::SecretOrPlace),
            ("number", json!(12), Role::Plain),
            ("number", json!("12.5"), Role::Plain),
            ("number", json!("hunter2"), Role::SecretOrPlace),
            ("date", json!("2027-01-31T10:00:00Z"), Role::Plain),
            ("date", json!("hunter2"), Role::SecretOrPlace),
            ("select", json!(["a"]), Role::SecretOrPlace),
            ("select", json!({"a": "b"}), Role::SecretOrPlace),
            (
                "text",
                json!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
                Role::SecretOrPlace,
            ),
            ("text", json!("https://u:p@a.example"), Role::SecretOrPlace),
            ("text", json!("X-API-Key"), Role::Plain),
        ] {
            let declared = parameter("name", Some(kind));
            let role = of_key_with(&[&declared], "name", &value).with("name", &value);
            assert_eq!(role, wanted, "{kind} {value}");
        }
    }

    proptest! {
        #[test]
        fn an_unknown_text_parameter_is_a_secret_or_a_place(name in "[a-zA-Z][a-zA-Z0-9_.-]{0,15}", kind in 0..3_usize) {
            prop_assume!(listed(&name).is_none() && !PLAIN_OF_KEYS.contains(&name.as_str()));
            let kind = ["text", "email", "secure-note"][kind];
            let declared = parameter(&name, Some(kind));
            prop_assert_eq!(of_key(&[&declared], &name), Role::SecretOrPlace);
            prop_assert_eq!(of_connection(&name), Role::SecretOrPlace);
        }
    }
}
