//! `api_tokens_list`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::make::users::{self, ApiToken};
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

/// Lists the API tokens of the Make user, masked as Make masks them.
pub(in crate::tools) struct ApiTokensList;

#[derive(Deserialize, schemars::JsonSchema)]
pub(in crate::tools) struct Args {}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    api_tokens: Vec<ApiToken>,
}

impl Tool for ApiTokensList {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "api_tokens_list",
        title: "List API tokens",
        description: "Lists the Make user's API tokens: label, scopes, age and first 8 characters. Never a token.",
        toolset: Toolset::Tokens,
        scopes: &[Scope::UserRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "apiTokens",
            columns: &["label", "token", "created", "scope"],
            paging: Paging::Ours,
        }),
    };

    fn target(_args: &Args) -> Target {
        Target::Account
    }

    async fn run(call: &Call<'_>, _args: Args) -> Result<Output, ToolError> {
        let mut tokens = call.send(users::api_tokens()).await?.api_tokens;
        for token in &mut tokens {
            token.token = masked(&token.token);
        }
        Ok(Output { api_tokens: tokens })
    }
}

/// The first 8 characters at most, whatever Make sent.
fn masked(token: &str) -> String {
    token
        .chars()
        .take(8)
        .chain("-****-****-****-************".chars())
        .collect()
}
