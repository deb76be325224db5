//! `audit list`: what agents and operators did, newest last.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::filter::Filter;
use super::view::Columns;
use super::{home, verified};
use crate::audit::{Mark, Snapshot};
use crate::cli::{Ended, stopped, text};
use crate::config::Environment;

/// How often `--follow` looks for new lines.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// The last lines at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// One JSON object a line, as they stand in the file
    #[arg(long)]
    json: bool,
    /// Go on with what is written from now on, until interrupted
    #[arg(long)]
    follow: bool,
}

pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<Ended> {
    let home = home(environment)?;
    match verified(environment).await {
        Ok(Ok((_, report))) if report.holds() => {}
        Ok(Ok(_)) => text::problem("the trail is not as it was written; run `audit verify`"),
        Ok(Err(error)) => text::problem(format!("unverified: {error}")),
        Err(error) => text::problem(format!("unverified: {error:#}")),
    }
    let mut last = VecDeque::new();
    let mut mark = args.read(&home, Mark::default(), &mut |line| {
        if last.len() >= args.limit {
            last.pop_front();
        }
        if args.limit > 0 {
            last.push_back(line);
        }
        true
    })?;
    let columns = Columns::of(last.iter().map(|line| &line.read));
    let show = |line: Line| text::try_line(line.shown(args.json, columns));
    if !last.into_iter().all(show) || !args.follow {
        return Ok(Ended::Done);
    }
    let ended = stopped();
    let mut ended = std::pin::pin!(ended);
    loop {
        tokio::select! {
            () = &mut ended => return Ok(Ended::Done),
            () = tokio::time::sleep(PAUSE) => {}
        }
        let mut open = true;
        mark = args.read(&home, mark, &mut |line| {
            open = show(line);
            open
        })?;
        if !open {
            return Ok(Ended::Done);
        }
    }
}

/// A line of the trail.
struct Line {
    written: String,
    read: Value,
}

impl Line {
    fn shown(self, as_it_is: bool, columns: Columns) -> String {
        if as_it_is {
            self.written
        } else {
            columns.show(&self.read)
        }
    }
}

impl Args {
    /// Hands each line that is shown and stands behind `mark` to `take`.
    fn read(
        &self,
        home: &Path,
        mark: Mark,
        take: &mut dyn FnMut(Line) -> bool,
    ) -> anyhow::Result<Mark> {
        let mark = Snapshot::take(home)?.lines(mark, &mut |bytes| {
            let Ok(line) = serde_json::from_slice::<Value>(bytes) else {
                // What is no line of the trail is for `audit verify` to tell.
                return true;
            };
            if !self.filter.takes(&line) {
                return true;
            }
            take(Line {
                written: String::from_utf8_lossy(bytes).into_owned(),
                read: line,
            })
        });
        Ok(mark?)
    }
}
