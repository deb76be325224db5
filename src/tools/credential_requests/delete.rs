//! `credential_requests_delete`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::became::{READ, read, unread};
use super::link;
use crate::grants::{Asks, Effect, Object, Scope, Target, Toolset};
use crate::ids::{ConnectionId, KeyId, RequestId};
use crate::make::Error;
use crate::make::credential_requests::{self, Credential, Standing};
use crate::tools::consent::{NONE_BESIDES, Told};
use crate::tools::error::{Code, Failure};
use crate::tools::{Call, Plan, Spec, Thing, Tool, ToolError};

/// Deletes a credential request.
pub(in crate::tools) struct Delete;

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Args {
    request_id: RequestId,
    /// Also deletes the connections and keys that came out of it.
    with_credentials: Option<bool>,
}

impl Args {
    fn takes_credentials(&self) -> bool {
        self.with_credentials == Some(true)
    }
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::tools) struct Output {
    deleted: bool,
    request_id: RequestId,
    /// Connections that went with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    connection_ids: Vec<ConnectionId>,
    /// Keys that went with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    key_ids: Vec<KeyId>,
}

impl Tool for Delete {
    type Args = Args;
    type Output = Output;
    const SPEC: Spec = Spec {
        name: "credential_requests_delete",
        title: "Delete a credential request",
        description: "Deletes a credential request, after a person's yes. If connections or keys came out of it, answers `would_break` with them.",
        toolset: Toolset::CredentialRequests,
        scopes: &[
            Scope::CredentialRequestsWrite,
            Scope::CredentialRequestsRead,
        ],
        effect: Effect::Delete,
        asks: Asks::Always,
        list: None,
    };

    fn target(args: &Args) -> Target {
        Target::Object(Object::Request(args.request_id.clone()))
    }

    async fn plan(call: &Call<'_>, args: &Args) -> Result<Option<Plan>, ToolError> {
        let id = &args.request_id;
        let detail = call.look_up(credential_requests::detail(id)).await?;
        let request = detail.request_detail;
        let mut attached = request.credentials.clone();
        attached.retain(|credential| credential.remote_id.is_some());
        if !attached.is_empty() && !args.takes_credentials() {
            return Err(would_break(&attached).into());
        }
        let delete = credential_requests::delete(id, !attached.is_empty());
        let does = if attached.is_empty() {
            "Delete {} for good."
        } else {
            "Delete {} for good, and every connection and key that came out of it."
        };
        let mut going = Vec::new();
        for (at, credential) in attached.iter().enumerate() {
            going.push(if at < READ {
                read(call, credential).await?
            } else {
                unread(credential)
            });
        }
        let object = Thing::new("credential request", Some(id), Some(&request.name));
        let team_name = call.team_name(request.team_id).await;
        let things = going.iter().map(|one| one.thing.clone()).collect();
        let mut plan = Plan::new(does, object)
            .of_team(request.team_id, team_name.as_deref())
            .quoting("Status", Some(&request.status))
            .used_by("Connections and keys that go", Some(things));
        for one in going {
            plan = plan.used_by(&format!("Scenarios that use {}", one.thing), one.used_by);
        }
        Ok(Some(plan.sending(&delete, NONE_BESIDES)))
    }

    async fn run(call: &Call<'_>, args: Args) -> Result<Output, ToolError> {
        // What goes is known before it goes: afterwards nobody can tell.
        let going = if args.takes_credentials() {
            going_by(call, &args.request_id).await?
        } else {
            Vec::new()
        };
        // With nothing attached Make need not be told, and refuses what was attached meanwhile.
        let confirmed = !going.is_empty();
        let request = credential_requests::delete(&args.request_id, confirmed);
        call.still_as_agreed().await?;
        let sent = call.try_send(&request).await;
        call.session().watched().changed(&args.request_id);
        let deleted = match sent {
            Ok(answer) => answer.body.deleted.unwrap_or(true),
            Err(error) if error.is_outcome_unknown() => {
                if !is_gone(call, &args.request_id).await {
                    return Err(error.into());
                }
                true
            }
            Err(error) if !confirmed => return Err(refused(call, &args.request_id, error).await),
            Err(error) => return Err(error.into()),
        };
        if deleted {
            link::of(call, &args.request_id, Standing::Over).await;
        }
        Ok(Output {
            deleted,
            connection_ids: going.iter().filter_map(Credential::connection).collect(),
            key_ids: going.iter().filter_map(Credential::key).collect(),
            request_id: args.request_id,
        })
    }
}

/// The credentials that stand for a connection or a key.
async fn attached(call: &Call<'_>, id: &RequestId) -> Result<Vec<Credential>, ToolError> {
    let detail = call.send(credential_requests::detail(id)).await?;
    let mut credentials = detail.request_detail.credentials;
    credentials.retain(|credential| credential.remote_id.is_some());
    Ok(credentials)
}

/// What goes, when a person was told of all of it: somebody may have signed in since the question,
/// and what was not shown is asked about again.
async fn going_by(call: &Call<'_>, id: &RequestId) -> Result<Vec<Credential>, ToolError> {
    loop {
        let going = attached(call, id).await?;
        if call.agreed_anew().await? == Told::All {
            return Ok(going);
        }
    }
}

/// After a delete of unknown outcome: 404 says that it went through.
async fn is_gone(call: &Call<'_>, id: &RequestId) -> bool {
    matches!(
        call.try_send(&credential_requests::owner(id)).await,
        Err(Error::NotFound(_))
    )
}

/// Make documents that it refuses when credentials are attached, and not with which status: so
/// what is attached decides.
async fn refused(call: &Call<'_>, id: &RequestId, error: Error) -> ToolError {
    let (Error::ConfirmationRequired { refusal, .. } | Error::Rejected(refusal)) = &error else {
        return error.into();
    };
    match attached(call, id).await {
        Ok(attached) if !attached.is_empty() => would_break(&attached).said_by(refusal).into(),
        Ok(_) | Err(_) => error.into(),
    }
}

fn would_break(attached: &[Credential]) -> Failure {
    let connections = attached.iter().filter(|c| c.connection().is_some());
    let keys = attached.iter().filter(|c| c.key().is_some());
    let details = json!({
        "connections": connections.map(going).collect::<Vec<_>>(),
        "keys": keys.map(going).collect::<Vec<_>>(),
    });
    Failure::new(
        Code::WouldBreak,
        "Connections or keys came out of it and would go too, see `details`; nothing was deleted.",
        "Show the person what would go; if they want that, call again with `withCredentials`: true.",
    )
    .with_details(details)
}

fn going(credential: &Credential) -> Value {
    let id = match (credential.connection(), credential.key()) {
        (Some(id), _) => json!(id),
        (None, key) => json!(key),
    };
    let label = credential
        .name_override
        .as_ref()
        .or(credential.label.as_ref());
    json!({"id": id, "type": credential.name, "label": label, "state": credential.state})
}
