//! What an agent fills in beforehand of a form that a person completes at Make: no secrets, and no
//! address that the person could not change.
//!
//! Make lists no fields for connections here, so names decide: whoever opens the link can read what
//! is filled in, and would type a real key into a page that sends it where the agent has said.

use serde_json::{Map, Value};

use super::{Call, ToolError, named, plaintext};

/// Refuses secrets among the fields that are filled in.
pub(super) fn no_secrets<'a>(
    call: &Call<'_>,
    filled: impl Iterator<Item = &'a Map<String, Value>>,
) -> Result<(), ToolError> {
    let secrets: Vec<(String, Value)> = filled
        .flat_map(Map::iter)
        .filter(|(name, value)| named::sounds_secret(name) && !value.is_boolean())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    plaintext::admit_or(
        call,
        &secrets,
        "Leave it out: the person types it at Make, on the page of the request.",
    )
}

/// Refuses addresses among the fields that the person cannot change.
pub(super) fn no_fixed_place<'a>(
    mut hard: impl Iterator<Item = &'a Map<String, Value>>,
) -> Result<(), ToolError> {
    if hard.any(|fields| fields.keys().any(|name| is_place(name))) {
        return Err(ToolError::argument(
            "prefill.hard",
            "fixes where something goes, and the person could not change it",
            "Put it into `prefill.soft`: the person sees it and can change it.",
        ));
    }
    Ok(())
}

fn is_place(name: &str) -> bool {
    named::role(name) == Some(named::Role::Where) || named::sounds_like_a_place(name)
}
