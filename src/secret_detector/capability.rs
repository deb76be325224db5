//! Addresses that are a right by themselves: whoever knows one can call, write to or read what is
//! behind it. Known by a word such as `webhook` in the host or the path and a long random part.

use std::ops::Range;

use super::randomness::{is_long_hex, is_public, is_random, is_uuid, is_varied};
use super::values::{is_keylike, literals};
use super::{Found, Kind};

/// So much of an address is read.
const LONGEST: usize = 2048;

/// Words of which one in a path or a host says that an address is called by machines.
const CALLED: [&str; 19] = [
    "callback",
    "incoming",
    "inbound",
    "trigger",
    "triggers",
    "catch",
    "catcher",
    "ping",
    "pings",
    "heartbeat",
    "heartbeats",
    "checkin",
    "snitch",
    "ingest",
    "receiver",
    "invoke",
    "wh",
    "macros",
    "callme",
];

/// A random part behind one of these is a right in any address.
const NAMED: [&str; 16] = [
    "token",
    "apikey",
    "api-key",
    "key",
    "secret",
    "auth",
    "magic",
    "magic-link",
    "magiclink",
    "invite",
    "login",
    "sso",
    "reset-password",
    "reset",
    "unsubscribe",
    "private",
];

/// Paths to documents and to versions of code.
const READ: [&str; 16] = [
    "commit", "commits", "blob", "tree", "docs", "doc", "blog", "wiki", "raw", "pull", "issues",
    "articles", "article", "posts", "assets", "images",
];

/// The ends of hosts whose first label nobody else knows.
const UNGUESSABLE: [&str; 6] = [
    ".m.pipedream.net",
    ".x.pipedream.net",
    ".trayapp.io",
    ".on.aws",
    ".requestcatcher.com",
    ".webhook.site",
];

/// Hosts whose addresses are made for one receiver each, or take the key of an account in their path.
const RECEIVERS: [&str; 20] = [
    "3.basecamp.com",
    ".alchemy.com",
    ".alchemyapi.io",
    ".infura.io",
    ".quiknode.pro",
    "rpc.ankr.com",
    ".getblock.io",
    ".chainstack.com",
    ".blastapi.io",
    ".nodereal.io",
    ".drpc.org",
    ".tenderly.co",
    ".rpcpool.com",
    "exchangerate-api.com",
    "hkdk.events",
    "smee.io",
    "requestbin.com",
    "pipedream.net",
    "requestcatcher.com",
    "bitrix24.",
];

/// The secret parts of such addresses.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices("//") {
        if at < done {
            continue;
        }
        let from = at + 2;
        let rest = text.get(from..).unwrap_or_default();
        let rest = rest
            .get(..rest.floor_char_boundary(LONGEST))
            .unwrap_or_default();
        let length = end(rest);
        done = from + length;
        found.extend(rest.get(..length).and_then(|it| secret_part(it, from)));
    }
    // An address without a scheme, as a field for one may hold it.
    let is_bare = found.is_empty() && done == 0 && text.len() <= LONGEST && text.contains('/');
    if is_bare && !text.starts_with(['/', '.', '{']) && end(text) == text.len() {
        let host = text.split('/').next().unwrap_or_default();
        let is_host = host.contains('.') && !host.contains('@');
        found.extend(is_host.then(|| secret_part(text, 0)).flatten());
    }
    found
}

/// Where an address ends. A mapping in it may hold blanks and quotes.
fn end(rest: &str) -> usize {
    let mut at = 0;
    while let Some(piece) = rest.get(at..) {
        let ends = |c: char| c.is_whitespace() || "\"'<>`|\\^".contains(c);
        let stop = piece.find(ends).unwrap_or(piece.len());
        let open = piece.get(..stop).and_then(|until| until.find("{{"));
        let Some(open) = open else { return at + stop };
        let close = piece.get(open..).and_then(|inside| inside.find("}}"));
        let Some(close) = close else {
            return at + stop;
        };
        at += open + close + 2;
    }
    rest.len()
}

/// The part of an address, from its host on, that is secret.
fn secret_part(address: &str, from: usize) -> Option<Found> {
    let authority = address.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.to_ascii_lowercase();
    let found = |range: Range<usize>| Found {
        kind: Kind::WebhookAddress,
        range: from + range.start..from + range.end,
    };
    let label = host.split('.').next()?;
    if UNGUESSABLE.iter().any(|end| host.ends_with(end)) && label.len() >= 10 {
        let start = authority.len() - host.len();
        return Some(found(start..start + label.len()));
    }
    let parts = parts(address, authority.len());
    let text = |range: &Range<usize>| address.get(range.clone()).unwrap_or_default();
    if parts.iter().any(|part| READ.contains(&text(part))) {
        return None;
    }
    let is_hook = RECEIVERS.iter().any(|receiver| host.contains(receiver))
        || host.split(['.', '-']).any(is_called)
        || parts
            .iter()
            .any(|part| part.len() <= 40 && words(text(part)).any(is_called));
    let is_calendar = is_calendar(address);
    let mut secret: Option<Range<usize>> = None;
    let mut before = "";
    for part in parts {
        let segment = text(&part);
        let is_named = NAMED.contains(&before.to_ascii_lowercase().as_str());
        if (is_hook || is_named || is_calendar) && is_unguessable(segment) {
            // The id of a hook stands before its key: who has both can call it.
            let id = (is_hook && is_id(before)).then(|| part.start - before.len() - 1);
            let start = secret.map_or(id.unwrap_or(part.start), |known| known.start);
            secret = Some(start..part.end);
        }
        before = segment;
    }
    secret.map(found)
}

