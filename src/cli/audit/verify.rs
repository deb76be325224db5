//! `audit verify`: is the trail as it was written? Exits with 1 when it is not.

use serde_json::json;

use super::verified;
use crate::audit::{Finding, Report};
use crate::cli::{Ended, text};
use crate::config::Environment;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<Ended> {
    let (_, report) = verified(environment).await??;
    if args.json {
        text::line(view(&report));
    } else {
        tell(&report);
    }
    Ok(if report.holds() {
        Ended::Done
    } else {
        Ended::Failed
    })
}

fn tell(report: &Report) {
    for note in &report.notes {
        text::line(format!("note: {note}"));
    }
    for finding in &report.findings {
        text::line(format!("wrong: {finding}"));
    }
    if report.more > 0 {
        text::line(format!("and {} more", report.more));
    }
    match &report.last {
        _ if !report.holds() => text::line("The trail is not as it was written."),
        None => text::line("there is no trail yet"),
        Some(last) => text::line(format!(
            "the trail holds: {} lines in {} file(s), the last is {}",
            report.lines, report.files, last.sequence
        )),
    }
}

fn view(report: &Report) -> serde_json::Value {
    let findings = |all: &[Finding]| {
        let view = |one: &Finding| json!({"file": one.file, "line": one.line, "sequence": one.sequence, "what": one.what});
        all.iter().map(view).collect::<Vec<_>>()
    };
    json!({
        "holds": report.holds(),
        "files": report.files,
        "lines": report.lines,
        "last": report.last.as_ref().map(|last| last.sequence),
        "findings": findings(&report.findings),
        "more": report.more,
        "notes": findings(&report.notes),
    })
}
