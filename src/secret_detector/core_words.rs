//! The words of a name that stand for a secret.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::names::Sure;
use super::words::{BEFORE, KEYS, PASSWORDS, SECRETS, TOKENS};
use super::{Kind, languages};

/// The kind that each certain word stands for, so that a word is looked up once.
static KINDS: LazyLock<HashMap<&'static str, Kind>> = LazyLock::new(|| {
    let lists = [
        (&SECRETS, Kind::Secret),
        (&languages::SECRETS, Kind::Secret),
        (&KEYS, Kind::Key),
        (&languages::KEYS, Kind::Key),
        (&TOKENS, Kind::Token),
        (&languages::TOKENS, Kind::Token),
        (&PASSWORDS, Kind::Password),
        (&languages::PASSWORDS, Kind::Password),
    ];
    // Of two lists the later one wins.
    let words = lists
        .into_iter()
        .flat_map(|(list, kind)| list.iter().map(move |word| (*word, kind)));
    words.collect()
});

/// The words that stand for a secret.
pub(super) fn known_words() -> impl Iterator<Item = &'static str> {
    KINDS.keys().copied()
}

/// The longest word of [`KINDS`].
const LONGEST_WORD: usize = 40;

/// The kind that a word, or some joined, stands for.
fn kind_of(word: &str) -> Option<Kind> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = || (bare.len() > 1).then(|| KINDS.get(bare)).flatten();
    KINDS.get(word).or_else(bare).copied()
}

/// Words that are a secret's only where the value looks like one.
fn likely_kind(word: &str) -> Option<Kind> {
    match word.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "auth" | "session" | "signature" | "sig" | "salt" | "seed" | "license" | "licence"
        | "dsn" | "hmac" | "pat" | "sas" | "access" | "security" | "otp" | "mnemonic"
        | "webhook" | "hook" | "signing" | "verifier" | "assertion" | "ticket" | "sid" | "sign"
        | "psk" | "cert" | "samlresponse" | "magic" => Some(Kind::Secret),
        "key" | "keys" => Some(Kind::Key),
        // Some services take their key under these names; only what is long and random is one.
        "appid" | "code" => Some(Kind::Random),
        _ => None,
    }
}

/// Endings of names in small letters alone, such as `clientsecret`.
const ENDINGS: [(&str, Kind); 22] = [
    ("passwords", Kind::Password),
    ("passcode", Kind::Password),
    ("pincode", Kind::Password),
    ("passwort", Kind::Password),
    ("kennwort", Kind::Password),
    ("wachtwoord", Kind::Password),
    ("contrasena", Kind::Password),
    ("heslo", Kind::Password),
    ("haslo", Kind::Password),
    ("senha", Kind::Password),
    ("pwd", Kind::Password),
    ("pw", Kind::Password),
    ("credentials", Kind::Secret),
    ("accesskey", Kind::Key),
    ("password", Kind::Password),
    ("passwd", Kind::Password),
    ("passphrase", Kind::Password),
    ("secret", Kind::Secret),
    ("token", Kind::Token),
    ("apikey", Kind::Key),
    ("secretkey", Kind::Key),
    ("privatekey", Kind::Key),
];

/// Words before one for `key` that make it a keyword.
const KEYWORDS: [&str; 9] = [
    "mot", "mots", "palabra", "palabras", "palavra", "palavras", "parola", "parole", "slowo",
];

/// The last words of a name that stand for a secret: where, how many, and what.
pub(super) fn core(words: &[&str]) -> Option<(usize, usize, Sure)> {
    for at in (0..words.len()).rev() {
        // `mot de passe`, `api key`
        for length in [4, 3, 2] {
            let from = (at + 1).checked_sub(length);
            let joined = from.and_then(|from| words.get(from..=at));
            if let Some((kind, from)) = joined.and_then(|part| kind_of(&part.concat())).zip(from) {
                return Some((from, length, Sure::Certain(kind)));
            }
        }
        let word = words.get(at)?;
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        if languages::PROBABLE.contains(word)
            && before.is_some_and(|before| KEYWORDS.contains(before))
        {
            return None;
        }
        if let Some(found) = alone(word, words.len(), at + 1 == words.len()) {
            return Some((at, 1, found));
        }
    }
    None
}

/// What one word of a name says.
fn alone(word: &str, words: usize, is_last: bool) -> Option<Sure> {
    let is_likely = ["otp", "hmac", "pat", "sas", "mnemonic", "sid", "psk"].contains(&word);
    if let Some(kind) = kind_of(word).filter(|_| !is_likely) {
        return Some(Sure::Certain(kind));
    }
    if word == "pass" {
        return Some(Sure::Certain(Kind::Password));
    }
    if let Some(kind) = by_ending(word) {
        return Some(Sure::Certain(kind));
    }
    if is_last && languages::PROBABLE.contains(word) {
        return Some(Sure::Probable(Kind::Key));
    }
    if is_last
        && [
            "tokens",
            "keys",
            "sk",
            "ak",
            "auth",
            "tok",
            "authentication",
            "authn",
        ]
        .contains(&word)
    {
        return Some(Sure::Probable(Kind::Secret));
    }
    // `accountSid` is an id, `countryCode` no key.
    let stands_alone = ["sid", "appid", "code"].contains(&word);
    likely_kind(word)
        .filter(|_| !stands_alone || words == 1)
        .map(Sure::Likely)
}

/// By the end or the beginning of words that are joined in small letters.
fn by_ending(word: &str) -> Option<Kind> {
    if let Some((end, kind)) = ENDINGS.iter().find(|(end, _)| word.ends_with(end)) {
        let rest = word.strip_suffix(end).unwrap_or_default();
        let is_taken =
            |before: &str| before.len() > 2 && rest.ends_with(before) && !rest.ends_with("admin");
        if !BEFORE.iter().any(|before| is_taken(before)) {
            return Some(*kind);
        }
    }
    let begins = |(begin, kind): &(&str, Kind)| {
        let rest = word.strip_prefix(begin)?;
        BEHIND.contains(&rest).then_some(*kind)
    };
    ENDINGS.iter().find_map(begins)
}

/// What may follow a secret word that it is joined with.
const BEHIND: [&str; 14] = [
    "value", "val", "str", "string", "text", "new", "old", "current", "plain", "raw", "confirm",
    "again", "live", "prod",
];
