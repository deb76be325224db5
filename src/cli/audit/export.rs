//! `audit export`: every line as it stands in the files, MACs included, so that the copy can be
//! verified again by whoever has the key. A trail that does not verify is not exported as one.

use super::{home, verified};
use crate::audit::{Mark, Snapshot};
use crate::cli::{Ended, text};
use crate::config::Environment;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Also a trail that does not verify, or whose key is not here
    #[arg(long)]
    unverified: bool,
}

pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<Ended> {
    let snapshot = if args.unverified {
        Snapshot::take(&home(environment)?)?
    } else {
        let (snapshot, report) = verified(environment).await??;
        if !report.holds() {
            for finding in &report.findings {
                text::problem(format!("wrong: {finding}"));
            }
            text::problem(
                "nothing was exported: the trail is not as it was written; `--unverified` exports it all the same",
            );
            return Ok(Ended::Failed);
        }
        snapshot
    };
    snapshot.lines(Mark::default(), &mut |line| {
        text::try_line(String::from_utf8_lossy(line))
    })?;
    Ok(Ended::Done)
}
