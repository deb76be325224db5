//! `credential_requests_get`.

use serde::{Deserialize, Serialize};

use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::RequestId;
use crate::make::PageAddress;
use crate::make::credential_requests::{self, CredentialRequest, Standing};
use crate::tools::session::now;
use crate::tools::{Call, List as Rows, Paging, Spec, Tool, ToolError};

use super::link;
use super::view::{self, Whole};

/// Reads one credential request with its credentials.
pub(in crate::tools) struct Get;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    request_id: RequestId,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    request: CredentialRequest,
    credentials: Vec<Whole>,
    /// The page of the person, where this agent made the request on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_uri: Option<PageAddress>,
}

impl Tool for Get {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_get",
        title: "Get a credential request",
        description: "Reads a credential request: its credentials, the connection and key ids that came out, and its link while open if this agent made it here.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsRead],
        effect: Effect::Read,
        asks: Asks::Never,
        // Up to 64 credentials with their scopes: more than the byte cap may hold.
        list: Some(Rows {
            rows: "credentials",
            columns: &[
                "id",
                "name",
                "state",
                "declineReason",
                "connectionId",
                "keyId",
                "component",
                "type",
                "label",
                "scope",
                "remoteScope",
                "appName",
                "appModules",
            ],
            paging: Paging::Ours,
        }),
    };

    fn target(args: &Args) -> Target {
        Target::Answer(Object::Request(args.request_id.clone()))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let mut request = read(call, &args.request_id).await?;
        let standing = request.standing(now());
        let public_uri = link::of(call, &args.request_id, standing).await;
        if standing == Standing::Open {
            call.suggest(match public_uri {
                Some(_) => "Give `publicUri` to the person, then call credential_requests_wait.",
                None => "The person needs the link from whoever made it; or make a new request.",
            });
        }
        let credentials = std::mem::take(&mut request.credentials);
        Ok(Output {
            request,
            credentials: credentials.into_iter().map(Whole::from).collect(),
            public_uri,
        })
    }
}

/// Reads a request for an agent that may see its team, and remembers what it holds.
pub(super) async fn read(call: &Call<'_>, id: &RequestId) -> Result<CredentialRequest, ToolError> {
    let answer = call.send(credential_requests::detail(id)).await?;
    let request = answer.request_detail.judged(now());
    call.belongs(Object::Request(id.clone()), request.team_id)?;
    view::remember(call, &request, &request.credentials);
    Ok(request)
}
