//! `doctor`: what is wrong, and what to do about it. A file a group of checks; each adds to one
//! list of findings. It only reads: nothing is made, mended or written into the trail.

mod calls;
mod client_environment;
mod client_files;
mod filesystem;
mod finding;
mod home;
mod machine;
mod report;
mod scan;
mod state_db;
mod stores;
mod way;

use crate::config::Environment;
use crate::secret::Scrubber;

use super::Ended;
use calls::Calls;
use finding::{Findings, Level};
use machine::Machine;
use report::AtMake;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Make no call at Make
    #[arg(long)]
    offline: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let (mut found, calls) = (Findings::default(), Calls::default());
    let machine = Machine::read(environment, scrubber, args.offline, &mut found).await;
    home::check(&machine, &mut found);
    set_up(&machine, &mut found);
    client_environment::check(&machine, &mut found);
    client_files::check(&machine, &mut found);
    way::check(&machine, &mut found);
    stores::others(&machine, &mut found);
    stores::check(&machine, &mut found).await;
    calls.check_clock(&mut found);
    let (worst, at_make) = (
        found.worst(),
        AtMake {
            calls: calls.made(),
            offline: args.offline,
        },
    );
    report::print(found, &at_make, args.json, scrubber);
    Ok(match worst {
        Level::Ok | Level::Yellow => Ended::Done,
        Level::Red => Ended::Failed,
    })
}

/// Whoever has nothing yet hears how to begin.
fn set_up(machine: &Machine<'_>, found: &mut Findings) {
    if machine.is_set_up() {
        return;
    }
    found.yellow(
        "set_up",
        "agents",
        "nothing is set up yet: there is no agent",
        "Make a token in Make's profile under API access and run `make-credentials-mcp agent add NAME --token-stdin --zone ZONE`; `make-credentials-mcp demo` shows it all on a simulated zone.",
    );
}
