//! Where a named secret may go: which agents may use it, in which tools, types and fields, and
//! what has to stand beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{AgentName, TypeName};

/// The agent that the environment sets up: whoever holds its token is nobody in particular, so no
/// secret is ever bound to it.
const NOBODY: &str = "env";

/// What a custom app's types begin with.
const CUSTOM: &str = "app#";

/// Where a named secret may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Binding {
    /// The agents that may use it.
    pub agents: BTreeSet<AgentName>,
    /// The tools that may carry it.
    pub tools: BTreeSet<String>,
    /// The types of keys and connections it is for; none stands for every type but custom apps'.
    pub types: BTreeSet<TypeName>,
    /// The fields it is for, such as `parameters.key`; none stands for every secret field.
    pub fields: BTreeSet<String>,
    /// The values that have to stand beside it, by field, such as the `url` that it is sent to.
    pub with: BTreeMap<String, String>,
}

/// A place in a call where a secret is wanted.
#[derive(Debug, Clone, Copy)]
pub struct SecretPlace<'a> {
    /// The tool.
    pub tool: &'a str,
    /// The type of the key or connection, where it is known.
    pub type_name: Option<&'a str>,
    /// The field, such as `parameters.key`.
    pub field: &'a str,
}

/// Why a secret may not go to a place although its agent may use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// Not in this tool.
    Tool,
    /// Not for this type.
    Type,
    /// Not in this field.
    Field,
}

impl Binding {
    /// Whether an agent of this name can be given secrets at all.
    pub fn is_possible_for(agent: &AgentName) -> bool {
        agent.as_str() != NOBODY
    }

    /// Whether this agent may use it.
    pub fn is_for(&self, agent: &AgentName) -> bool {
        Self::is_possible_for(agent) && self.agents.contains(agent)
    }

    /// Whether it may go there.
    ///
    /// # Errors
    /// What does not fit.
    pub fn fits(&self, place: &SecretPlace<'_>) -> Result<(), Misfit> {
        if !self.tools.contains(place.tool) {
            return Err(Misfit::Tool);
        }
        let named = |name: &str| self.types.iter().any(|known| known.as_str() == name);
        // Whoever wrote a custom app gets what is put into its connections.
        let fits_type = match place.type_name {
            Some(name) if self.types.is_empty() => !name.starts_with(CUSTOM),
            Some(name) => named(name),
            None => false,
        };
        if !fits_type {
            return Err(Misfit::Type);
        }
        if !self.fields.is_empty() && !self.fields.contains(place.field) {
            return Err(Misfit::Field);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(types: &[&str], fields: &[&str]) -> Binding {
        Binding {
            agents: ["bot", "env"].map(|name| name.parse().unwrap()).into(),
            tools: ["keys_create".to_owned()].into(),
            types: types.iter().map(|name| name.parse().unwrap()).collect(),
            fields: fields.iter().map(|&name| name.to_owned()).collect(),
            with: BTreeMap::new(),
        }
    }

    #[test]
    fn a_secret_is_for_the_agents_it_names_and_never_for_env() {
        let binding = binding(&[], &[]);
        for (name, is_for) in [("bot", true), ("other", false), ("env", false)] {
            assert_eq!(binding.is_for(&name.parse().unwrap()), is_for, "{name}");
        }
    }

    #[test]
    fn tool_type_and_field_all_have_to_fit() {
        let fits = |binding: Binding, tool, type_name, field| {
            binding.fits(&SecretPlace {
                tool,
                type_name,
                field,
            })
        };
        let narrow = || binding(&["apikeyauth", "app#own"], &["parameters.key"]);
        let wide = || binding(&[], &[]);
        let (create, key) = ("keys_create", "parameters.key");
        assert_eq!(fits(narrow(), create, Some("apikeyauth"), key), Ok(()));
        assert_eq!(fits(narrow(), create, Some("app#own"), key), Ok(()));
        assert_eq!(
            fits(wide(), create, Some("basicauth"), "parameters.x"),
            Ok(())
        );
        for (binding, tool, type_name, field, misfit) in [
            (
                narrow(),
                "keys_update",
                Some("apikeyauth"),
                key,
                Misfit::Tool,
            ),
            (narrow(), create, Some("basicauth"), key, Misfit::Type),
            (narrow(), create, None, key, Misfit::Type),
            (wide(), create, None, key, Misfit::Type),
            (wide(), create, Some("app#theirs"), key, Misfit::Type),
            (
                narrow(),
                create,
                Some("apikeyauth"),
                "parameters.name",
                Misfit::Field,
            ),
        ] {
            assert_eq!(fits(binding, tool, type_name, field), Err(misfit));
        }
    }
}
