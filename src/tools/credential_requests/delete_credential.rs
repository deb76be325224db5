//! `credential_requests_credential_delete`.

use serde::{Deserialize, Serialize};

use super::view::Whole;
use crate::grants::{Effect, Scope, Target, Toolset};
use crate::ids::{CredentialId, RequestId};
use crate::make::credential_requests;
use crate::tools::{Call, Spec, Tool, ToolError};

/// Deletes the connection or key behind a credential of a request.
pub(in crate::tools) struct DeleteCredential;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    credential_id: CredentialId,
    request_id: Option<RequestId>,
}

#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct Output {
    credential: Whole,
}

impl Tool for DeleteCredential {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_credential_delete",
        title: "Delete what a requested credential became",
        description: "Deletes the connection or key behind a credential, after a person's yes, also when scenarios use it. The credential is pending again.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsWrite],
        effect: Effect::Delete,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Credential(args.credential_id.clone(), args.request_id.clone())
    }

    fn destroys(args: &Args) -> Option<String> {
        let id = &args.credential_id;
        Some(format!(
            "delete the connection or key behind the credential {id}, also when scenarios use it"
        ))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let request = credential_requests::delete_remote(&args.credential_id);
        let answer = call.send(request).await?;
        call.suggest("For a new sign-in: the link of its request, or credential_requests_create.");
        Ok(Output {
            credential: answer.credential.into(),
        })
    }
}
