//! What a person's yes or no is bound to: the agent, its zone, the tool and the effect. The page of
//! a call that was made is bound to the very arguments instead.
//!
//! A no is bound to what the effect changes at the object, a yes to the very effect besides.

use serde_json::{Map, Value};

use super::{ApprovalError, Approvals, change, lock};
use crate::tools::Call;
use crate::tools::session::Snapshot;

/// Keeps the two kinds of bindings apart.
const EFFECT: &str = "effect";
const CHANGE: &str = "change";
const ARGUMENTS: &str = "arguments";

impl Snapshot {
    /// Whom a yes is given to. A registered agent is told by its creation, whatever its token is;
    /// the agent `env` is its token. `None` for one without either.
    pub(in crate::tools) fn consent_holder(&self) -> Option<String> {
        let name = &self.agent().name;
        match (self.creation(), self.make()) {
            (Some(creation), _) => Some(format!("{name} created {creation}")),
            (None, Ok(make)) => Some(format!("{name} token {}", make.fingerprint())),
            (None, Err(_)) => None,
        }
    }
}

/// The very effect of this call.
pub(super) async fn of_effect(call: &Call<'_>) -> Result<String, ApprovalError> {
    bound(call, EFFECT, &effect(call)).await
}

/// What of it changes anything at the object, as the call has found it.
pub(super) async fn of_change(call: &Call<'_>) -> Result<String, ApprovalError> {
    let change = {
        let replaces = lock(&call.consenting.replaces);
        change::of(&effect(call), replaces.as_deref().unwrap_or_default())
    };
    bound(call, CHANGE, &change).await
}

fn effect(call: &Call<'_>) -> Map<String, Value> {
    let mut effect = call.consenting.effect.clone();
    if call.consenting.names_team {
        // Given or implied, it is the same.
        let team = call.team.map(crate::ids::TeamId::number);
        effect.insert("teamId".to_owned(), team.into());
    }
    effect
}

/// What the page of this call is bound to.
pub(super) async fn of_arguments(call: &Call<'_>) -> Result<String, ApprovalError> {
    bound(call, ARGUMENTS, &call.consenting.arguments).await
}

async fn bound(
    call: &Call<'_>,
    kind: &str,
    fields: &Map<String, Value>,
) -> Result<String, ApprovalError> {
    let session = call.session();
    let holder = session.consent_holder().ok_or(ApprovalError::NoHolder)?;
    let zone = session.make().map(|make| make.zone().to_string());
    let zone = zone.unwrap_or_default();
    let keys = session.approvals().keys().await?;
    Ok(keys.binding(&[kind, &holder, &zone, call.tool.name], fields))
}

impl Approvals {
    /// Those that this agent asked for.
    pub(in crate::tools) async fn of_agent(
        &self,
        session: &Snapshot,
    ) -> Result<Vec<super::Approval>, ApprovalError> {
        let mut known = self.all().await?;
        let holder = session.consent_holder();
        known.retain(|approval| Some(approval.holder()) == holder.as_deref());
        Ok(known)
    }
}
