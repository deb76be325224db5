//! Deleting what may be in use: sent without Make's confirmation until a person was told of all
//! that Make names, and only then with it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::consent::{Thing, Told};
use super::{Call, DEPENDENTS, ToolError};
use crate::make::{Dependent, Error, Request};

/// What broke by a delete.
#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Broken {
    /// What Make said used it and does not work any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    broke: Vec<Dependent>,
    /// How many that are, when they are too many to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    broke_in_all: Option<usize>,
}

impl From<Vec<Dependent>> for Broken {
    fn from(mut broke: Vec<Dependent>) -> Self {
        let count = broke.len();
        broke.truncate(DEPENDENTS);
        Self {
            broke_in_all: (broke.len() < count).then_some(count),
            broke,
        }
    }
}

/// Deletes an object. `delete` makes the request, with Make's confirmation or without; `wants`
/// tells from a refusal what would break, or `None` where it is about something else; `owner`
/// reads the object.
pub(super) async fn delete<T, O>(
    call: &Call<'_>,
    delete: impl Fn(bool) -> Request<T>,
    wants: impl Fn(&Error) -> Result<Option<Vec<Dependent>>, ToolError>,
    owner: Request<O>,
) -> Result<Broken, ToolError>
where
    T: DeserializeOwned + Send,
    O: DeserializeOwned + Send,
{
    let mut broke = Vec::new();
    let result = loop {
        call.still_as_agreed().await?;
        let error = match call.try_send(&delete(false)).await {
            Ok(gone) => break Ok(gone),
            Err(error) => error,
        };
        let Some(named) = wants(&error)? else {
            break Err(error);
        };
        let told = call
            .agreed_to(named.iter().map(Thing::from).collect())
            .await?;
        if told == Told::All {
            broke = named;
            call.still_as_agreed().await?;
            break call.try_send(&delete(true)).await;
        }
    };
    match result {
        Ok(_) => Ok(broke.into()),
        Err(error) if error.is_outcome_unknown() => match call.look_up(owner).await {
            // Only after our own delete does "not there" mean that it worked.
            Err(ToolError::Make(Error::NotFound(_))) => Ok(broke.into()),
            _ => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}
