//! `keys_list_types`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::TypeName;
use crate::make::keys::KeyType;
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the kinds of keys.
pub(in crate::tools) struct ListTypes;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    /// Only this one, with its parameters.
    type_name: Option<TypeName>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    keys_types: Vec<KeyType>,
}

impl Tool for ListTypes {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "keys_list_types",
        title: "List key types",
        description: "Lists the kinds of keys and their parameters.",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "keysTypes",
            columns: &["name", "label", "parameters"],
            paging: Paging::Ours,
        }),
    };

    fn target(_args: &Args) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let known = call.key_types().await?;
        let wanted = |kind: &&KeyType| {
            args.type_name
                .as_ref()
                .is_none_or(|wanted| wanted.as_str() == kind.name)
        };
        let mut found: Vec<KeyType> = known.iter().filter(wanted).cloned().collect();
        for kind in &mut found {
            for choice in kind
                .parameters
                .iter_mut()
                .flat_map(|p| p.options.iter_mut().flatten())
            {
                choice.needs = choice.nested.0.iter().map(|p| p.name.clone()).collect();
            }
        }
        if found.is_empty() {
            call.suggest("No such type: call keys_list_types without `typeName`.");
        }
        Ok(Output { keys_types: found })
    }
}
