//! Literals in formulas, `{{if(1.token = "…"; …)}}`: what a secret is compared with or replaced by,
//! and the key of a signature.

use std::ops::Range;

use super::names::{Sure, sure};
use super::values::{is_chosen, is_keylike, is_placeholder, literals};
use super::{Found, Kind};

/// Functions whose third argument is a key.
const SIGNING: [&str; 7] = [
    "sha256(", "sha1(", "sha512(", "sha384(", "md5(", "hmac(", "sha224(",
];

/// The secrets in the formulas of a text.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    let parts = literals(text)
        .into_iter()
        .map(|part| (part.start, part.end));
    for (start, end) in parts.chain(std::iter::once((text.len(), text.len()))) {
        if let Some(formula) = text.get(at..start).filter(|it| it.starts_with("{{")) {
            found.extend(in_formula(formula).into_iter().map(|one| Found {
                kind: one.kind,
                range: at + one.range.start..at + one.range.end,
            }));
        }
        at = end;
    }
    found
}

/// The name of the value that a mapping stands for, where it is that of a secret.
pub(super) fn secret_name(text: &str) -> Option<&str> {
    if !text.contains("{{") {
        return None;
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut names = text.split(|c| !is_part(c)).filter(|name| !name.is_empty());
    names.rfind(|name| matches!(sure(name), Sure::Certain(_) | Sure::Probable(_)))
}

fn in_formula(formula: &str) -> Vec<Found> {
    let quoted = quoted(formula);
    if quoted.is_empty() {
        return Vec::new();
    }
    let mut bare = String::with_capacity(formula.len());
    let mut at = 0;
    for range in &quoted {
        bare.push_str(formula.get(at..range.start).unwrap_or_default());
        at = range.end;
    }
    bare.push_str(formula.get(at..).unwrap_or_default());
    let named = secret_name(&bare).and_then(|name| sure(name).kind());
    let is_signing = SIGNING.iter().any(|function| bare.contains(function));
    let is_pair = bare.contains("base64(");
    let mut found = Vec::new();
    for (number, range) in quoted.into_iter().enumerate() {
        let literal = formula.get(range.clone()).unwrap_or_default();
        if is_placeholder(literal) {
            continue;
        }
        let is_key = is_signing && number > 0 && literal.len() >= 6 && !is_option(literal);
        let pass = literal.split_once(':').filter(|_| is_pair);
        if let Some((user, pass)) = pass.filter(|(user, pass)| !user.is_empty() && pass.len() >= 4)
            && !pass.starts_with("//")
        {
            let range = range.start + user.len() + 1..range.end;
            let kind = Kind::Password;
            found.push(Found { kind, range });
        } else if is_key || (named.is_some() && (is_keylike(literal) || is_chosen(literal))) {
            let kind = named.unwrap_or(Kind::Key);
            found.push(Found { kind, range });
        }
    }
    found
}

/// What signing functions take besides a key.
fn is_option(literal: &str) -> bool {
    let options = [
        "hex",
        "base64",
        "base64url",
        "latin1",
        "utf8",
        "utf-8",
        "binary",
        "text",
    ];
    options.contains(&literal.to_ascii_lowercase().as_str())
}

fn quoted(formula: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    for (at, c) in formula.char_indices() {
        match open {
            None if c == '"' || c == '\'' => open = Some((c, at + 1)),
            Some((quote, from)) if quote == c => {
                found.push(from..at);
                open = None;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_beside_the_name_of_a_secret_is_one() {
        for (text, secret) in [
            ("{{if(1.token = \"k9f2m4x8q1w7\"; 1; 2)}}", "k9f2m4x8q1w7"),
            ("a {{ifempty(1.password; 'Hunter2!')}}", "Hunter2!"),
            (
                "{{sha256(1.body; \"hex\"; \"my signing word\")}}",
                "my signing word",
            ),
            ("Basic {{base64(\"jane:hunter2\")}}", "hunter2"),
        ] {
            let found = find(text);
            let found: Vec<&str> = found
                .into_iter()
                .map(|one| text.get(one.range).unwrap())
                .collect();
            assert_eq!(found, [secret], "{text}");
        }
        for text in [
            "{{formatDate(1.tokenExpires; \"YYYY-MM-DD\")}}",
            "{{sha256(1.secret; \"base64\")}}",
            "{{replace(1.password; \"a\"; \"\")}}",
            "{{if(1.name = \"k9f2m4x8q1w7\"; 1; 2)}}",
            "{{base64(1.user + \":\" + 1.pass)}}",
        ] {
            assert!(find(text).is_empty(), "{text}: {:?}", find(text));
        }
        assert_eq!(
            secret_name("{{get(map(1.h; `v`; `n`; `x-webhook-secret`); 1)}}"),
            Some("x-webhook-secret")
        );
        assert_eq!(secret_name("{{1.status}}"), None);
    }
}
