//! `secret`: secrets that tools may refer to by name, and that no agent ever sees.

mod bound;
mod list;
mod remove;
mod set;
mod value;

use clap::Subcommand;

use super::{Ended, refusal};
use crate::config::Environment;
use crate::secret::Scrubber;

pub(super) use bound::unbind;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keep a secret under a name and say which agents may use it, and where
    Set(Box<set::Args>),
    /// List the names and where each may go; never a value
    List(list::Args),
    /// Forget a secret
    Remove(remove::Args),
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: Scrubber,
) -> anyhow::Result<Ended> {
    refusal::told(match args.command {
        Command::Set(args) => set::run(&args, environment, &scrubber).await,
        Command::List(args) => list::run(&args, environment, &scrubber).await,
        Command::Remove(args) => remove::run(&args, environment, &scrubber).await,
    })
}
