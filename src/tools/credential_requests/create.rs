//! `credential_requests_create`.

use serde::Deserialize;
use serde_json::Value;

use super::apps;
use super::made::{self, Made, SignIn, Trace};
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make::credential_requests::{self, Head, Selection};
use crate::tools::{Call, Spec, Tool, ToolError};

/// Asks the token's own user for what modules of apps need.
pub(in crate::tools) struct Create;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    #[schemars(length(max = 255))]
    name: Option<String>,
    #[schemars(length(max = 512))]
    description: Option<String>,
    #[schemars(length(min = 1, max = 64))]
    credentials: Vec<Selection>,
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

impl Tool for Create {
    type Args = Args;
    type Output = Made;
    const SPEC: Spec = Spec {
        name: "credential_requests_create",
        title: "Ask for credentials by app modules",
        description: "Makes a link on which the token's own user signs in for an app's modules. For known types: credential_requests_create_by_credentials.",
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
        let named = |s: &Selection| s.app_modules.is_some() || s.app_endpoints.is_some();
        if !args.credentials.iter().all(named) {
            return Err(ToolError::argument(
                "credentials",
                "has an entry with neither `appModules` nor `appEndpoints`",
                "Pass `appModules`; credential_requests_list_app_modules_with_creds lists them.",
            ));
        }
        let head = args.head(call.team()?);
        let request = credential_requests::create(head, &args.credentials);
        let created = made::send(call, &request, Trace::Head(head), true).await;
        let unknown = |error| apps::unknown(error, "app, version or module", apps::NEXT);
        let created = created.map_err(unknown)?;
        Ok(made::made(call, created, SignIn::Own).await)
    }
}
