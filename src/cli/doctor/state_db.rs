//! state.db: is it there, whole and of a version that this program knows?

use super::finding::Findings;
use crate::config::Environment;
use crate::state::{Error, State};

/// Whether it is there and can be read.
pub(super) async fn check(state: &State, environment: &Environment, found: &mut Findings) -> bool {
    if environment.home.is_none() || !state.exists() {
        return false;
    }
    let (problem, next) = match state.look_over().await {
        Ok((version, None)) => {
            let said = format!("whole, schema version {version}");
            found.ok("state", "state.db", said);
            return true;
        }
        Ok((_, Some(wrong))) => (
            format!("SQLite says it is damaged: {wrong}"),
            "Restore it from a backup, or move it and the audit files away together, and add the agents again.".to_owned(),
        ),
        Err(error @ Error::TooNew) => (
            error.to_string(),
            "Install the newest version of make-credentials-mcp.".to_owned(),
        ),
        Err(Error::Untrusted(why)) => (format!("it is not believed: {}", why.problem()), why.repair()),
        Err(error) => (
            error.to_string(),
            "Check its owner and the free space; if it is damaged, restore it from a backup.".to_owned(),
        ),
    };
    found.red("state", "state.db", problem, next);
    false
}
