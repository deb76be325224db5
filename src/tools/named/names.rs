//! What the name of a field says: lists of names that are known to be harmless, places or secrets.
//! What is in no list is none of these.

use super::role::Role;

/// Fields of connections that hold no secret, in lower case without punctuation; from the
/// parameters of Make's public apps. Each is a place, except for the few that only say as whom or
/// in which form: an agent that could choose one of the others could have a named secret sent to a
/// host of its own (`url`, `host`), to its own account at the right provider (`tenant`,
/// `subdomain`, `bucket`: many providers make them part of the host), or in clear (`port`,
/// `protocol`). `email` is a place because mail apps look its domain up to find the server;
/// `database`, `language`, `locale` and `apiversion` because apps put them into addresses.
const KNOWN: [(&str, Role); 35] = [
    ("account", Role::Where),
    ("accountid", Role::Where),
    ("apiversion", Role::Where),
    ("baseurl", Role::Where),
    ("bucket", Role::Where),
    ("clientid", Role::Plain),
    ("cloudid", Role::Where),
    ("database", Role::Where),
    ("datacenter", Role::Where),
    ("domain", Role::Where),
    ("email", Role::Where),
    ("encoding", Role::Plain),
    ("endpoint", Role::Where),
    ("environment", Role::Where),
    ("host", Role::Where),
    ("hostname", Role::Where),
    ("instance", Role::Where),
    ("language", Role::Where),
    ("locale", Role::Where),
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

/// Places that name a whole address. Where one of them is set, nothing else that is stored decides
/// which host is spoken to.
const ADDRESSES: [&str; 7] = [
    "baseurl", "domain", "endpoint", "host", "hostname", "server", "url",
];

/// Text parameters of keys that hold neither a secret nor a place, as Make spells them.
pub(super) const PLAIN_OF_KEYS: [&str; 8] = [
    "authUser",
    "keyEncoding",
    "keyId",
    "method",
    "name",
    "placement",
    "production",
    "teamId",
];

/// Names that stand for a secret and for nothing else, in lower case without punctuation. Other
/// names that sound like one (`tokenUrl`) may be places as well.
const SECRETS: [&str; 21] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apisecret",
    "apitoken",
    "authpass",
    "authtoken",
    "bearertoken",
    "certificate",
    "clientsecret",
    "consumersecret",
    "key",
    "keypassword",
    "passphrase",
    "password",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretaccesskey",
    "secretkey",
    "token",
];

/// Words in the names of fields that say where something goes. They only add to what is known to be
/// a place: a text parameter that has none of them is no less careful.
const PLACES: [&str; 26] = [
    "address",
    "authority",
    "broker",
    "callback",
    "cluster",
    "domain",
    "endpoint",
    "gateway",
    "host",
    "proxy",
    "redirect",
    "region",
    "relay",
    "root",
    "scheme",
    "secure",
    "server",
    "smtp",
    "transport",
    "trust",
    "tunnel",
    "unauthorized",
    "uri",
    "url",
    "verify",
    "webhook",
];

/// The same, too short to be looked for inside other words.
const SHORT_PLACES: [&str; 7] = ["dns", "ftp", "imap", "ip", "port", "ssl", "tls"];

fn bare(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The words of a name: `relayIP`, `relay_ip` and `relay-ip` have two.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut word, mut after_small) = (Vec::new(), String::new(), false);
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase() || c.is_numeric();
    }
    words.push(word);
    words
}

/// Whether a name sounds as if it said where something goes (`apiHost`).
pub(in crate::tools) fn sounds_like_a_place(name: &str) -> bool {
    let bare = bare(name);
    PLACES.iter().any(|word| bare.contains(word))
        || words(name)
            .iter()
            .any(|word| SHORT_PLACES.contains(&word.as_str()))
}

/// Names of fields that say to whom something goes.
const RECEIVERS: [&str; 8] = [
    "bcc",
    "cc",
    "channel",
    "chatid",
    "dc",
    "recipient",
    "recipients",
    "to",
];

/// Whether a field of this name may say where something goes, or to whom (`instance`, `to`).
pub(in crate::tools) fn may_be_place(name: &str) -> bool {
    sounds_like_a_place(name)
        || listed(name) == Some(Role::Where)
        || RECEIVERS.contains(&bare(name).as_str())
}

/// Fields that hold the name of a user, which may be an address for mail.
const USERS: [&str; 4] = ["authuser", "email", "user", "username"];

/// Whether a field of this name may hold an address for mail.
pub(super) fn is_user(name: &str) -> bool {
    USERS.contains(&bare(name).as_str())
}

/// Names of fields whose values a service makes, so that they look as random as a secret.
const IDENTIFIERS: [&str; 9] = [
    "account",
    "bucket",
    "database",
    "environment",
    "instance",
    "organization",
    "project",
    "tenant",
    "workspace",
];

/// Whether the value of a field of this name may be random and no secret.
pub(super) fn is_identifier(name: &str) -> bool {
    let bare = bare(name);
    bare.ends_with("id") || IDENTIFIERS.contains(&bare.as_str())
}

/// What the tables say of a name.
pub(super) fn listed(name: &str) -> Option<Role> {
    let bare = bare(name);
    let known = KNOWN.iter().find(|(known, _)| *known == bare);
    let known = known.map(|(_, role)| *role);
    known.or_else(|| SECRETS.contains(&bare.as_str()).then_some(Role::Secret))
}

/// Whether a field of this name names a whole address.
pub(in crate::tools) fn is_address(name: &str) -> bool {
    ADDRESSES.contains(&bare(name).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_say_one_thing_of_a_name() {
        assert!(KNOWN.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SECRETS.is_sorted() && PLACES.is_sorted() && PLAIN_OF_KEYS.is_sorted());
        for name in SECRETS {
            assert!(KNOWN.iter().all(|(known, _)| *known != name), "{name}");
        }
        for name in ADDRESSES {
            assert_eq!(listed(name), Some(Role::Where), "{name}");
        }
    }

    #[test]
    fn a_place_is_heard_in_its_name() {
        for name in [
            "api_root",
            "apiRoot",
            "smtp",
            "gateway",
            "webhook",
            "relayIP",
            "relay_ip",
            "loginHost",
            "BASE-URI",
            "authority",
            "callbackAddress",
            "imap-port",
            "ssl",
        ] {
            assert!(sounds_like_a_place(name), "{name}");
        }
        for name in [
            "apiKey",
            "recipient",
            "support",
            "zip",
            "note",
            "flavour",
            "",
        ] {
            assert!(!sounds_like_a_place(name), "{name}");
        }
    }
}
