//! `credential_requests_create_by_credentials`.

use serde::Deserialize;
use serde_json::Value;

use super::made::{self, Made, SignIn, Trace};
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make::credential_requests::{self, ByType, ByTypeKey, Head, Prefill};
use crate::tools::prefill::{self, Form};
use crate::tools::{Call, Spec, Tool, ToolError};

/// Asks the token's own user for connections and keys of known types.
pub(in crate::tools) struct CreateByCredentials;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    #[schemars(length(max = 255))]
    name: Option<String>,
    #[schemars(length(max = 512))]
    description: Option<String>,
    #[serde(default)]
    #[schemars(length(max = 32))]
    connections: Option<Vec<ByType>>,
    #[serde(default)]
    #[schemars(length(max = 32))]
    keys: Option<Vec<ByTypeKey>>,
}

impl Args {
    fn head(&self, team: TeamId) -> Head<'_> {
        Head {
            team,
            name: self.name.as_deref(),
            description: self.description.as_deref(),
        }
    }
}

impl Tool for CreateByCredentials {
    type Args = Args;
    type Output = Made;
    const SPEC: Spec = Spec {
        name: "credential_requests_create_by_credentials",
        title: "Ask for connections and keys by type",
        description: "Makes a link on which the token's own user signs in or types keys, by type (`google`, `apikeyauth`). At least one.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsWrite],
        effect: Effect::Request,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn candidates(call: &Call<'_>, args: &Args) -> Option<Vec<Value>> {
        let head = args.head(call.team().ok()?);
        made::candidates(call, Trace::Head(head)).await
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Made, ToolError> {
        let connections = args.connections.as_deref().unwrap_or_default();
        let keys = args.keys.as_deref().unwrap_or_default();
        if connections.is_empty() && keys.is_empty() {
            return Err(ToolError::argument(
                "connections",
                "and `keys` are both empty",
                "Pass at least one, with its `type`.",
            ));
        }
        let prefills = connections.iter().map(|one| &one.prefill);
        let mut prefills = prefills.chain(keys.iter().map(|one| &one.prefill));
        if !prefills.all(|prefill| prefill.as_ref().is_none_or(Prefill::is_flat)) {
            return Err(ToolError::argument(
                "prefill",
                "may hold texts, numbers and booleans only",
                "Leave other values to the person.",
            ));
        }
        let filled = connections
            .iter()
            .map(|one| (Form::Connection, &one.prefill));
        let filled = filled.chain(keys.iter().map(|one| (Form::Key, &one.prefill)));
        prefill::admit(
            call,
            filled.filter_map(|(form, it)| Some((form, it.as_ref()?))),
        )?;
        let head = args.head(call.team()?);
        let request = credential_requests::create_by_credentials(head, connections, keys);
        let awaits = !connections.is_empty();
        let created = made::send(call, &request, Trace::Head(head), awaits).await?;
        Ok(made::made(call, created, SignIn::Own).await)
    }
}
