//! After a change whose answer was lost: what a read says of the object now.

use std::future::Future;

use serde::Serialize;
use serde_json::json;

use super::error::{Failure, ToolError};
use crate::make;

/// For what `details.now` shows whole.
pub(super) const COMPARE: &str =
    "Compare `details.now` with what was asked for; repeat it only where that differs.";

/// The failure for a change that went wrong. Where nobody knows whether it arrived, `read` tells
/// what the object is now, in `details.now`, and `next` what to make of it; where reading fails
/// too, the agent has to look itself.
pub(super) async fn failure<T: Serialize>(
    error: make::Error,
    next: &str,
    read: impl Future<Output = Result<T, ToolError>>,
) -> ToolError {
    if !error.is_outcome_unknown() {
        return error.into();
    }
    let failure = Failure::make(&error);
    let Ok(now) = read.await else {
        return failure.into();
    };
    Failure {
        next: next.to_owned(),
        ..failure
    }
    .with_details(json!({"now": now}))
    .into()
}
