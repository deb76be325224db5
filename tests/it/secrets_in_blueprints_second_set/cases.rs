//! The secrets, each in a blueprint, and beside it the same blueprint without it.

use serde_json::{Value, json};

use super::grammar::{Expanded, basic, expand};
use super::nesting::{filled, template};
use super::random::Random;
use super::{places, positions, providers, structures};

/// A secret in its place.
pub(super) struct Case {
    pub(super) group: &'static str,
    /// What is told of a miss.
    pub(super) about: String,
    /// Whether engineers agree that it is one there.
    pub(super) is_asserted: bool,
    /// The texts of which nothing may be seen.
    pub(super) secret_parts: Vec<String>,
    pub(super) template: Value,
    /// The same with a mapping in the place of the secret.
    pub(super) without: Value,
}

/// A secret with what goes with it.
struct Filling {
    companion: String,
    user: String,
    secret: Expanded,
}

/// What a case is built from.
pub(super) struct Plan {
    pub(super) group: &'static str,
    pub(super) is_asserted: bool,
    number: u64,
    place: String,
    name: &'static str,
    pattern: &'static str,
}

/// The plans of all cases, the same on every run.
pub(super) fn all() -> Vec<Plan> {
    let mut plans = Vec::new();
    formats(&mut plans);
    carried(&mut plans);
    positioned(&mut plans);
    named(&mut plans);
    debatable(&mut plans);
    plans
}

fn add(
    plans: &mut Vec<Plan>,
    group: &'static str,
    place: &str,
    (name, pattern): (&'static str, &'static str),
) {
    plans.push(Plan {
        group,
        is_asserted: true,
        number: u64::try_from(plans.len()).unwrap(),
        place: place.replace("$N", name),
        name,
        pattern,
    });
}

impl Plan {
    /// The secret and what is around it have sources of random numbers of their own, so that
    /// nothing around repeats the secret.
    pub(super) fn case(&self) -> Case {
        let seed = 0x5EED_0002_0000 + self.number;
        let mut random = Random::new(seed);
        let filling = Filling {
            companion: expand(&mut random, "AKIA«up:16»").text,
            user: expand(&mut random, "«person»").text,
            secret: expand(&mut random, self.pattern),
        };
        let part = filled(&mut random, &self.place);
        let around = seed + 0x0ACE_0000_0000;
        let of = |part: Value| template(&mut Random::new(around), &[part]);
        Case {
            group: self.group,
            about: format!("{} {} in {}", self.name, self.pattern, self.place),
            is_asserted: self.is_asserted,
            secret_parts: self.secret_parts(&filling),
            template: of(fill(&part, Some(&filling))),
            without: of(fill(&part, None)),
        }
    }

    /// As they stand in the place.
    fn secret_parts(&self, filling: &Filling) -> Vec<String> {
        let mut parts = filling.secret.secret_parts.clone();
        if self.place.contains("$B") {
            parts = vec![basic(&filling.user, &filling.secret.text)];
        }
        if self.place.contains("$U") {
            let plain = &filling.secret.secret_parts;
            parts.extend(plain.iter().map(|part| percent(part)));
        }
        parts
    }
}

fn fill(part: &Value, filling: Option<&Filling>) -> Value {
    match part {
        Value::String(text) if text.contains('$') => json!(fill_text(text, filling)),
        Value::Array(items) => items.iter().map(|item| fill(item, filling)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), fill(value, filling)))
            .collect(),
        other => other.clone(),
    }
}

/// One pass, so that a secret may hold what looks like a mark.
fn fill_text(text: &str, filling: Option<&Filling>) -> String {
    let mut filled = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mark = chars.peek().copied().filter(|_| c == '$');
        match mark.and_then(|mark| marked(mark, filling)) {
            Some(value) => {
                chars.next();
                filled.push_str(&value);
            }
            None => filled.push(c),
        }
    }
    filled
}

