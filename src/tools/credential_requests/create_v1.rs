//! `credential_requests_create_v1`, which Make has deprecated.

use serde::Deserialize;
use serde_json::Value;

use super::gate;
use super::made::{self, Made, SignIn, Trace};
use crate::grants::{Effect, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make::credential_requests::{self, Head, OldConnection, OldKey, Provider};
use crate::tools::{Call, Spec, Tool, ToolError};

/// Asks somebody else, in the deprecated form.
pub(in crate::tools) struct CreateV1;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    #[schemars(length(min = 1, max = 255))]
    name: String,
    #[schemars(length(max = 512))]
    description: Option<String>,
    #[schemars(length(max = 32))]
    connections: Option<Vec<OldConnection>>,
    #[schemars(length(max = 32))]
    keys: Option<Vec<OldKey>>,
    /// One of the two.
    provider: Provider,
}

impl Args {
    fn head(&self, team: TeamId) -> Head<'_> {
        Head {
            team,
            name: Some(&self.name),
            description: self.description.as_deref(),
        }
    }
}

impl Tool for CreateV1 {
    type Args = Args;
    type Output = Made;
    const SPEC: Spec = Spec {
        name: "credential_requests_create_v1",
        title: "Ask somebody else for credentials (deprecated)",
        description: "Deprecated by Make: use credential_requests_create_for_user. Asks another person by types of connections and keys.",
        toolset: Toolset::Deprecated,
        scopes: &[Scope::CredentialRequestsWrite],
        // It brings a person into the team, which asking the own user does not.
        effect: Effect::Create,
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
        gate::check(&args.provider)?;
        let connections = args.connections.as_deref().unwrap_or_default();
        let keys = args.keys.as_deref().unwrap_or_default();
        if connections.is_empty() && keys.is_empty() {
            return Err(ToolError::argument(
                "connections",
                "and `keys` are both empty",
                "Pass at least one, with its `type`.",
            ));
        }
        let head = args.head(call.team()?);
        let request = credential_requests::create_v1(head, connections, keys, &args.provider);
        let created = gate::send(call, &request, head).await?;
        Ok(made::made(call, created, SignIn::Other(&args.provider)).await)
    }
}
