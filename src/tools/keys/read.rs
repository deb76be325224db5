//! `keys_list` and `keys_get`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{KeyId, TeamId, TypeName};
use crate::make::keys::{self, Key};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the keys of a team.
pub(in crate::tools) struct List;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct ListArgs {
    team_id: Option<TeamId>,
    type_name: Option<TypeName>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct ListOutput {
    keys: Vec<Key>,
}

impl Tool for List {
    type Args = ListArgs;
    type Output = ListOutput;
    const SPEC: Spec = Spec {
        name: "keys_list",
        title: "List keys",
        description: "Lists a team's keys (Make's keychain) by name and type; never their values.",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "keys",
            columns: &["id", "name", "typeName"],
            paging: Paging::Ours,
        }),
    };

    fn target(args: &ListArgs) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: ListArgs) -> Result<ListOutput, ToolError> {
        let team = call.team()?;
        let found = call
            .send(keys::list(team, args.type_name.as_ref()))
            .await?
            .keys;
        for key in &found {
            call.saw(Object::Key(key.id), key.team_id.unwrap_or(team));
        }
        if found.is_empty() {
            call.suggest("None here: credential_requests_create_by_credentials lets a person type one at Make.");
        }
        Ok(ListOutput { keys: found })
    }
}

/// Reads one key.
pub(in crate::tools) struct Get;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct GetArgs {
    key_id: KeyId,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct GetOutput {
    key: Key,
}

impl Tool for Get {
    type Args = GetArgs;
    type Output = GetOutput;
    const SPEC: Spec = Spec {
        name: "keys_get",
        title: "Get key",
        description: "Reads a key's name and type; never its value.",
        toolset: Toolset::Keys,
        scopes: &[Scope::KeysRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &GetArgs) -> Target {
        Target::Answer(Object::Key(args.key_id))
    }

    async fn run(call: &Call<'_>, args: GetArgs) -> Result<GetOutput, ToolError> {
        let key = call.send(keys::get(args.key_id)).await?.key;
        call.belongs(Object::Key(args.key_id), key.team_id)?;
        Ok(GetOutput { key })
    }
}
