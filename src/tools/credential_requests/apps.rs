//! The words for an app, a version or a module that Make does not have: no list tool has those.

use crate::make::Error;
use crate::tools::{Failure, ToolError};

/// A failure of a call that named apps. `what` Make may not have, and what to do.
pub(super) fn unknown(error: ToolError, what: &str, next: &str) -> ToolError {
    let ToolError::Make(error @ Error::NotFound(_)) = error else {
        return error;
    };
    let mut failure = Failure::make(&error);
    failure.message = format!("Make has no such {what}, or hides it from this token.");
    next.clone_into(&mut failure.next);
    failure.into()
}

/// What to do when a new request names what is not there.
pub(super) const NEXT: &str =
    "Take app, version and modules from credential_requests_list_app_modules_with_creds.";
