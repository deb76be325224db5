//! What a credential of a request became, for the plan of a call that deletes it.

use crate::make::credential_requests::Credential;
use crate::make::{Error, connections, keys};
use crate::tools::consent::scenarios_of;
use crate::tools::{Call, Thing, ToolError};

/// How many connections and keys are read, one request each.
pub(super) const READ: usize = 5;

/// A connection or key, and the scenarios that use it; `None` where that is not known.
pub(super) struct Became {
    pub(super) thing: Thing,
    pub(super) used_by: Option<Vec<Thing>>,
}

/// What a credential is without a look at what it became.
pub(super) fn unread(credential: &Credential) -> Became {
    let label = credential.name_override.as_ref();
    let label = label.or(credential.label.as_ref());
    let name = label.map_or(credential.name.as_str(), String::as_str);
    let thing = match (credential.connection(), credential.key()) {
        (Some(id), _) => Thing::new("connection", Some(&id), Some(name)),
        (None, Some(id)) => Thing::new("key", Some(&id), Some(name)),
        (None, None) => Thing::new("credential", Some(&credential.id), Some(name)),
    };
    Became {
        thing,
        used_by: None,
    }
}

/// The same, with the name it has and what uses it, as far as Make tells.
pub(super) async fn read(call: &Call<'_>, credential: &Credential) -> Result<Became, ToolError> {
    if let Some(id) = credential.connection() {
        return Ok(match there(call.see(connections::whole(id)).await)? {
            Some(seen) => Became {
                thing: Thing::new("connection", Some(&id), Some(&seen.connection.name)),
                used_by: scenarios_of(Some(&seen.connection)),
            },
            None => unread(credential),
        });
    }
    if let Some(id) = credential.key()
        && let Some(seen) = there(call.see(keys::get(id)).await)?
    {
        return Ok(Became {
            thing: Thing::new("key", Some(&id), Some(&seen.key.name)),
            used_by: None,
        });
    }
    Ok(unread(credential))
}

/// Somebody may have deleted it by hand.
fn there<T>(seen: Result<Option<T>, ToolError>) -> Result<Option<T>, ToolError> {
    match seen {
        Err(ToolError::Make(Error::NotFound(_))) => Ok(None),
        seen => seen,
    }
}
