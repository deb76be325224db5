//! `credential_requests_credential_delete`.

use serde::{Deserialize, Serialize};

use super::became::read;
use super::view::Whole;
use super::watched;
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::{CredentialId, RequestId};
use crate::make::credential_requests;
use crate::tools::consent::NONE_BESIDES;
use crate::tools::target::unknown_credential;
use crate::tools::{Call, EffectRules, Plan, Spec, Tool, ToolError};

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
        scopes: &[
            Scope::CredentialRequestsWrite,
            Scope::CredentialRequestsRead,
        ],
        effect: Effect::Delete,
        asks: Asks::Always,
        list: None,
    };

    // The credential says which request it belongs to.
    const EFFECT_RULES: EffectRules = EffectRules {
        beside: &["requestId"],
        ..EffectRules::PLAIN
    };

    fn target(args: &Args) -> Target {
        Target::Credential(args.credential_id.clone(), args.request_id.clone())
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let id = &args.credential_id;
        let known = call.session().owners().request(id);
        let request = known.or_else(|| args.request_id.clone());
        let request = request.ok_or_else(unknown_credential)?;
        let detail = call.look_up(credential_requests::detail(&request)).await?;
        let detail = detail.request_detail;
        // The arguments may name any request, so what its answer says decides.
        let mut credentials = detail.credentials.iter();
        let credential = credentials.find(|credential| credential.id == *id);
        let credential = credential.ok_or_else(unknown_credential)?;
        let does = "Delete {} for good, also when scenarios use it.";
        let team_name = call.team_name(detail.team_id).await;
        let became = read(call, credential).await?;
        Ok(Some(
            Plan::new(does, became.thing)
                .of_team(detail.team_id, team_name.as_deref())
                .quoting("Asked for in the credential request", Some(&detail.name))
                .used_by("Scenarios that use it", became.used_by)
                .sending(&credential_requests::delete_remote(id), NONE_BESIDES),
        ))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let request = credential_requests::delete_remote(&args.credential_id);
        call.still_as_agreed().await?;
        let answer = call.send(request).await;
        watched::changed(call, &args.credential_id, args.request_id);
        let answer = answer?;
        call.suggest("For a new sign-in: the link of its request, or credential_requests_create.");
        Ok(Output {
            credential: answer.credential.into(),
        })
    }
}
