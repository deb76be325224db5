//! What would happen to a key, as far as Make tells: which scenarios use it, it does not.

use crate::ids::KeyId;
use crate::make::keys::{self, Key};
use crate::tools::{Call, Plan, Thing, ToolError};

/// A plan about a key: its name, team and type.
pub(super) async fn plan(
    call: &Call<'_>,
    id: KeyId,
    does: &str,
) -> Result<(Plan, Option<Key>), ToolError> {
    let seen = call.see(keys::get(id)).await?;
    let key = seen.map(|seen| seen.key);
    let plan = about(call, id, does, key.as_ref()).await;
    Ok((plan, key))
}

/// A plan about a key that was read.
pub(super) async fn about(call: &Call<'_>, id: KeyId, does: &str, key: Option<&Key>) -> Plan {
    let name = key.map(|key| key.name.as_str());
    let team = key.and_then(|key| key.team_id).or(call.team().ok());
    Plan::new(does, Thing::new("key", Some(&id), name))
        .of_team(team, call.team_name(team).await.as_deref())
        .quoting("Type", key.and_then(|key| key.type_name.as_deref()))
        .used_by("Scenarios that use it", None)
}
