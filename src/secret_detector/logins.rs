//! A user with a password before a host, without a scheme: `jane:hunter2@smtp.acme.example:587`.

use super::values::{is_chosen, is_placeholder};
use super::{Found, Kind};

/// So far is looked back for a user.
const LONGEST: usize = 128;

/// Words before a mail address that are no user.
const NO_USERS: [&str; 19] = [
    "uid",
    "message-id",
    "cid",
    "mailto",
    "mail",
    "email",
    "e-mail",
    "sip",
    "sips",
    "xmpp",
    "acct",
    "urn",
    "contact",
    "from",
    "cc",
    "bcc",
    "to",
    "author",
    "skype",
];

/// The passwords before hosts.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let ends = |c: char| c.is_whitespace() || "\"'<>/\\(),;=".contains(c);
    let mut done = 0;
    for (at, _) in text.match_indices('@') {
        let from = text.floor_char_boundary(at.saturating_sub(LONGEST).max(done));
        let before = text.get(from..at).unwrap_or_default();
        done = at + 1;
        let word = before.rsplit(ends).next().unwrap_or_default();
        let Some((user, pass)) = word.split_once(':') else {
            continue;
        };
        let host = text.get(at + 1..).unwrap_or_default();
        let in_host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let host = host.split(|c| !in_host(c)).next().unwrap_or_default();
        // The id of a conversation begins with a number: `19:…@thread.tacv2`.
        let has_letter = user.contains(|c: char| c.is_alphabetic());
        let is_user = user.len() >= 2
            && has_letter
            && !NO_USERS.contains(&user.to_ascii_lowercase().as_str());
        let is_pass = is_chosen(pass) && !is_placeholder(pass) && !pass.contains("{{");
        if is_user && is_pass && host.trim_end_matches('.').contains('.') {
            found.push(Found {
                kind: Kind::UrlPassword,
                range: at - pass.len()..at,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_before_a_host_needs_no_scheme() {
        let text = "use jane:hK4ogT!899x@smtp.acme.example:587 there";
        let [one] = find(text).try_into().unwrap();
        assert_eq!(text.get(one.range).unwrap(), "hK4ogT!899x");
        for text in [
            "mailto:jane.doe2@acme.example",
            "Contact:jane2024@acme.example",
            "docker pull acme/app:v2@sha256.x",
            "jane@acme.example",
            "19:858dd5a323692d6d663213d365736e10@thread.tacv2",
            "a:{{1.pass}}@acme.example",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
    }
}
