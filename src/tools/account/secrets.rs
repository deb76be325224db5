//! `secrets_list`: the secrets that the agent may name, and where. Never a value, nor how long it
//! is; nothing is asked of Make.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Target, Toolset};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError, named};

/// Lists what the agent may use by name.
pub(in crate::tools) struct SecretsList;

#[derive(Deserialize, schemars::JsonSchema)]
pub(in crate::tools) struct Args {}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    secrets: Vec<Usable>,
}

/// A secret that the agent may use without seeing it.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(inline)]
struct Usable {
    name: String,
    tools: Vec<String>,
    /// Of keys and connections; absent: every type but custom apps'.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    types: Vec<String>,
    /// Absent: every field where a secret belongs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// The values that have to stand beside it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    with: BTreeMap<String, String>,
}

impl Tool for SecretsList {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "secrets_list",
        title: "List named secrets",
        description: "Lists the secrets this agent may name and where; never their values.",
        toolset: Toolset::Account,
        scopes: &[],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "secrets",
            columns: &["name", "tools", "types", "fields", "with"],
            paging: Paging::Ours,
        }),
    };

    fn target(_args: &Args) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, _args: Args) -> Result<Output, ToolError> {
        let known = named::bindings(call).await?;
        if known.is_empty() {
            call.suggest("None: tell the person, who can run `make-credentials-mcp secret set`.");
        } else {
            call.suggest(
                r#"Pass {"$secret": "NAME"} in such a field; the server puts the value in."#,
            );
        }
        let usable = known.into_iter().map(|(name, binding)| Usable {
            name,
            tools: binding.tools.into_iter().collect(),
            types: binding.types.iter().map(ToString::to_string).collect(),
            fields: binding.fields.into_iter().collect(),
            with: binding.with,
        });
        Ok(Output {
            secrets: usable.collect(),
        })
    }
}
