//! `credential_requests_credential_reauthorize`.

use serde::{Deserialize, Serialize};

use super::view::Whole;
use super::watched;
use crate::grants::{Asks, Effect, Scope, Target, Toolset};
use crate::ids::{CredentialId, RequestId};
use crate::make::{self, credential_requests};
use crate::tools::error::{Code, Failure};
use crate::tools::{Call, Spec, Tool, ToolError};

/// Asks for a new sign-in where an OAuth connection no longer works.
pub(in crate::tools) struct Reauthorize;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    credential_id: CredentialId,
    request_id: Option<RequestId>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    /// The connection still works; nothing was changed.
    still_valid: bool,
    /// Its request, where that is known: `credential_requests_get` has the link and the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<Whole>,
}

impl Tool for Reauthorize {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_credential_reauthorize",
        title: "Ask for a new sign-in",
        description: "Lets Make test the OAuth connection behind a credential and, if it no longer works, ask for a new sign-in.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsWrite],
        effect: Effect::Change,
        asks: Asks::Never,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Credential(args.credential_id.clone(), args.request_id.clone())
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let request = credential_requests::request_reauthorize(&args.credential_id);
        let sent = call.try_send(&request).await;
        watched::changed(call, &args.credential_id, args.request_id);
        // Never from the arguments, which may name any request.
        let request_id = call.session().owners().request(&args.credential_id);
        match sent {
            Ok(answer) => {
                call.suggest(match request_id {
                    Some(_) => "The person signs in again on the page of `requestId`; then credential_requests_wait.",
                    None => "The person signs in again on its request's page (credential_requests_list has the request).",
                });
                Ok(Output {
                    still_valid: false,
                    request_id,
                    credential: Some(answer.body.credential.into()),
                })
            }
            Err(make::Error::Rejected(refusal)) if says_valid(refusal.message.as_deref()) => {
                call.suggest("Nothing to do: the connection still works.");
                Ok(Output {
                    still_valid: true,
                    request_id,
                    credential: None,
                })
            }
            Err(make::Error::Rejected(refusal)) => Err(Failure::new(
                Code::Rejected,
                "Make asks for no new sign-in: the connection still works, or the credential is no authorized OAuth one.",
                "connections_verify tells whether the connection still works.",
            )
            .said_by(&refusal)
            .into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Make's wording is not documented, so the words decide only when they are plain.
fn says_valid(message: Option<&str>) -> bool {
    let message = message.unwrap_or_default().to_ascii_lowercase();
    [
        "still valid",
        "is valid",
        "already valid",
        "already authorized",
    ]
    .iter()
    .any(|words| message.contains(words))
        && !message.contains(" not ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_say_that_it_is_still_valid() {
        for (message, valid) in [
            ("The connection is still valid.", true),
            ("Connection is valid", true),
            ("The connection is invalid.", false),
            ("It is not certain that the connection is valid", false),
            ("Only an authorized OAuth credential can be renewed.", false),
        ] {
            assert_eq!(says_valid(Some(message)), valid, "{message}");
        }
    }
}
