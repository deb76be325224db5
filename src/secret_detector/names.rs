//! What the name of a field says about its value. A name is read as words, however they are joined:
//! `clientSecret`, `client_secret`, `X-Client-Secret`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::core_words::core;
use super::words::{ABOUT, BEFORE, HARMLESS, NOUNS, PLAIN_KEYS, Words};
use super::{Kind, languages};

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Any value is a secret.
    Certain(Kind),
    /// A value that looks like a password or a key is one.
    Probable(Kind),
    /// A value that looks like a key is one, for the name is used for other things too.
    Likely(Kind),
    /// The name says nothing.
    Unknown,
    /// The name is that of an id, a digest or content: what looks random there is none.
    Harmless,
}

impl Sure {
    /// What a value would be, where the name says so.
    pub(super) fn kind(self) -> Option<Kind> {
        match self {
            Self::Certain(kind) | Self::Probable(kind) | Self::Likely(kind) => Some(kind),
            Self::Unknown | Self::Harmless => None,
        }
    }
}

/// Without accents, as forms write `contraseña` and `heslo č. 2`.
fn folded(name: &str) -> Cow<'_, str> {
    if name.is_ascii() {
        return Cow::Borrowed(name);
    }
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(name);
    let is_mark = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let letter = |c: char| match c {
        'ł' => 'l',
        'Ł' => 'L',
        'ø' => 'o',
        'Ø' => 'O',
        'ı' => 'i',
        'đ' => 'd',
        '\u{2019}' => '\'',
        other => other,
    };
    let folded: String = plain.chars().filter(|c| !is_mark(c)).map(letter).collect();
    Cow::Owned(folded.replace('ß', "ss"))
}

/// The words of a name, in small letters.
pub(super) fn words(name: &str) -> Vec<String> {
    let name = &*folded(name);
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

thread_local! {
    /// What is known of names that were read. Longer ones are hardly ever the same again.
    static READ: RefCell<HashMap<String, Sure>> = RefCell::default();
}

/// The longest name that is remembered, and how many are.
const REMEMBERED: usize = 32;
const MOST: usize = 1024;

/// What the name of a field says.
pub(super) fn sure(name: &str) -> Sure {
    if name.is_empty() {
        return Sure::Unknown;
    }
    if name.len() > REMEMBERED {
        return read(name);
    }
    READ.with_borrow_mut(|known| {
        if let Some(sure) = known.get(name) {
            return *sure;
        }
        let sure = read(name);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(name.to_owned(), sure);
        sure
    })
}

fn read(name: &str) -> Sure {
    // A digest that tells which key a server has (RFC 7469).
    if name.len() > LONGEST || name.contains("IMT") || name == "pin-sha256" {
        return Sure::Unknown;
    }
    let owned = words(name);
    let words: Vec<&str> = owned.iter().map(String::as_str).collect();
    let harmless = || {
        let mut last = words.iter().rev();
        let word = last.next().copied().unwrap_or_default();
        let says_little = ["data", "value", "string", "str", "raw", "text"].contains(&word);
        let named = is_in(&HARMLESS, word)
            || (says_little && last.next().is_some_and(|word| is_in(&HARMLESS, word)));
        if named { Sure::Harmless } else { Sure::Unknown }
    };
    let Some((at, length, found)) = core(&words) else {
        return inside(name).map_or_else(harmless, Sure::Certain);
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

/// The kind that a name holds in a language without blanks.
fn inside(name: &str) -> Option<Kind> {
    let holds = |list: &[&str]| !name.is_ascii() && list.iter().any(|it| name.contains(it));
    if holds(&languages::PASSWORDS_INSIDE) {
        Some(Kind::Password)
    } else {
        holds(&languages::SECRETS_INSIDE).then_some(Kind::Secret)
    }
}

/// Whether a field says where a request goes.
pub(super) fn is_destination(name: &str) -> bool {
    let last = words(name).pop().unwrap_or_default();
    let known = [
        "url", "uri", "host", "hostname", "endpoint", "server", "domain", "address", "target",
        "baseurl",
    ];
    known.contains(&last.as_str())
}

/// Whether a field beside a secret tells whose it is, or of what sort.
pub(super) fn is_about_a_user(name: &str) -> bool {
    let words = words(name);
    let is = |word: &String| {
        let known = [
            "user",
            "username",
            "login",
            "email",
            "mail",
            "account",
            "client",
            "tenant",
            "owner",
            "realm",
            "region",
            "host",
            "server",
            "scope",
            "scopes",
            "mode",
            "issuer",
            "role",
            "method",
            "provider",
            "service",
            "label",
            "expires",
            "expiry",
            "created",
            "version",
            "algorithm",
            "grant",
            "port",
            "bucket",
            "project",
            "organization",
            "org",
            "team",
        ];
        known.contains(&word.as_str())
    };
    words.iter().any(is)
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
            "authorizationGroup",
            "passwordsGuessed",
            "secretArn",
            "materialKey",
            "pin-sha256",
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
