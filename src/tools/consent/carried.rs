//! What a client carries from the question to the answer: sealed, bound to the call, and saying
//! which question it was, so that the answer to one question counts for no other.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::asking::{Pending, Question};
use super::plan::Plan;
use super::{binding, refusals};
use crate::clock::Moment;
use crate::tools::error::ToolError;
use crate::tools::{Call, Foreign};

/// How long a question that a client carries counts.
pub(super) const CARRIED_S: i64 = 10 * 60;

#[derive(Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "camelCase")]
pub(super) enum Carried {
    /// A yes is wanted: the answer is under the key of the form.
    Yes(Asked),
    /// The call was made; its page is to be handed over: the answer is under the key of the page.
    Link { answer: Map<String, Value> },
}

/// A question for a yes.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    /// Redeemed once.
    pub(super) number: String,
    /// When it was asked.
    pub(super) at: Moment,
    /// The call that waits at the terminal meanwhile: one question, whose yes counts once, wherever
    /// it is said.
    pub(super) waits: String,
    /// What the person was shown.
    pub(super) plan: Box<Plan>,
}

impl Carried {
    /// The end of a call with this question, and what has to come back with the answer.
    pub(super) async fn ask(&self, call: &Call<'_>, question: Question) -> ToolError {
        let bound = match self {
            Self::Yes(_) => binding::of_effect(call).await,
            Self::Link { .. } => binding::of_arguments(call).await,
        };
        let keys = call.session.approvals().keys().await;
        let (bound, keys) = match (bound, keys) {
            (Ok(bound), Ok(keys)) => (bound, keys),
            (Err(error), _) | (_, Err(error)) => return refusals::unavailable(&error),
        };
        match serde_json::to_string(self) {
            Ok(text) => ToolError::Asks(Box::new(Pending {
                question,
                state: keys.seal(&bound, &text),
                foreign: Foreign::default(),
            })),
            Err(_) => ToolError::Internal("a question that could not be written"),
        }
    }

    /// What a client carried; an error when it is not ours, or not for this call.
    pub(super) async fn open(call: &Call<'_>, state: &str) -> Result<Self, ToolError> {
        let failed = |error| refusals::unavailable(&error);
        let effect = binding::of_effect(call).await.map_err(failed)?;
        let arguments = binding::of_arguments(call).await.map_err(failed)?;
        let keys = call.session.approvals().keys().await.map_err(failed)?;
        let opened = |bound: &str| -> Option<Self> {
            serde_json::from_str(&keys.unseal(bound, state)?).ok()
        };
        match (opened(&effect), opened(&arguments)) {
            (Some(yes @ Self::Yes(_)), _) => Ok(yes),
            (_, Some(link @ Self::Link { .. })) => Ok(link),
            _ => Err(ToolError::BadState),
        }
    }
}
