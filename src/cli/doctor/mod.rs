//! `doctor`: what is wrong, and what to do about it. A file a group of checks; each adds to one
//! list of findings. It only reads: nothing is made, mended or written into the trail.

mod account;
mod agents;
mod approvals;
mod calls;
mod client_environment;
mod client_files;
mod environment_agent;
mod filesystem;
mod finding;
mod home;
mod machine;
mod named_secrets;
mod report;
mod scan;
mod state_db;
mod stores;
mod tokens;
mod trail;
mod way;

use crate::config::Environment;
use crate::make::Access;
use crate::secret::Scrubber;

use super::desk::ZoneFlags;
use super::{Ended, given_token};
use calls::Calls;
use finding::{Findings, Level};
use machine::Machine;
use report::AtMake;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Make no call at Make
    #[arg(long, conflicts_with = "operator_token_stdin")]
    offline: bool,
    /// The operator's token comes on stdin: the tokens of its Make user are looked at too
    #[arg(long)]
    operator_token_stdin: bool,
    #[command(flatten)]
    zone: ZoneFlags,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let given = args.operator(scrubber)?;
    let (mut found, calls) = (Findings::default(), Calls::default());
    // First: opening state.db makes files beside it, of the same rights.
    home::check(environment.home.as_deref(), &mut found);
    let machine = Machine::read(environment, scrubber, args.offline, &mut found).await;
    on_this_machine(&machine, &mut found).await;
    let held = stores::check(&machine, &mut found).await;
    let may_call = way::check(&machine, &mut found) && !args.offline;
    environment_agent::check(&machine, may_call, &calls, &mut found).await;
    if may_call {
        tokens::check(&machine, &held, &calls, &mut found).await;
        let operators = operators(&machine, given);
        account::check(&machine, &operators, &calls, &mut found).await;
    }
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

impl Args {
    /// The operator's token that was given.
    fn operator(&self, scrubber: &Scrubber) -> anyhow::Result<Option<Access>> {
        if !self.operator_token_stdin {
            return Ok(None);
        }
        let zone = self.zone.needed()?;
        let token = given_token::from_stdin(scrubber)?;
        given_token::access(token, zone).map(Some)
    }
}

/// What needs no call.
async fn on_this_machine(machine: &Machine<'_>, found: &mut Findings) {
    set_up(machine, found);
    trail::check(machine, found).await;
    client_environment::check(machine, found);
    client_files::check(machine, found);
    agents::check(machine, found);
    approvals::check(machine, found).await;
    named_secrets::check(machine, found).await;
    stores::others(machine, found);
}

/// The operators whose tokens are looked at: the one that was given first, then those that are kept
/// for other zones.
fn operators(machine: &Machine<'_>, given: Option<Access>) -> Vec<Access> {
    let zone = given.as_ref().map(|access| access.zone.clone());
    let kept = machine
        .operators
        .iter()
        .map(|operator| operator.access.clone());
    let kept = kept.filter(|access| zone.as_ref() != Some(&access.zone));
    given.into_iter().chain(kept).collect()
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
