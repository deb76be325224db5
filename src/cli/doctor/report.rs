//! What `doctor` says: a list for people, or the same as JSON for scripts.

use std::io::IsTerminal as _;

use serde_json::json;

use super::calls::MOST_BEYOND_AGENTS;
use super::finding::{Finding, Findings, Level};
use crate::cli::text;
use crate::secret::{Author, Scrubber};

/// What was done at Make.
pub(super) struct AtMake {
    /// How many calls.
    pub(super) calls: u32,
    /// Whether none was wanted.
    pub(super) offline: bool,
}

/// Prints it all. What left a check by mistake does not leave here.
pub(super) fn print(found: Findings, at_make: &AtMake, as_json: bool, scrubber: &Scrubber) {
    if as_json {
        let shown = json!({
            "level": found.worst(),
            "offline": at_make.offline,
            "calls": at_make.calls,
            "findings": found.sorted(),
        });
        let bytes = scrubber.json(format!("{shown:#}").into_bytes(), &Author::Ours);
        text::json(String::from_utf8_lossy(&bytes));
        return;
    }
    let count = |level| found.count(level);
    let sum = format!(
        "{} red, {} yellow, {} ok; {}",
        count(Level::Red),
        count(Level::Yellow),
        count(Level::Ok),
        told(at_make)
    );
    let in_colour = std::io::stdout().is_terminal();
    for finding in found.sorted() {
        for line in lines(&finding, in_colour) {
            text::painted(scrubber.text(&line));
        }
    }
    text::line(sum);
}

fn told(at_make: &AtMake) -> String {
    match (at_make.offline, at_make.calls) {
        (true, _) => "no call at Make (--offline)".to_owned(),
        (false, 1) => format!("1 call at Make (at most {MOST_BEYOND_AGENTS} and one an agent)"),
        (false, calls) => {
            format!("{calls} calls at Make (at most {MOST_BEYOND_AGENTS} and one an agent)")
        }
    }
}

fn lines(finding: &Finding, in_colour: bool) -> Vec<String> {
    let (word, code) = match finding.level {
        Level::Ok => ("ok", 32),
        Level::Yellow => ("yellow", 33),
        Level::Red => ("red", 31),
    };
    let mark = if in_colour {
        format!("\u{1b}[{code}m{word:<6}\u{1b}[0m")
    } else {
        format!("{word:<6}")
    };
    let mut lines = vec![format!("{mark}  {}: {}", finding.subject, finding.said)];
    lines.extend(finding.next.iter().map(|next| format!("        {next}")));
    lines
}
