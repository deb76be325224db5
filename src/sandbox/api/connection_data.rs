//! What is inside a connection: its editable parameters, its test, its scopes.

use serde_json::{Value, json};

use super::connections::{changed, seen};
use crate::sandbox::answer::{Answer, Outcome};
use crate::sandbox::call::Call;
use crate::sandbox::check::{Extra, Rule, check, required, texts};
use crate::sandbox::model::connection::Verdict;

pub(super) fn route(call: &mut Call<'_>, path: &[&str]) -> Option<Outcome> {
    Some(match (call.method, path) {
        ("GET", ["connections", id, "editable-data-schema"]) => schema(call, id),
        ("POST", ["connections", id, "set-data"]) => set_data(call, id),
        ("POST", ["connections", id, "test"]) => test(call, id),
        ("POST", ["connections", id, "scoped"]) => scoped(call, id),
        _ => return None,
    })
}

fn schema(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:read")?;
    let id = seen(call, id)?;
    let parameters = parameters(call, id)?;
    Ok(Answer::ok(&json!({"editableParameters": parameters})))
}

fn parameters(call: &Call<'_>, id: u64) -> Result<&'static [&'static str], Answer> {
    match call.state.connections.get(&id) {
        Some(connection) if connection.editable() => Ok(connection.kind.parameters),
        _ => Err(Answer::invalid_input(
            "There is nothing to configure in this connection",
        )),
    }
}

/// Replaces everything that can be edited: a parameter left out is empty afterwards.
fn set_data(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:write")?;
    let fields = call.fields()?;
    let id = changed(call, id)?;
    parameters(call, id)?;
    if let Some(connection) = call.state.connections.get_mut(&id) {
        let fixed = connection.kind.fixed;
        connection
            .data
            .retain(|name, _| fixed.contains(&name.as_str()));
        connection.data.extend(fields);
        connection.verdict = Verdict::Verified;
    }
    Ok(Answer::ok(&json!({"changed": true})))
}

/// A refusal of the provider comes as an error and not as `verified:false`, as Make's TypeScript SDK
/// shows in its integration tests.
fn test(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:write")?;
    let id = changed(call, id)?;
    let now = call.state.clock.now();
    match call
        .state
        .connections
        .get(&id)
        .map(|connection| connection.test(now))
    {
        Some(Verdict::Refused(message)) => Err(Answer::provider(&message)),
        verdict => {
            let verified: Value = (verdict == Some(Verdict::Verified)).into();
            Ok(Answer::ok(&json!({"verified": verified})))
        }
    }
}

fn scoped(call: &mut Call<'_>, id: &str) -> Outcome {
    call.needs("connections:write")?;
    let fields = call.fields()?;
    check(
        &fields,
        &[required("scope", Rule::Texts(0, usize::MAX))],
        Extra::Taken,
    )?;
    let id = changed(call, id)?;
    let asked = texts(&fields, "scope");
    let connection = call.state.connections.get(&id);
    let scoped = connection.is_some_and(|c| c.has_scopes(asked.iter().map(String::as_str)));
    Ok(Answer::ok(&json!({"connection": {"scoped": scoped}})))
}
