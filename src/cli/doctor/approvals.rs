//! Calls that wait for a person, and rows that nobody can say yes to.

use super::finding::Findings;
use super::machine::Machine;
use crate::cli::agent::age::moment;
use crate::cli::own_keys::read_approvals;
use crate::clock::Moment;
use crate::tools::{Approval, ApprovalError, Standing};

/// Looks at what waits for a person.
pub(super) async fn check(machine: &Machine<'_>, found: &mut Findings) {
    if !machine.state_is_readable {
        return;
    }
    let rows = machine.desk.state().approvals().await;
    let ours = read_approvals(machine.environment.home.clone()).all().await;
    match (rows, ours) {
        (Ok(rows), Ok(ours)) => {
            forged(rows.len().saturating_sub(ours.len()), found);
            waiting(&ours, found);
        }
        (Ok(rows), Err(error @ ApprovalError::Key(_))) => found.red(
            "approvals",
            "approvals",
            format!(
                "{error}, so nobody can say yes to the {} calls that are kept",
                rows.len()
            ),
            "Restore the home folder from a backup, or let the agents call again.",
        ),
        (Err(error), _) => unread(&error.to_string(), found),
        (_, Err(error)) => unread(&error.to_string(), found),
    }
}

fn unread(why: &str, found: &mut Findings) {
    let next = "Restore state.db from a backup, or move it and the audit files away together, and add the agents again.";
    found.red("approvals", "approvals", why, next);
}

fn forged(count: usize, found: &mut Findings) {
    if count > 0 {
        found.red(
            "approvals_forged",
            "approvals",
            format!("{count} of the calls that are kept were not written by this program, or were changed since; none of them is made"),
            "Run `make-credentials-mcp audit verify`, and ask who had access to the home folder.",
        );
    }
}

fn waiting(ours: &[Approval], found: &mut Findings) {
    let now = Moment::now();
    let waits = |one: &&Approval| one.standing(&now) == Standing::Waiting;
    let waiting: Vec<&Approval> = ours.iter().filter(waits).collect();
    // The oldest comes first.
    let Some(oldest) = waiting.first() else {
        return found.ok("approvals", "approvals", "no call waits for a person");
    };
    let calls = match waiting.len() {
        1 => "1 call waits".to_owned(),
        many => format!("{many} calls wait"),
    };
    found.yellow(
        "approvals",
        "approvals",
        format!(
            "{calls} for a person, the oldest since {}: {} of the agent {}",
            moment(oldest.created),
            oldest.tool,
            oldest.agent
        ),
        "Run `make-credentials-mcp approve` to see what would happen, then `make-credentials-mcp approve ID` or `make-credentials-mcp reject ID`.",
    );
}
