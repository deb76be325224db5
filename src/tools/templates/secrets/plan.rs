//! What a person is told of the secrets in a template before everyone or a new scenario gets it.

use serde_json::Value;

use super::hide::hidden;
use super::mask::Origin;
use crate::make::templates::Payload;
use crate::tools::{Call, Plan, ToolError};

/// How many are named; of the others it is said how many there are.
const NAMED: usize = 20;
/// The longest name of a field.
const FIELD: usize = 80;

/// The plan with the secrets in what Make tells of a template or of its published version, which
/// the plan is about already. What cannot be read is said to be not known.
pub(in crate::tools) async fn telling(
    call: &Call<'_>,
    plan: Plan,
    origin: &Origin,
    content: Option<Value>,
) -> Result<Plan, ToolError> {
    let payload = content.and_then(|content| serde_json::from_value::<Payload>(content).ok());
    let Some(payload) = payload else {
        return Ok(plan.noting("Secrets in it", "not known"));
    };
    let (_, hidden) = hidden(call, origin, payload).await?;
    if hidden.is_empty() {
        return Ok(plan.noting("Secrets in it", "none found"));
    }
    let mut plan = plan.noting("Secrets in it", &hidden.len().to_string());
    for one in hidden.iter().take(NAMED) {
        let module = one
            .secret
            .module
            .map_or_else(String::new, |id| format!(" of module {id}"));
        let field: String = one.secret.field.chars().take(FIELD).collect();
        let label = format!(
            "Secret ({}, {}){module} in",
            one.mask.kind, one.mask.fingerprint
        );
        plan = plan.quoting(&label, Some(&field));
    }
    if let Some(more) = hidden.len().checked_sub(NAMED).filter(|more| *more > 0) {
        plan = plan.noting("Further secrets", &more.to_string());
    }
    Ok(plan)
}
