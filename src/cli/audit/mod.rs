//! `audit`: the trail, read. Nothing here writes to it.

mod export;
mod filter;
mod list;
mod verify;
mod view;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;

use super::Ended;
use super::own_keys::read_trail;
use crate::audit::{Anchor, Error, Kept, Report, Snapshot};
use crate::config::Environment;
use crate::state::State;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What agents and operators did
    List(list::Args),
    /// Is the trail as it was written?
    Verify(verify::Args),
    /// The lines as they are, once they have been verified
    Export(export::Args),
}

pub(super) async fn run(args: Args, environment: &Environment) -> anyhow::Result<Ended> {
    match args.command {
        Command::List(args) => list::run(args, environment).await,
        Command::Verify(args) => verify::run(args, environment).await,
        Command::Export(args) => export::run(args, environment).await,
    }
}

fn home(environment: &Environment) -> anyhow::Result<PathBuf> {
    let home = environment.home.clone();
    home.context("no home folder is known; set MAKE_CREDENTIALS_HOME")
}

/// Verifies the trail against its head and against what `state.db` knows of it.
pub(super) async fn verified(
    environment: &Environment,
) -> anyhow::Result<Result<(Snapshot, Report), Error>> {
    let home = home(environment)?;
    // Opening it would make it.
    let (known, changes, was_put_back) = if home.join("state.db").exists() {
        let (state, why) = (State::at(Some(home.clone())), "state.db cannot be asked");
        let known = state.anchor().await.context(why)?;
        let was_put_back = state.was_put_back().await.context(why)?;
        (known, state.changes().await.context(why)?, was_put_back)
    } else {
        (None, 0, false)
    };
    let (generation, sequence, mac) = known.map_or((0, 0, String::new()), |known| {
        (known.generation, known.sequence, known.mac)
    });
    let kept = Kept {
        generation,
        changes,
        anchor: Anchor { sequence, mac },
    };
    let nothing_kept = kept.generation == 0;
    if nothing_kept && Snapshot::take(&home)?.is_empty() {
        return Ok(Ok((Snapshot::take(&home)?, Report::default())));
    }
    let mut verified = read_trail(Some(home)).verify(Some(kept)).await;
    if let (true, Ok((_, report))) = (was_put_back, &mut verified) {
        report.remember_put_back();
    }
    Ok(verified)
}
