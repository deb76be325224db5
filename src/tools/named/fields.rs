//! What a field says, by its name: where a connection goes, as whom, or a secret.

use serde_json::Value;

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tools) enum Role {
    /// A secret belongs there.
    Secret,
    /// It says where the key or the connection goes.
    Where,
    /// It says neither.
    Plain,
    /// Make does not list it, so nobody knows.
    Unknown,
}

/// A field of a key or a connection, as it was given.
#[derive(Debug, Clone, Copy)]
pub(in crate::tools) struct Field<'a> {
    pub(in crate::tools) name: &'a str,
    pub(in crate::tools) value: &'a Value,
    pub(in crate::tools) role: Role,
}

/// Fields that hold no secret, by their names in lower case without punctuation; from the
/// parameters of Make's public apps. Each is said to tell where a connection goes, except for the
/// few that only say as whom or in which form: an agent that could choose one of the others could
/// have a named secret sent to a host of its own (`url`, `host`), to its own account at the right
/// provider (`tenant`, `subdomain`, `bucket`, `project`: many providers make them part of the
/// host), or in clear (`port`, `protocol`).
const PLAIN: [(&str, Role); 35] = [
    ("account", Role::Where),
    ("accountid", Role::Where),
    ("apiversion", Role::Plain),
    ("baseurl", Role::Where),
    ("bucket", Role::Where),
    ("clientid", Role::Plain),
    ("cloudid", Role::Where),
    ("database", Role::Plain),
    ("datacenter", Role::Where),
    ("domain", Role::Where),
    ("email", Role::Plain),
    ("encoding", Role::Plain),
    ("endpoint", Role::Where),
    ("environment", Role::Where),
    ("host", Role::Where),
    ("hostname", Role::Where),
    ("instance", Role::Where),
    ("language", Role::Plain),
    ("locale", Role::Plain),
    ("organization", Role::Where),
    ("port", Role::Where),
    ("project", Role::Where),
    ("projectid", Role::Where),
    ("protocol", Role::Where),
    ("region", Role::Where),
    ("server", Role::Where),
    ("site", Role::Where),
    ("subdomain", Role::Where),
    ("tenant", Role::Where),
    ("tenantid", Role::Where),
    ("timezone", Role::Plain),
    ("url", Role::Where),
    ("user", Role::Plain),
    ("username", Role::Plain),
    ("workspace", Role::Where),
];

/// What a field of this name is for, where the name alone says it; `None` for every other name.
pub(in crate::tools) fn role(name: &str) -> Option<Role> {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = bare.to_ascii_lowercase();
    let known = PLAIN.iter().find(|(known, _)| *known == bare);
    known.map(|(_, role)| *role)
}

/// Words in the names of fields that say where something goes.
const PLACES: [&str; 7] = [
    "host", "url", "uri", "domain", "server", "endpoint", "address",
];

/// Whether a name that is not listed sounds as if it said where something goes (`apiHost`).
pub(in crate::tools) fn sounds_like_a_place(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PLACES.iter().any(|word| name.contains(word))
}

/// Words in the names of fields that hold secrets.
const SECRETS: [&str; 8] = [
    "private",
    "secret",
    "passw",
    "passphrase",
    "token",
    "apikey",
    "accesskey",
    "credential",
];

/// Whether a name sounds as if it held a secret.
pub(in crate::tools) fn sounds_secret(name: &str) -> bool {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = bare.to_ascii_lowercase();
    bare == "key" || SECRETS.iter().any(|word| bare.contains(word))
}

/// Whether a field of this name is known to hold no secret.
pub(in crate::tools) fn is_plain(name: &str) -> bool {
    role(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_punctuation() {
        for (name, wanted) in [
            ("url", Some(Role::Where)),
            ("base_url", Some(Role::Where)),
            ("Base-URL", Some(Role::Where)),
            ("userName", Some(Role::Plain)),
            ("apiKey", None),
            ("", None),
        ] {
            assert_eq!(role(name), wanted, "{name}");
        }
        assert!(PLAIN.is_sorted_by(|a, b| a.0 < b.0));
    }
}
