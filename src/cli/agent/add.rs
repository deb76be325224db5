//! `agent add`: an agent gets its own token.

use anyhow::bail;

use crate::agents::isolation::{self, isolation};
use crate::agents::rotate::{self, Ended as Came, First, Given, Report};
use crate::agents::{Desk, entry, scopes};
use crate::cli::desk::{ZoneFlags, desk};
use crate::cli::{Ended, Misused, given_token, text};
use crate::config::Environment;
use crate::grants::Teams;
use crate::ids::AgentName;
use crate::secret::Scrubber;
use crate::secrets::SecretReference;

use super::added::{Added, Drawbacks};
use super::grants::{GrantFlags, check_teams, operations};
use super::{add_issued, teams};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The agent's name: lower-case letters, digits and `-`
    pub(super) name: AgentName,
    #[command(flatten)]
    pub(super) grants: GrantFlags,
    /// Where its token is kept, such as `vault:secret/agents#reporter`; our encrypted file unless said
    #[arg(long, value_name = "REF")]
    store: Option<String>,
    #[command(flatten)]
    pub(super) zone: ZoneFlags,
    /// The operator's token comes on stdin
    #[arg(long, conflicts_with = "token_stdin")]
    pub(super) operator_token_stdin: bool,
    /// Adopt a token that was made by hand, which comes on stdin
    #[arg(long)]
    token_stdin: bool,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl Args {
    /// Read here and not by clap, which would repeat what it cannot read: somebody may have pasted
    /// a secret.
    fn store(&self) -> anyhow::Result<SecretReference> {
        match &self.store {
            Some(text) => {
                let read = text.parse::<SecretReference>();
                Ok(read.map_err(|bad| Misused(format!("--store: {bad}")))?)
            }
            None => Ok(SecretReference::default_for(&entry::entry_name(&self.name))),
        }
    }

    /// The agent with these teams.
    pub(super) fn first(&self, teams: Teams) -> anyhow::Result<First> {
        Ok(First {
            name: self.name.clone(),
            grants: self.grants.grants(teams),
            store: self.store()?,
        })
    }
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    // What is written wrong is said before anything is opened.
    args.zone.named()?;
    args.store()?;
    let desk = desk(environment, scrubber).await?;
    // A name that is taken is refused before a token is asked for.
    args.first(Teams::All)?.check(&desk).await?;
    if args.token_stdin || !args.store()?.is_writable() {
        adopt(&args, &desk, environment).await
    } else {
        add_issued::run(&args, &desk, environment).await
    }
}

async fn adopt(args: &Args, desk: &Desk, environment: &Environment) -> anyhow::Result<Ended> {
    if args.operator_token_stdin {
        bail!(
            "a token that is read from {} is adopted, which needs no operator",
            args.store()?
        );
    }
    let zone = args.zone.needed()?;
    let store = args.store()?;
    let token = if args.token_stdin {
        let token = given_token::from_stdin(&desk.scrubber)?;
        Some(given_token::access(token, zone.clone())?.token)
    } else {
        None
    };
    let given = Given::first(desk, &store, &zone, token).await?;
    let reach = isolation::reach(given.client(), &given.holder.user, None).await;
    let Some(wanted) = args.grants.teams() else {
        let organizations = teams::of_token(given.client()).await;
        return Ok(teams::list(&organizations, &reach, args.json));
    };
    if reach.roles_known {
        check_teams(&wanted, &reach.teams)?;
    }
    let isolation = isolation(&wanted, &reach);
    let first = args.first(wanted)?;
    let operations = operations();
    let held = given.holder.scopes.clone();
    let drawbacks = Drawbacks::of(&first.grants, &operations, &held);
    let holder = given.holder.clone();
    let report = rotate::adopt(desk, &first, given).await?;
    if report.ended != Came::Done {
        return Ok(failed(&report, args.json));
    }
    let added = Added {
        agent: desk.registry.get(&first.name).await?,
        user: holder.user,
        isolation,
        drawbacks,
        report,
    };
    added.print(&operations, environment, args.json)
}

/// Says what was undone.
pub(super) fn failed(report: &Report, json: bool) -> Ended {
    if json {
        let ended = match report.ended {
            Came::Done => "done",
            Came::Undone => "undone",
            Came::Unfinished => "unfinished",
        };
        let shown = serde_json::json!({
            "agent": report.agent,
            "ended": ended,
            "steps": report.lines,
        });
        text::json(format!("{shown:#}"));
    }
    text::problem(format!(
        "error: the agent {} did not get a token",
        report.agent
    ));
    for line in &report.lines {
        text::problem(format!("  {line}"));
    }
    Ended::Failed
}

/// The scopes that a token needs for these grants, and nothing else.
pub(super) fn needed(first: &First) -> Vec<crate::grants::Scope> {
    scopes::needed(&first.grants, &operations())
        .into_iter()
        .collect()
}
