//! What the name of a field says about its value. A name is read as words, however they are joined:
//! `clientSecret`, `client_secret`, `X-Client-Secret`.

use super::Kind;
use super::words::{
    ABOUT, BEFORE, HARMLESS, KEYS, NOUNS, PASSWORDS, PLAIN_KEYS, SECRETS, TOKENS, Words,
};

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Any value is a secret.
    Certain(Kind),
    /// A value that looks like a key is one, for the name is used for other things too.
    Likely(Kind),
    /// The name says nothing.
    Unknown,
    /// The name is that of an id, a digest or content: what looks random there is none.
    Harmless,
}

/// The words of a name, in small letters.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(c) = letters.next() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            before = None;
            continue;
        }
        let next_is_small = letters.peek().is_some_and(|next| next.is_lowercase());
        let was_small = before.is_some_and(|before| before.is_lowercase() || before.is_numeric());
        let was_big = before.is_some_and(char::is_uppercase);
        let begins = c.is_uppercase() && (was_small || (was_big && next_is_small));
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.extend(c.to_lowercase());
        before = Some(c);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The longest name that is read: what is longer is no name.
const LONGEST: usize = 100;

fn is_in(list: &Words, word: &str) -> bool {
    list.contains(word) || {
        // A number behind a word counts nothing: `token2`.
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        bare.len() > 1 && list.contains(bare)
    }
}

/// The kind that a word, or two joined, stands for.
fn kind_of(word: &str) -> Option<Kind> {
    let lists = [
        (&PASSWORDS, Kind::Password),
        (&TOKENS, Kind::Token),
        (&KEYS, Kind::Key),
        (&SECRETS, Kind::Secret),
    ];
    let found = lists.into_iter().find(|(list, _)| is_in(list, word));
    found.map(|(_, kind)| kind)
}

/// Words that are a secret's only where the value looks like one.
fn likely_kind(word: &str) -> Option<Kind> {
    match word.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "auth" | "session" | "signature" | "sig" | "salt" | "seed" | "license" | "licence"
        | "dsn" | "hmac" | "pat" | "sas" | "access" | "security" | "otp" | "mnemonic"
        | "webhook" | "hook" | "signing" | "verifier" | "assertion" | "ticket" | "sid" => {
            Some(Kind::Secret)
        }
        "key" | "keys" => Some(Kind::Key),
        // Some services take their key under these names; only what is long and random is one.
        "appid" | "code" => Some(Kind::Random),
        _ => None,
    }
}

/// Endings of names in small letters alone, such as `clientsecret`.
const ENDINGS: [(&str, Kind); 8] = [
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("secret", Kind::Secret),
    ("token", Kind::Token),
    ("apikey", Kind::Key),
    ("secretkey", Kind::Key),
    ("privatekey", Kind::Key),
];

/// What the name of a field says.
pub(super) fn sure(name: &str) -> Sure {
    if name.len() > LONGEST || name.contains("IMT") {
        return Sure::Unknown;
    }
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let harmless = || {
        let mut last = words.iter().rev();
        let word = last.next().copied().unwrap_or_default();
        let says_little = ["data", "value", "string", "str", "raw", "text"].contains(&word);
        let named = is_in(&HARMLESS, word)
            || (says_little && last.next().is_some_and(|word| is_in(&HARMLESS, word)));
        if named { Sure::Harmless } else { Sure::Unknown }
    };
    let Some((at, length, found)) = core(&words) else {
        return harmless();
    };
    let before = words.get(..at).unwrap_or_default();
    let behind = words.get(at + length..).unwrap_or_default();
    let is_adjective = behind.first().is_some_and(|word| is_in(&NOUNS, word));
    let is_about = is_adjective || behind.iter().any(|word| is_in(&ABOUT, word));
    let is_counted = before.iter().any(|word| is_in(&BEFORE, word));
    let is_public = before
        .iter()
        .any(|word| ["public", "publishable", "pub"].contains(word));
    let is_plain_key = words
        .get(at + length - 1)
        .is_some_and(|word| *word == "key" || *word == "keys")
        && length == 1
        && before.last().is_some_and(|word| is_in(&PLAIN_KEYS, word));
    if is_plain_key || is_public || is_counted {
        return Sure::Harmless;
    }
    if is_about { harmless() } else { found }
}

