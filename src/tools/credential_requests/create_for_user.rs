//! `credential_requests_create_for_user`.

use serde::Deserialize;
use serde_json::Value;

use super::apps;
use super::for_other::plan;
use super::gate;
use super::made::{self, Made, SignIn, Trace};
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::TeamId;
use crate::make::Request;
use crate::make::credential_requests::{self, Created, Head, Provider, VersionedSelection};
use crate::tools::{Call, EffectRules, Plan, Spec, Tool, ToolError};

/// Asks somebody else.
pub(in crate::tools) struct CreateForUser;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    #[schemars(length(min = 1, max = 255))]
    name: String,
    #[schemars(length(max = 512))]
    description: Option<String>,
    #[schemars(length(min = 1, max = 64))]
    credentials: Vec<VersionedSelection>,
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

    fn request(&self, team: TeamId) -> Request<Created> {
        let head = self.head(team);
        credential_requests::create_for_user(head, &self.credentials, &self.provider)
    }
}

impl Tool for CreateForUser {
    type Args = Args;
    type Output = Made;
    const SPEC: Spec = Spec {
        name: "credential_requests_create_for_user",
        title: "Ask somebody else for credentials",
        description: "As credential_requests_create, for another person, who is added or invited to the team. Not on every plan.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsWrite],
        // It brings a person into the team, which asking the own user does not.
        effect: Effect::Create,
        asks: Asks::Always,
        list: None,
    };

    // Mail goes to the same person in whatever case.
    const EFFECT_RULES: EffectRules = EffectRules {
        any_case: &["email"],
        ..EffectRules::PLAIN
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn candidates(call: &Call<'_>, args: &Args) -> Option<Vec<Value>> {
        let head = args.head(call.team().ok()?);
        made::candidates(call, Trace::Head(head)).await
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        gate::check(&args.provider)?;
        let request = args.request(call.team()?);
        plan(call, &args.name, &args.provider, &request)
            .await
            .map(Some)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Made, ToolError> {
        gate::check(&args.provider)?;
        let head = args.head(call.team()?);
        let request = args.request(head.team);
        let created = gate::send(call, &request, head).await;
        let what = "app, version, module or user";
        let unknown = |error| apps::unknown(error, what, apps::NEXT);
        let created = created.map_err(unknown)?;
        Ok(made::made(call, created, SignIn::Other(&args.provider)).await)
    }
}
