//! What a credential of a request became, for the plan of a call that deletes it.

use crate::make::connections;
use crate::make::credential_requests::Credential;
use crate::tools::consent::scenarios_of;
use crate::tools::{Call, Plan, Thing, ToolError};

/// How many connections are asked what uses them, one request each.
pub(super) const LOOKED_AT: usize = 5;

/// The connection or key that a credential stands for, else the credential itself.
pub(super) fn became(credential: &Credential) -> Thing {
    let label = credential
        .name_override
        .as_ref()
        .or(credential.label.as_ref());
    let name = label.map_or(credential.name.as_str(), String::as_str);
    match (credential.connection(), credential.key()) {
        (Some(id), _) => Thing::new("connection", Some(&id), Some(name)),
        (None, Some(id)) => Thing::new("key", Some(&id), Some(name)),
        (None, None) => Thing::new("credential", Some(&credential.id), Some(name)),
    }
}

/// The plan with what uses it, as far as Make tells.
pub(super) async fn uses_of(
    call: &Call<'_>,
    plan: Plan,
    credential: &Credential,
) -> Result<Plan, ToolError> {
    let thing = became(credential);
    let Some(id) = credential.connection() else {
        return Ok(plan.used_by(&format!("Scenarios that use {thing}"), None));
    };
    let seen = match call.see(connections::whole(id)).await {
        Err(ToolError::Make(crate::make::Error::NotFound(_))) => {
            return Ok(plan.noting(&thing.to_string(), "not there any more"));
        }
        seen => seen?,
    };
    let by = scenarios_of(seen.as_ref().map(|seen| &seen.connection));
    Ok(plan.used_by(&format!("Scenarios that use {thing}"), by))
}
