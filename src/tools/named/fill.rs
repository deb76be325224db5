//! The last step before a request leaves: named secrets are read where they are kept, become known
//! to the scrubber, and go into their fields.

use std::collections::BTreeSet;

use super::SHORTEST_SECRET;
use super::rules::{self, Known};
use super::uses::{EditableSchema, Use, Uses};
use crate::make::{self, Parts, connections};
use crate::secret::Secret;
use crate::tools::Call;

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