/// The last words of a name that stand for a secret: where, how many, and what.
fn core(words: &[&str]) -> Option<(usize, usize, Sure)> {
    let pair = |at: usize| {
        Some(format!(
            "{}{}",
            words.get(at.checked_sub(1)?)?,
            words.get(at)?
        ))
    };
    for at in (0..words.len()).rev() {
        let word = words.get(at)?;
        if let Some(kind) = pair(at).and_then(|pair| kind_of(&pair)) {
            return Some((at - 1, 2, Sure::Certain(kind)));
        }
        let is_likely = ["otp", "hmac", "pat", "sas", "mnemonic", "sid"].contains(word);
        if let Some(kind) = kind_of(word).filter(|_| !is_likely) {
            return Some((at, 1, Sure::Certain(kind)));
        }
        if *word == "pass" {
            return Some((at, 1, Sure::Certain(Kind::Password)));
        }
        let ending = ENDINGS.iter().find(|(end, _)| word.ends_with(end));
        if let Some((end, kind)) = ending {
            let rest = word.strip_suffix(end).unwrap_or_default();
            if !BEFORE
                .iter()
                .any(|word| word.len() > 2 && rest.ends_with(word))
            {
                return Some((at, 1, Sure::Certain(*kind)));
            }
        }
        // `accountSid` is an id, `countryCode` no key.
        let stands_alone = ["sid", "appid", "code"].contains(word);
        if let Some(kind) = likely_kind(word).filter(|_| !stands_alone || words.len() == 1) {
            return Some((at, 1, Sure::Likely(kind)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_words() {
        for (name, read) in [
            ("clientSecret", "client secret"),
            ("X-API-Key", "x api key"),
            ("HTTPAuthToken2", "http auth token2"),
            ("__auth_pass__", "auth pass"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), read);
        }
    }

    #[test]
    fn secret_names_are_known_however_they_are_written() {
        for name in [
            "authPass",
            "password",
            "Password",
            "db_password",
            "smtp-passwd",
            "newPassword2",
            "apiKey",
            "API_KEY",
            "x-api-key",
            "apikey",
            "clientSecret",
            "client_secret",
            "clientsecret",
            "Authorization",
            "proxy-authorization",
            "accessToken",
            "refresh_token",
            "X-Auth-Token",
            "private-token",
            "bearerToken",
            "cookie",
            "Ocp-Apim-Subscription-Key",
            "x-functions-key",
            "aws_secret_access_key",
            "privateKey",
            "webhookUrl",
            "heslo",
            "passphrase",
            "secret",
            "udid",
            "pin",
            "signing_secret",
            "id_token",
        ] {
            assert!(
                matches!(sure(name), Sure::Certain(_)),
                "{name}: {:?}",
                sure(name)
            );
        }
    }

    #[test]
    fn names_about_a_secret_are_none() {
        for name in [
            "tokenType",
            "token_url",
            "maxTokens",
            "nextPageToken",
            "pageToken",
            "passwordHint",
            "publicKey",
            "primaryKey",
            "idempotencyKey",
            "issueKey",
            "author",
            "authorName",
            "compass",
            "keyword",
            "keyboard",
            "bypass",
            "tokenizer",
            "secretName",
            "accessKeyId",
            "__IMTCONN__",
            "authType",
            "authUrl",
            "passenger",
            "has_password",
            "cookieConsent",
            "publishable_key",
            "accountSid",
            "x-request-id",
            "secretSanta",
            "secret_project",
            "countryCode",
            "pinned",
            "max_tokens",
        ] {
            assert!(
                !matches!(sure(name), Sure::Certain(_) | Sure::Likely(_)),
                "{name}: {:?}",
                sure(name)
            );
        }
    }
}
