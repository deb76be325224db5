//! `agent`: the life of an agent, from its first token to its end.

mod add;
mod add_issued;
mod added;
pub(super) mod age;
mod connect;
pub(super) mod grants;
mod list;
mod policy;
mod remove;
mod revoke;
mod rotate;
mod rotate_all;
mod show;
pub(super) mod teams;

use clap::Subcommand;

use crate::config::Environment;
use crate::secret::Scrubber;

use super::Ended;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Give an agent its own token: issue one, or adopt one that was made by hand
    Add(Box<add::Args>),
    /// List the agents
    List(list::Args),
    /// Show an agent and what its token could do
    Show(show::Args),
    /// Give agents new tokens and take the former ones away
    Rotate(rotate::Args),
    /// Take an agent's access away, at once here and then at Make
    Revoke(revoke::Args),
    /// Show what an agent may do and why, or change it
    Policy(policy::Args),
    /// Forget a revoked agent
    Remove(remove::Args),
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: Scrubber,
) -> anyhow::Result<Ended> {
    let ended = match args.command {
        Command::Add(args) => add::run(*args, environment, &scrubber).await,
        Command::List(args) => list::run(&args, environment, &scrubber).await,
        Command::Show(args) => show::run(&args, environment, &scrubber).await,
        Command::Rotate(args) => rotate::run(args, environment, &scrubber).await,
        Command::Revoke(args) => revoke::run(&args, environment, &scrubber).await,
        Command::Policy(args) => policy::run(&args, environment, &scrubber).await,
        Command::Remove(args) => remove::run(&args, environment, &scrubber).await,
    };
    super::refusal::told(ended)
}
