//! `secret`: secrets that tools may refer to by name, and that no agent ever sees.

mod bound;
mod list;
mod remove;
mod set;
mod value;

pub(super) use value::weak;

use clap::Subcommand;

use super::{Ended, refusal, text};
use crate::config::Environment;
use crate::ids::SecretName;
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

/// A name as it was written; `None` when it is none, which has been said then. What is no name may
/// be the secret itself, so nobody repeats it.
fn name(written: &str) -> Option<SecretName> {
    let name = written.parse().ok();
    if name.is_none() {
        text::problem(
            "error: a secret's name has letters, digits, `_`, `-` and `.`, starts with a letter, is at most 64 long and no token; its value comes on stdin",
        );
    }
    name
}
