//! `credential_requests_extend_connection`.

use serde::{Deserialize, Serialize};

use super::made::{self, Made, SignIn, Trace};
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::ConnectionId;
use crate::make::{self, connections, credential_requests};
use crate::tools::{Call, Spec, Tool, ToolError};

/// Asks the token's own user to grant a connection further scopes.
pub(in crate::tools) struct ExtendConnection;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    connection_id: ConnectionId,
    #[schemars(length(min = 1))]
    scopes: Vec<String>,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    /// The connection holds all of the scopes; there is nothing to sign.
    already_granted: bool,
    #[serde(flatten)]
    made: Option<Made>,
}

impl Tool for ExtendConnection {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_extend_connection",
        title: "Ask for further scopes of a connection",
        description: "Makes a link on which the token's own user grants an OAuth connection further scopes.",
        toolset: Toolset::CredentialRequests,
        scopes: &[Scope::CredentialRequestsWrite],
        effect: Effect::Request,
        asks: Asks::Never,
        list: None,
    };
    // The same once more finds the scopes granted, or asks for them again.
    const MAKES: bool = false;

    fn target(args: &Args) -> Target {
        Target::Object(Object::Connection(args.connection_id))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        let request = credential_requests::extend(args.connection_id, &args.scopes);
        let trace = Trace::Connection(args.connection_id);
        match made::send(call, &request, trace, false).await {
            Ok(created) => Ok(Output {
                already_granted: false,
                made: Some(made::made(call, created, SignIn::Own).await),
            }),
            Err(ToolError::Make(make::Error::Rejected(refusal)))
                if says_granted(refusal.message.as_deref()) || holds_all(call, &args).await =>
            {
                call.suggest("Nothing to sign: use the connection as it is.");
                Ok(Output {
                    already_granted: true,
                    made: None,
                })
            }
            Err(error) => Err(error),
        }
    }
}

/// Make's wording is not documented, so the words alone decide only when they are plain.
fn says_granted(message: Option<&str>) -> bool {
    let message = message.unwrap_or_default().to_ascii_lowercase();
    message.contains("scope")
        && message.contains("already")
        && ["granted", "present", "authorized", "exist"]
            .iter()
            .any(|word| message.contains(word))
}

/// Whether the connection holds all that was asked for, by Make's own list.
async fn holds_all(call: &Call<'_>, args: &Args) -> bool {
    let Ok(found) = call.look_up(connections::get(args.connection_id)).await else {
        return false;
    };
    let granted = found.connection.scopes.unwrap_or_default();
    let holds = |scope: &String| granted.iter().any(|held| held.id == *scope);
    args.scopes.iter().all(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_say_that_all_is_granted() {
        for (message, granted) in [
            ("All scopes are already granted.", true),
            (
                "All requested scopes are already present on the connection",
                true,
            ),
            ("The connection has no scopes to extend.", false),
            ("Already exists", false),
            ("", false),
        ] {
            assert_eq!(says_granted(Some(message)), granted, "{message}");
        }
    }
}