/// The literal segments of a path, and the values of a query.
fn parts(address: &str, from: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    for literal in literals(address) {
        let mut at = literal.start;
        let text = address.get(literal).unwrap_or_default();
        for part in text.split(['/', '?', '#', '&', '=', ';', ',', '@', ':']) {
            let seen = part.trim_end_matches(['.', ')']);
            if at >= from && !seen.is_empty() {
                parts.push(at..at + seen.len());
            }
            at += part.len() + 1;
        }
    }
    parts
}

/// Whether an address is that of a calendar that programs read.
fn is_calendar(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("ics"))
}

fn words(segment: &str) -> impl Iterator<Item = &str> {
    segment.split(['-', '_', '.', '~'])
}

fn is_called(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("hook") || word == "hc" || CALLED.contains(&word.as_str())
}

/// Whether a segment is random, but may be short.
fn is_id(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    (12..40).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && is_varied(bytes)
}

/// Whether a segment is long and random. What has the ending of a file is its name.
fn is_unguessable(segment: &str) -> bool {
    let ending = segment.rsplit_once('.').map(|(_, end)| end);
    let is_file = ending.is_some_and(|end| {
        (2..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    let bytes = segment.as_bytes();
    let all = |is: fn(&u8) -> bool| bytes.iter().all(is);
    let is_hex = bytes.len() >= 20 && all(u8::is_ascii_hexdigit) && is_varied(bytes);
    let is_small = bytes.len() >= 20
        && all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && is_varied(bytes);
    !is_file
        && !all(u8::is_ascii_digit)
        && !is_public(segment)
        && (is_uuid(segment)
            || is_long_hex(segment)
            || is_hex
            || is_small
            || is_random(segment)
            || is_keylike(segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Vec<&str> {
        let found = find(text);
        found
            .into_iter()
            .map(|one| text.get(one.range).unwrap())
            .collect()
    }

    #[test]
    fn an_address_with_a_random_part_and_a_word_for_being_called_is_a_secret() {
        for (before, part, behind) in [
            (
                "https://n8n.acme.example/webhook/",
                "0b6e0d54-8c1f-4b3a-9d27-5f0c1e2a3b4c",
                "",
            ),
            (
                "https://n8n.acme.example/webhook-test/",
                "0b6e0d54-8c1f-4b3a-9d27-5f0c1e2a3b4c",
                "?x=1",
            ),
            (
                "https://connect.pabbly.com/workflow/sendwebhookdata/",
                "IjU3NjYwNTY0MDYzNTA0MzU1MjZkNTUzMzUxMzUi_pc",
                "",
            ),
            (
                "see https://script.google.com/macros/s/",
                "AKfycbxQ7mZ2vT9kLr4WpXn8sYbE1dHc",
                "/exec now",
            ),
            (
                "https://hc-ping.com/",
                "5c1f0b6e-8c1f-4b3a-9d27-5f0c1e2a3b4c",
                "",
            ),
            (
                "https://chat.acme.example/hooks/",
                "xq7wz3k9v1m5n8b2c4d6f0g1hj",
                "",
            ),
            ("chat.acme.example/hooks/", "xq7wz3k9v1m5n8b2c4d6f0g1hj", ""),
            (
                "https://chat.acme.example/hooks/",
                "k3vT9qLm2xW7r/Zx8Qp1LmN0vB3kJ7hG5fD2sA9wE4rT6y",
                "",
            ),
            (
                "https://mainnet.infura.io/v3/",
                "4c5af31720f288c754050f27e0316fc6",
                "",
            ),
            (
                "https://api.netlify.com/build_hooks/",
                "64f1c2a9b7d3e5f8a1c4b6d9",
                "",
            ),
            ("https://", "eoq7wz3k9v1m5n", ".m.pipedream.net/x"),
            ("https://app.acme.example/login/", "k9f2m4x8q1w7z3v5", ""),
        ] {
            assert_eq!(
                secret(&format!("{before}{part}{behind}")),
                [part],
                "{before}"
            );
        }
    }

    #[test]
    fn other_addresses_are_no_secret() {
        for text in [
            "https://api.github.com/repos/acme/webhook-relay/commit/9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e3f2a1b0c",
            "https://acme.example/blog/how-webhooks-work-in-2024",
            "https://api.acme.example/items/0b6e0d54-8c1f-4b3a-9d27-5f0c1e2a3b4c",
            "https://api.acme.example/webhooks/{{1.id}}",
            "https://cdn.acme.example/hooks/banner-9f8a7b6c5d4e3f2a1b0c.png",
            "https://api.acme.example/webhooks/12345678901234567890",
            "https://acme.example/hooks",
        ] {
            assert_eq!(secret(text), [""; 0], "{text}");
        }
    }
}