fn marked(mark: char, filling: Option<&Filling>) -> Option<String> {
    let Some(filling) = filling else {
        return match mark {
            'S' | 'J' | 'U' | 'X' | 'K' => Some("{{3.value}}".to_owned()),
            'B' => Some(r#"{{base64(3.user + ":" + 3.value)}}"#.to_owned()),
            _ => None,
        };
    };
    let secret = &filling.secret.text;
    match mark {
        'S' => Some(secret.clone()),
        'J' => {
            let quoted = json!(secret).to_string();
            let inside = quoted
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            inside.map(str::to_owned)
        }
        'U' => Some(percent(secret)),
        'X' => Some(
            secret
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&quot;"),
        ),
        'B' => Some(basic(&filling.user, secret)),
        'K' => Some(filling.companion.clone()),
        _ => None,
    }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Every format in telling places, and in neutral ones.
fn formats(plans: &mut Vec<Plan>) {
    for (number, format) in providers::all().enumerate() {
        for turn in 0..2 {
            let place = places::TELLING[(number * 2 + turn) % places::TELLING.len()];
            add(
                plans,
                "a provider's format in a telling place",
                place,
                format,
            );
        }
        let known = providers::is_widely_known(format.0);
        let group = if known {
            "a widely known format in a neutral place"
        } else {
            "a less common format in a neutral place"
        };
        for turn in 0..(if known { 2 } else { 1 }) {
            let place = places::NEUTRAL[(number * 2 + turn) % places::NEUTRAL.len()];
            add(plans, group, place, format);
            plans.last_mut().unwrap().is_asserted = known;
        }
    }
}

/// What a structure carries.
fn carried(plans: &mut Vec<Plan>) {
    for (group, formats, places, turns) in [
        (
            "a password in an address",
            &structures::CONNECTIONS[..],
            &places::FOR_ADDRESSES[..],
            2,
        ),
        (
            "an address that is a right",
            &structures::ADDRESSES[..],
            &places::FOR_ADDRESSES[..],
            2,
        ),
        (
            "a key in a block of text",
            &structures::BLOCKS[..],
            &places::FOR_BLOCKS[..],
            3,
        ),
    ] {
        for (number, format) in formats.iter().enumerate() {
            for turn in 0..turns {
                add(
                    plans,
                    group,
                    places[(number + turn * 3) % places.len()],
                    *format,
                );
            }
        }
    }
}

/// What a header or a parameter of an address tells.
fn positioned(plans: &mut Vec<Plan>) {
    let basic: Vec<String> = places::FOR_HEADERS
        .iter()
        .map(|place| place.replace("$S", "Basic $B").replace("$J", "Basic $B"))
        .collect();
    let basic: Vec<&str> = basic.iter().map(String::as_str).collect();
    for (group, positions, places, turns) in [
        (
            "an Authorization header",
            &positions::AUTHORIZATION[..],
            &places::FOR_HEADERS[..],
            3,
        ),
        (
            "a user and a password in base64",
            &positions::BASIC[..],
            &basic[..],
            4,
        ),
        (
            "another header",
            &positions::HEADERS[..],
            &places::FOR_HEADERS[..],
            2,
        ),
        (
            "a parameter of an address",
            &positions::QUERIES[..],
            &places::FOR_QUERIES[..],
            3,
        ),
    ] {
        for (number, position) in positions.iter().enumerate() {
            for turn in 0..turns {
                add(
                    plans,
                    group,
                    places[(number + turn) % places.len()],
                    *position,
                );
            }
        }
    }
}

/// What the name or the type of a field tells.
fn named(plans: &mut Vec<Plan>) {
    for (number, name) in positions::NAMES.iter().enumerate() {
        for turn in 0..4 {
            let place = places::FOR_FIELDS[(number + turn * 5) % places::FOR_FIELDS.len()];
            let value = positions::value_for(name, number + turn * 7);
            add(plans, "a field named like a secret", place, (name, value));
        }
    }
    for turn in 0..18 {
        let place = places::BY_TYPE[turn % places::BY_TYPE.len()];
        let value = positions::VALUES[turn % positions::VALUES.len()];
        add(plans, "a field of the type password", place, ("", value));
    }
    for turn in 0..18 {
        let place = places::PAIRS[turn % places::PAIRS.len()];
        add(plans, "a secret beside its id", place, ("", "«!b64:40»"));
    }
}

fn debatable(plans: &mut Vec<Plan>) {
    for (group, place) in places::DEBATABLE {
        for value in ["«!hex:32»", "«!an:40»", "«!pass»"] {
            add(plans, group, place, ("", value));
            plans.last_mut().unwrap().is_asserted = false;
        }
    }
}
