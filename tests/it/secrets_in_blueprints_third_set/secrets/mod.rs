//! The blueprints with a secret: one in each, of a kind and in a place that scenarios have.

mod addresses;
mod carriers;
mod connections;
mod documents;
mod marked;
mod named;
mod places;
mod requests;
mod words;

use std::collections::BTreeSet;

use serde_json::Value;

use self::words::password;
use super::decoys;
use super::nesting::template;
use super::pattern::{Secret, expand, percent};
use crate::blueprint_reader::random::Random;

pub(super) const COUNT: usize = 1_000;

/// A module with a secret in it.
struct Planted {
    place: String,
    module: Value,
    parts: Vec<String>,
}

/// A template with one secret, and what of the secret must not be seen, as it stands there.
pub(super) struct Case {
    pub(super) family: &'static str,
    /// Kind and place, for the tally.
    pub(super) about: String,
    pub(super) template: Value,
    pub(super) parts: Vec<String>,
}

type Family = (
    &'static str,
    usize,
    fn(&mut Random, usize) -> (String, Planted),
);

/// Each family with its size; together they are the whole set.
const FAMILIES: [Family; 14] = [
    ("marked key, as its API takes it", 125, |random, number| {
        let (provider, pattern, carrier) = marked::PROVIDERS[number % marked::PROVIDERS.len()];
        let secret = expand(random, pattern);
        (
            provider.to_owned(),
            carriers::carried(random, &secret, carrier),
        )
    }),
    ("marked key, anywhere", 250, |random, number| {
        let (provider, pattern, _) = marked::PROVIDERS[number % marked::PROVIDERS.len()];
        let secret = expand(random, pattern);
        (
            provider.to_owned(),
            places::anywhere(random, &secret, number * 7 + number / 24),
        )
    }),
    (
        "key of a provider, as its API takes it",
        85,
        |random, number| {
            let (provider, pattern, carrier, _) = named::PROVIDERS[number % named::PROVIDERS.len()];
            let secret = expand(random, pattern);
            (
                provider.to_owned(),
                carriers::carried(random, &secret, carrier),
            )
        },
    ),
    ("key of a provider, by its name", 85, |random, number| {
        let (provider, pattern, _, name) = named::PROVIDERS[number % named::PROVIDERS.len()];
        let secret = expand(random, pattern);
        (
            provider.to_owned(),
            places::by_name(random, name, &secret, number),
        )
    }),
    ("password by name", 102, |random, number| {
        let name = words::PASSWORDS[number % words::PASSWORDS.len()];
        let secret = Secret::whole(password(random));
        let place = number + number / words::PASSWORDS.len();
        (
            "password".to_owned(),
            places::by_name(random, name, &secret, place),
        )
    }),
    ("key by name", 88, |random, number| {
        let name = words::KEYS[number % words::KEYS.len()];
        let form = *random.pick(&[
            "<h32>", "<n40>", "<w43>", "<b43>=", "<h64>", "<uuid>", "<l20>",
        ]);
        let secret = expand(random, form);
        let place = number * 3 + number / words::KEYS.len();
        (
            form.to_owned(),
            places::by_name(random, name, &secret, place),
        )
    }),
    ("header", 57, |random, number| {
        ("header".to_owned(), requests::header(random, number))
    }),
    ("query", 44, |random, number| {
        ("query".to_owned(), requests::query(random, number))
    }),
    ("basic authentication", 16, |random, number| {
        ("password".to_owned(), requests::basic(random, number))
    }),
    ("exchange of tokens", 24, |random, number| {
        ("credential".to_owned(), requests::exchange(random, number))
    }),
    ("address with a key", 37, |random, number| {
        let (kind, pattern) = addresses::OF_OTHERS[number % addresses::OF_OTHERS.len()];
        (kind.to_owned(), addresses::planted(random, pattern, number))
    }),
    ("connection", 30, |random, number| {
        let (kind, planted) = connections::planted(random, number);
        (kind.to_owned(), planted)
    }),
    ("document", 30, |random, number| {
        let (kind, planted) = if number.is_multiple_of(2) {
            documents::private_key(random, number / 2)
        } else {
            documents::signed_token(random, number / 2)
        };
        (kind.to_owned(), planted)
    }),
    ("Make's own", 27, |random, number| {
        if number < 12 {
            return ("API token".to_owned(), requests::make_token(random, number));
        }
        let (kind, pattern) = addresses::OF_MAKE[number % addresses::OF_MAKE.len()];
        (kind.to_owned(), addresses::planted(random, pattern, number))
    }),
];

/// The sizes of the families.
pub(super) fn sizes() -> impl Iterator<Item = (&'static str, usize)> {
    FAMILIES.iter().map(|(family, count, _)| (*family, *count))
}

/// The names of providers whose keys are in the set.
pub(super) fn providers() -> BTreeSet<&'static str> {
    let marked = marked::PROVIDERS.iter().map(|provider| provider.0);
    let named = named::PROVIDERS.iter().map(|provider| provider.0);
    marked.chain(named).collect()
}

/// One of the set's cases, by its number.
pub(super) fn case(number: usize) -> Case {
    let mut random = Random::new(0x7EA5_E700 + u64::try_from(number).unwrap());
    let mut within = number;
    let mut families = FAMILIES.iter();
    let (family, build) = loop {
        let (family, count, build) = families.next().unwrap();
        if within < *count {
            break (*family, build);
        }
        within -= count;
    };
    let (kind, planted) = build(&mut random, within);
    let text = planted.module.to_string();
    let parts = planted.parts.iter().map(|part| as_it_stands(&text, part));
    let parts: Vec<String> = parts.collect();
    let mut modules = vec![planted.module];
    for _ in 0..=random.below(3) {
        modules.push(decoys::module(&mut random));
    }
    Case {
        family,
        about: format!("{kind} in {}; case {number}", planted.place),
        template: template(&mut random, modules, number),
        parts,
    }
}

/// A part of a secret as a module holds it: as it is, or encoded for a URL.
fn as_it_stands(module: &str, part: &str) -> String {
    if module.contains(part) {
        return part.to_owned();
    }
    let encoded = percent(part);
    assert!(
        module.contains(&encoded),
        "{part} does not stand in {module}"
    );
    encoded
}
