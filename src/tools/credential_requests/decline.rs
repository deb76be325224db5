//! `credential_requests_credential_decline`.

use serde::{Deserialize, Serialize};

use super::view::Whole;
use super::watched;
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::{CredentialId, RequestId};
use crate::make::credential_requests;
use crate::tools::{Call, Spec, Tool, ToolError};

/// Declines a credential of a request.
pub(in crate::tools) struct Decline;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    credential_id: CredentialId,
    request_id: Option<RequestId>,
    #[schemars(length(min = 1, max = 2048))]
    reason: Option<String>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    credential: Whole,
}

impl Tool for Decline {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_credential_decline",
        title: "Decline a requested credential",
        description: "Declines one credential of a request, so that nobody signs in for it. Cannot be taken back; deletes nothing.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsWrite],
        // Not additive: what was asked for is lost, and only a new request asks again.
        effect: Effect::Replace,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Credential(args.credential_id.clone(), args.request_id.clone())
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let request = credential_requests::decline(&args.credential_id, args.reason.as_deref());
        let answer = call.send(request).await;
        watched::changed(call, &args.credential_id, args.request_id);
        let answer = answer?;
        Ok(Output {
            credential: answer.credential.into(),
        })
    }
}
