//! What a template is made of, as arguments: the documented fields with their bounds, and whatever
//! else Make knows beside them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::make::templates::{Content, Form, is_about_form};
use crate::make::{self, Request};
use crate::tools::{Call, ToolError};

// Descriptions cost every client tokens twice here, so these comments are none. Without the name
// Make fails instead of refusing.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub(super) struct Blueprint {
    #[schemars(length(min = 1))]
    pub(super) name: String,
    flow: Vec<Map<String, Value>>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub(super) struct Scheduling {
    r#type: ScheduleType,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    maximum_runs_per_minute: Option<u64>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "kebab-case")]
enum ScheduleType {
    Immediately,
    Indefinitely,
    Once,
    Daily,
    Weekly,
    Monthly,
    Yearly,
    OnDemand,
}

#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "camelCase")]
pub(super) struct Controller {
    #[schemars(length(min = 1, max = 120))]
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1500))]
    description: Option<String>,
    id_sequence: u64,
    modules: Map<String, Value>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// The parts as they are sent.
pub(super) fn content(
    blueprint: Option<&Blueprint>,
    scheduling: Option<&Scheduling>,
    controller: Option<&Controller>,
) -> Result<Content, ToolError> {
    let part = |part: Result<Value, serde_json::Error>| {
        part.map_err(|_| ToolError::Internal("a part of a template that is no JSON"))
    };
    Ok(Content {
        blueprint: blueprint.map(serde_json::to_value).map(part).transpose()?,
        scheduling: scheduling.map(serde_json::to_value).map(part).transpose()?,
        controller: controller.map(serde_json::to_value).map(part).transpose()?,
    })
}

/// Sends the parts as JSON text and, where Make refuses that form, as objects. The second request
/// is no repetition: after a 400 nothing was made. Outside is why nothing was sent, inside what Make
/// answered.
pub(super) async fn send_in_either_form<T: serde::de::DeserializeOwned + Send>(
    call: &Call<'_>,
    request: impl Fn(Form) -> Request<T>,
) -> Result<Result<T, make::Error>, ToolError> {
    call.still_as_agreed().await?;
    let first = match call.try_send(&request(Form::Text)).await {
        Ok(answer) => return Ok(Ok(answer.body)),
        Err(error) => error,
    };
    if !is_about_form(&first) {
        return Ok(Err(first));
    }
    call.still_as_agreed().await?;
    Ok(match call.try_send(&request(Form::Objects)).await {
        Ok(answer) => Ok(answer.body),
        // Text was right after all, so the first refusal is the one about the content.
        Err(make::Error::Rejected(refusal)) if wants_text(&refusal) => Err(first),
        Err(second) => Err(second),
    })
}

fn wants_text(refusal: &make::Refusal) -> bool {
    let message = refusal.message.as_deref().unwrap_or_default();
    message.to_ascii_lowercase().contains("string")
}
