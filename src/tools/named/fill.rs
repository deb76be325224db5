//! The last step before a request leaves: named secrets are read where they are kept, become known
//! to the scrubber, and go into their fields.

use std::collections::BTreeSet;

use serde_json::Value;

use super::SHORTEST_SECRET;
use super::role::Role;
use super::rules::{self, Expected, Known};
use crate::ids::{ConnectionId, SecretName};
use crate::make::{self, Parts, connections};
use crate::secret::Secret;
use crate::tools::Call;

/// A named secret that a call carries.
#[derive(Debug)]
pub(super) struct Use {
    /// The field, without the argument that holds it.
    pub(super) field: String,
    pub(super) name: SecretName,
}

/// The fields of a connection that could be edited when the call was checked.
#[derive(Debug)]
pub(in crate::tools) struct EditableSchema {
    pub(in crate::tools) id: ConnectionId,
    pub(in crate::tools) names: Vec<String>,
}

/// The named secrets of a call, with what it takes to ask once more whether they may go there.
#[derive(Debug, Default)]
pub(in crate::tools) struct Uses {
    pub(super) inside: &'static str,
    pub(super) type_name: Option<String>,
    pub(super) list: Vec<Use>,
    pub(super) beside: Vec<(String, Value, Role)>,
    pub(super) stays: Vec<String>,
    pub(super) expected: Expected,
    pub(super) schema: Option<EditableSchema>,
    pub(super) hidden: Vec<String>,
}

impl Uses {
    /// Whether the call carries none.
    pub(in crate::tools) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Their names.
    pub(in crate::tools) fn names(&self) -> impl Iterator<Item = &SecretName> {
        self.list.iter().map(|one| &one.name)
    }

    /// Whether the value of this field may be a secret, so that no plan shows it.
    pub(in crate::tools) fn hides(&self, field: &str) -> bool {
        self.hidden.iter().any(|hidden| hidden == field)
    }
}

/// The request with its secrets in it. Each is read anew, so that a rotated one is the new one,
/// and asked for anew, so that one that was taken away meanwhile does not leave.
pub(in crate::tools) async fn fill(
    call: &Call<'_>,
    request: &Parts,
    uses: &Uses,
) -> Result<Parts, make::Error> {
    let mut values = Vec::new();
    for one in &uses.list {
        let may_not = || no("it may not go there any more");
        let known = rules::fitting(call, uses, one).await;
        let known = known.map_err(|_| may_not())?;
        rules::may_go(&known.binding, uses).map_err(|_| may_not())?;
        let value = read(call, one, &known).await?;
        values.push((one.field.clone(), value));
    }
    let secrets: Vec<Secret> = values.iter().map(|(_, value)| value.clone()).collect();
    if !call.session().scrubber().add_named(&secrets) {
        return Err(no("there is too much to keep hidden in one process"));
    }
    unchanged(call, uses.schema.as_ref()).await?;
    // A connection's fields stand at the top of its request.
    let below = (uses.inside == "parameters").then_some(uses.inside);
    let filled = request.with_secrets(below, &values);
    filled.ok_or_else(|| no("its field is not in the request"))
}

/// The fields of an existing connection are still those that were all checked: one that appeared
/// since could hold another address.
async fn unchanged(call: &Call<'_>, schema: Option<&EditableSchema>) -> Result<(), make::Error> {
    let Some(schema) = schema else { return Ok(()) };
    let now = call
        .look_up(connections::editable_parameters(schema.id))
        .await;
    let now = now.map_err(|_| no("where it would go cannot be checked any more"))?;
    let now: BTreeSet<&String> = now.editable_parameters.iter().collect();
    if now == schema.names.iter().collect() {
        Ok(())
    } else {
        Err(no("the fields of the connection have changed"))
    }
}

async fn read(call: &Call<'_>, one: &Use, known: &Known) -> Result<Secret, make::Error> {
    let source = call.session().secrets();
    let source = source.ok_or_else(|| no("there is no store for it"))?;
    let value = source(known.at.clone()).await.map_err(|error| {
        let next = error.next();
        tracing::warn!(secret = %one.name, %error, next, "a named secret cannot be read");
        no("it cannot be read where it is kept")
    })?;
    // EXPOSE: to measure it.
    if value.expose().trim().len() < SHORTEST_SECRET {
        return Err(no("it is too short to be kept hidden"));
    }
    Ok(value)
}

fn no(why: &'static str) -> make::Error {
    make::Error::NoSecret { why }
}
