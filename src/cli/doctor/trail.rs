//! The trail: is it as it was written, does state.db fit it, and can it be written?

use std::path::Path;

use super::finding::Findings;
use super::machine::Machine;
use crate::audit::{Error, Report};
use crate::cli::audit::verified;
use crate::cli::text;
use crate::visible;

const LOOK: &str = "Run `make-credentials-mcp audit verify`, and ask who had access to the home folder; `make-credentials-mcp audit export --unverified` keeps a copy.";
/// So many places are named.
const MOST_NAMED: usize = 5;

/// Looks at the trail.
pub(super) async fn check(machine: &Machine<'_>, found: &mut Findings) {
    let Some(home) = machine.home().filter(|home| home.exists()) else {
        return;
    };
    writable(home, found);
    match verified(machine.environment).await {
        Ok(Ok((_, report))) => judge(&report, found),
        Ok(Err(error @ Error::Key(_))) => found.red(
            "trail",
            "trail",
            format!("{error}; without it nothing is changed at Make"),
            "Restore the home folder from a backup; if the key is lost, move the audit files away, and a new trail begins.",
        ),
        Ok(Err(error @ Error::Busy)) => {
            let next = "End the process that hangs, and run `make-credentials-mcp doctor` again.";
            found.yellow("trail", "trail", error.to_string(), next);
        }
        Ok(Err(error)) => found.red("trail", "trail", error.to_string(), LOOK),
        Err(error) => found.red("trail", "trail", format!("{error:#}"), LOOK),
    }
}

fn judge(report: &Report, found: &mut Findings) {
    for wrong in report.findings.iter().take(MOST_NAMED) {
        if wrong.file == "state.db" {
            let next = "Put back the newest copy of state.db; with this one no agent is served, for those that were revoked since would work again. If there is none, delete the tokens of the agents in Make's profile, move state.db and the audit files away together, and add the agents again.";
            found.red("state_age", "state.db", wrong.what.clone(), next);
        } else {
            found.red("trail", "trail", wrong.to_string(), LOOK);
        }
    }
    let count = u64::try_from(report.findings.len()).unwrap_or(u64::MAX);
    let named = u64::try_from(MOST_NAMED).unwrap_or(u64::MAX);
    let more = count.saturating_sub(named).saturating_add(report.more);
    if more > 0 {
        found.red(
            "trail",
            "trail",
            format!("{more} more places are not as they were written"),
            LOOK,
        );
    }
    if report.holds() {
        let said = format!(
            "{} in {}: as they were written",
            text::count(report.lines, "line", "lines"),
            text::count(report.files, "file", "files"),
        );
        found.ok("trail", "trail", said);
    }
}

/// Whether a line could be added. None is.
fn writable(home: &Path, found: &mut Findings) {
    let log = home.join("audit.jsonl");
    let is_open = match std::fs::OpenOptions::new().append(true).open(&log) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_open && may_write(home) {
        found.ok("trail_writable", "trail", "it can be written");
        return;
    }
    found.red(
        "trail_writable",
        "trail",
        format!(
            "{} cannot be written, so nothing is changed at Make",
            visible::path(&log)
        ),
        "Check the owner and the rights of the home folder and of audit.jsonl.",
    );
}

#[cfg(unix)]
fn may_write(home: &Path) -> bool {
    rustix::fs::access(home, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(home: &Path) -> bool {
    std::fs::metadata(home).is_ok_and(|facts| !facts.permissions().readonly())
}
