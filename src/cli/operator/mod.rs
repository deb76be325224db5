//! `operator`: the token that may issue and take away others, and the way to Make.

mod login;
mod logout;
mod network;
mod show;

use clap::Subcommand;

use super::{Ended, refusal};
use crate::config::Environment;
use crate::secret::Scrubber;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keep the token that may issue others; an option, since every command can ask for it
    Login(login::Args),
    /// Show whose it is and what it may do; never the token
    Show(show::Args),
    /// Forget it
    Logout(logout::Args),
    /// How to reach Make from behind a company's proxy, or a private instance of it
    Network(network::Args),
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: Scrubber,
) -> anyhow::Result<Ended> {
    refusal::told(match args.command {
        Command::Login(args) => login::run(&args, environment, &scrubber).await,
        Command::Show(args) => show::run(&args, environment, &scrubber).await,
        Command::Logout(args) => logout::run(&args, environment, &scrubber).await,
        Command::Network(args) => network::run(&args, environment).await,
    })
}
