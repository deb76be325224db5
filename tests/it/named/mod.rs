//! Secrets that a model names and never sees.

mod commands;
mod existing;
mod fields;
mod free_text;
mod pins;
mod places;
mod positions;
mod prefill;
mod refusals;

use make_credentials_mcp::grants::{Binding, Confirmation};
use make_credentials_mcp::tools::Session;
use serde_json::{Value, json};

use crate::world::{With, World};

/// What stands for a real secret in these tests.
pub(crate) const VALUE: &str = "sk-named-\"4f1c\"-9d07/e2+b8";

pub(crate) const ALL_TOOLS: [&str; 4] = [
    "keys_create",
    "keys_update",
    "connections_create",
    "connections_update",
];

/// A binding to the agent `bot`.
pub(crate) fn binding(tools: &[&str], with: &[(&str, &str)]) -> Binding {
    Binding {
        agents: ["bot".parse().unwrap()].into(),
        tools: tools.iter().map(|&tool| tool.to_owned()).collect(),
        types: [].into(),
        fields: [].into(),
        with: with
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

/// An agent of this name that nobody has to say yes to.
pub(crate) fn agent(world: &World, name: &'static str) -> Session {
    world.with(With {
        name,
        confirmation: Confirmation::Never,
        ..With::default()
    })
}

pub(crate) fn named(name: &str) -> Value {
    json!({"$secret": name})
}
