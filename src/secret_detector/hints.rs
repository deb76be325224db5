//! What names of secrets hold, found in one pass, so that no other name is read.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::core_words::known_words;
use super::languages;

/// A secret name holds one of these, or a word of the lists of names.
const HINTS: [&str; 69] = [
    "palabra",
    "palavra",
    "frase",
    "codice",
    "codigo",
    "toegang",
    "zugang",
    "zugriff",
    "pristup",
    "pw",
    "identified by",
    "mot de pass",
    "mots de pass",
    "codigo de acceso",
    "c\u{f3}digo de acceso",
    "clave de acceso",
    "chave de acesso",
    "palavra-pass",
    "code d'acc",
    "parola d'ordine",
    "klucz api",
    "api kl\u{ed}\u{10d}",
    "code secret",
    "cl\u{e9} api",
    "cl\u{e9} secr",
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "cookie",
    "credential",
    "session",
    "sig",
    "bearer",
    "jwt",
    "sid",
    "otp",
    "pin",
    "sas",
    "hmac",
    "salt",
    "access",
    "webhook",
    "senha",
    "mdp",
    "wort",
    "cvv",
    "pat",
    "license",
    "appid",
    "code",
    "contrase",
    "schl",
    "cl\u{e9}",
    "has\u{142}",
    "l\u{f6}sen",
    "jelsz",
    "klic",
    "kl\u{ed}",
    "\u{15f}ifre",
    "tajem",
    "Пароль",
    "пароль",
    "Секрет",
    "секрет",
    "ключ",
    "密",
];

/// Finds them in any case.
pub(super) static HINT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    let words = known_words().filter(|word| word.len() > 2);
    // The first word of a name of several: `clave_acceso`.
    let first = languages::PROBABLE.iter().copied();
    let first = first.filter(|word| word.len() > 3);
    let inside = languages::PASSWORDS_INSIDE
        .into_iter()
        .chain(languages::SECRETS_INSIDE);
    builder
        .ascii_case_insensitive(true)
        .build(HINTS.into_iter().chain(words).chain(first).chain(inside))
        .ok()
});
