//! `credential_requests_list`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::{TeamId, UserId};
use crate::make::credential_requests::{self, CredentialRequest, Filter};
use crate::tools::session::now;
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

use super::view;

/// Lists the credential requests of a team.
pub(in crate::tools) struct List;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    team_id: Option<TeamId>,
    status: Option<Status>,
    #[schemars(length(max = 255))]
    name: Option<String>,
    /// Who asked.
    user_id: Option<UserId>,
    /// Who has to sign in.
    make_provider_id: Option<UserId>,
}

// The statuses that Make filters by; a doc comment would be shown to models.
#[derive(Deserialize, Clone, Copy, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "snake_case")]
enum Status {
    Pending,
    PartiallyAuthorized,
    Authorized,
    Declined,
    Incomplete,
    Invalid,
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::PartiallyAuthorized => "partially_authorized",
            Self::Authorized => "authorized",
            Self::Declined => "declined",
            Self::Incomplete => "incomplete",
            Self::Invalid => "invalid",
        }
    }
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    requests: Vec<CredentialRequest>,
}

impl Tool for List {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_list",
        title: "List credential requests",
        description: "Lists a team's credential requests. For one with its credentials and link: credential_requests_get.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        list: Some(Rows {
            rows: "requests",
            columns: &[
                "id",
                "name",
                "status",
                "expired",
                "appNames",
                "makeProvider",
                "createdAt",
                "expiresAt",
            ],
            paging: Paging::Ours,
        }),
    };

    fn target(args: &Args) -> Target {
        Target::Team(args.team_id)
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let filter = Filter {
            name: args.name.as_deref(),
            status: args.status.map(Status::name),
            user: args.user_id,
            make_provider: args.make_provider_id,
        };
        let team = call.team()?;
        let found = call
            .send(credential_requests::list(team, &filter))
            .await?
            .requests;
        for request in &found {
            view::remember(call, request, &[]);
        }
        if found.is_empty() {
            call.suggest(
                "None fit: call again without filters, or make one with credential_requests_create.",
            );
        }
        let now = now();
        let requests = found.into_iter().map(|request| request.judged(now));
        Ok(Output {
            requests: requests.collect(),
        })
    }
}
