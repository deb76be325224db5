//! What an agent fills in beforehand of a form that a person completes at Make: no secrets, since
//! every holder of the link can read them, and no place that the person could not change, since a
//! real key is typed beside it. What is not known to be harmless is refused.

use serde_json::{Map, Value};

use super::named::fields::{of_connection, of_key_text};
use super::named::names::sounds_like_a_place;
use super::named::{Role, values};
use super::{Call, ToolError, plaintext};
use crate::make::credential_requests::Prefill;
use crate::secret_detector::is_secret_name;

const INSTEAD: &str = "Leave it out: the person types it at Make, on the page of the request.";

/// The most fields of a template flow that are filled in, the longest id of one, and the longest
/// value: a person sees all of them in the plan.
const ANSWERS: usize = 100;
const LONGEST_ID: usize = 60;
const LONGEST_VALUE: usize = 2_000;

/// What is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Connection,
    Key,
}

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passes,
    /// It may be a secret.
    Secret,
    /// It may be a secret, and the person could not change it if it is a place.
    Unknown,
    /// It fixes a place.
    Place,
}

/// Lets the fields of connections and keys that are filled in pass or refuses the call.
pub(super) fn admit<'a>(
    call: &Call<'_>,
    filled: impl Iterator<Item = (Form, &'a Prefill)>,
) -> Result<(), ToolError> {
    let mut judged = Vec::new();
    for (form, prefill) in filled {
        for (is_hard, fields) in [(true, &prefill.hard), (false, &prefill.soft)] {
            let fields = fields.iter().flatten();
            judged.extend(fields.map(|(name, value)| {
                (
                    verdict(form, is_hard, name, value),
                    name.clone(),
                    value.clone(),
                )
            }));
        }
    }
    conclude(call, judged)
}

/// The same for the answers of a template flow, which are named by ids of the template's own: their
/// values decide, and a person reads them in the plan.
pub(super) fn admit_answers<'a>(
    call: &Call<'_>,
    filled: impl Iterator<Item = (bool, &'a Map<String, Value>)>,
) -> Result<(), ToolError> {
    let fields = filled.flat_map(|(is_hard, fields)| fields.iter().map(move |it| (is_hard, it)));
    let mut judged = Vec::new();
    for (is_hard, (name, value)) in fields {
        let is_id = name.len() <= LONGEST_ID
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if !is_id || value.to_string().chars().count() > LONGEST_VALUE || judged.len() == ANSWERS {
            return Err(ToolError::argument(
                "prefill",
                format!(
                    "takes at most {ANSWERS} fields by their ids, with values of at most {LONGEST_VALUE} characters"
                ),
                "Leave other answers to the person.",
            ));
        }
        judged.push((answer(is_hard, name, value), name.clone(), value.clone()));
    }
    conclude(call, judged)
}

fn conclude(call: &Call<'_>, judged: Vec<(Verdict, String, Value)>) -> Result<(), ToolError> {
    let allowed = call.agent().grants.allow_plaintext;
    let fixes = |verdict: Verdict| match verdict {
        Verdict::Place => true,
        // Whatever may be written in plain text, the person could not change it.
        Verdict::Unknown => allowed,
        Verdict::Secret | Verdict::Passes => false,
    };
    if judged.iter().any(|(verdict, ..)| fixes(*verdict)) {
        return Err(ToolError::argument(
            "prefill.hard",
            "fixes where something goes or may do so, and the person could not change it",
            "Put it into `prefill.soft`: the person sees it and can change it.",
        ));
    }
    let secrets = judged.into_iter();
    let secrets = secrets.filter(|(verdict, ..)| *verdict != Verdict::Passes);
    let secrets: Vec<(String, Value)> = secrets.map(|(_, name, value)| (name, value)).collect();
    plaintext::admit_or(call, &secrets, INSTEAD)
}

fn verdict(form: Form, is_hard: bool, name: &str, value: &Value) -> Verdict {
    let role = match form {
        Form::Connection => of_connection(name),
        Form::Key => of_key_text(name),
    };
    let is_harmless = values::is_harmless(name, value);
    match role {
        Role::Plain if is_harmless && values::is_plain(name, value) => Verdict::Passes,
        Role::Where if is_hard => Verdict::Place,
        Role::Where if is_harmless => Verdict::Passes,
        Role::Plain | Role::Where => Verdict::Secret,
        Role::Secret => secret(is_hard, value),
        Role::SecretOrPlace | Role::Undeclared => {
            let is_place = sounds_like_a_place(name);
            if is_secret_name(name) && !is_place {
                secret(is_hard, value)
            } else if is_hard {
                fixed(name, is_place, value)
            } else if values::is_trifle(value) || (is_place && is_harmless && is_bare(value)) {
                Verdict::Passes
            } else {
                Verdict::Secret
            }
        }
    }
}

/// Of a field for a secret. A switch holds none, and the person can change it.
fn secret(is_hard: bool, value: &Value) -> Verdict {
    if value.is_boolean() && !is_hard {
        Verdict::Passes
    } else {
        Verdict::Secret
    }
}

/// Of a field that is not known and that the person could not change.
fn fixed(name: &str, is_place: bool, value: &Value) -> Verdict {
    let is_address = value.as_str().is_some_and(values::looks_like_an_address);
    // A token can have points in it, as a host has.
    if is_place || (is_address && values::is_harmless(name, value)) {
        Verdict::Place
    } else {
        Verdict::Unknown
    }
}

fn is_bare(value: &Value) -> bool {
    value.as_str().is_some_and(values::is_bare_address)
}

/// The same for an answer, with all that is inside it.
fn answer(is_hard: bool, name: &str, value: &Value) -> Verdict {
    let is_secret = of_connection(name) == Role::Secret || is_secret_name(name);
    match value {
        Value::Null | Value::Bool(_) => Verdict::Passes,
        _ if is_secret => Verdict::Secret,
        Value::Number(_) if values::is_harmless(name, value) => Verdict::Passes,
        Value::Number(_) => Verdict::Secret,
        Value::String(text) if values::holds_secret(text) => Verdict::Secret,
        Value::String(text) if is_hard && values::looks_like_an_address(text) => Verdict::Place,
        Value::String(_) => Verdict::Passes,
        Value::Array(items) => worst(items.iter().map(|item| answer(is_hard, name, item))),
        Value::Object(fields) => {
            let fields = fields.iter();
            worst(fields.map(|(name, value)| answer(is_hard, name, value)))
        }
    }
}

fn worst(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut refused = verdicts.filter(|verdict| *verdict != Verdict::Passes);
    refused.next().unwrap_or(Verdict::Passes)
}
