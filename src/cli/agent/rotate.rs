//! `agent rotate`: new tokens in the place of former ones.

use anyhow::bail;
use serde_json::{Value, json};

use crate::agents::rotate::{self, Ended as Came, Given, Report};
use crate::agents::{Desk, Operator, Registered, now, scopes};
use crate::cli::desk::{ZoneFlags, catch_up, desk, operator_of};
use crate::cli::{Ended, given_token, text};
use crate::config::Environment;
use crate::ids::AgentName;
use crate::secret::Scrubber;

use super::age::{Days, days_old};
use super::grants::operations;
use super::rotate_all;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// The agent
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    name: Option<AgentName>,
    /// Every agent whose token was issued here
    #[arg(long, requires = "older_than", conflicts_with = "token_stdin")]
    all: bool,
    /// Only where the token is older, such as 30d
    #[arg(long, value_name = "DAYS")]
    older_than: Option<Days>,
    /// The operator's token comes on stdin
    #[arg(long, conflicts_with = "token_stdin")]
    operator_token_stdin: bool,
    #[command(flatten)]
    zone: ZoneFlags,
    /// The next token of an adopted agent comes on stdin
    #[arg(long)]
    token_stdin: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    if args.name.is_some() && args.zone.named()?.is_some() {
        text::problem("--zone goes with --all; the zone of one agent is known");
        return Ok(Ended::Usage);
    }
    let desk = desk(environment, scrubber).await?;
    let reports = match (&args.name, args.older_than) {
        (Some(name), older_than) => {
            let agent = desk.registry.get(name).await?;
            if older_than.is_some_and(|days| !is_older(&agent, days)) {
                Vec::new()
            } else {
                vec![one(&args, &desk, &agent).await?]
            }
        }
        (None, Some(days)) => {
            rotate_all::run(&desk, days, &args.zone, args.operator_token_stdin).await?
        }
        (None, None) => bail!("--all needs --older-than"),
    };
    Ok(told(&reports, args.json))
}

pub(super) fn is_older(agent: &Registered, days: Days) -> bool {
    let age = agent.token.as_ref().map(|token| days_old(token, now()));
    age.is_some_and(|age| age * 86400 >= days.seconds())
}

async fn one(args: &Args, desk: &Desk, agent: &Registered) -> anyhow::Result<Report> {
    let adopted = agent
        .token
        .as_ref()
        .is_some_and(|token| token.label.is_none());
    let reads_only = !agent
        .store
        .parse::<crate::secrets::SecretReference>()?
        .is_writable();
    if args.token_stdin || (adopted && reads_only) {
        return take_over(args, desk, agent).await;
    }
    if adopted {
        return Err(crate::agents::Error::Adopted(agent.name.clone()).into());
    }
    let operator = match &agent.token {
        Some(token) => {
            let (zone, user) = (agent.zone.clone(), token.make_user_id);
            operator_of(desk, zone, user, args.operator_token_stdin).await?
        }
        None => return Err(crate::agents::Error::Unfinished.into()),
    };
    let lock = desk.lock(operator.zone(), operator.user()).await?;
    catch_up(desk, &operator, &lock).await?;
    // What was left unfinished may have been this very rotation.
    let agent = desk.registry.get(&agent.name).await?;
    replace(desk, &operator, &agent).await
}

pub(super) async fn replace(
    desk: &Desk,
    operator: &Operator,
    agent: &Registered,
) -> anyhow::Result<Report> {
    let scopes = scopes::needed(&agent.grants, &operations());
    let scopes: Vec<_> = scopes.into_iter().collect();
    Ok(rotate::replace(desk, operator, agent, &scopes).await?)
}

async fn take_over(args: &Args, desk: &Desk, agent: &Registered) -> anyhow::Result<Report> {
    let token = if args.token_stdin {
        let token = given_token::from_stdin(&desk.scrubber)?;
        Some(given_token::access(token, agent.zone.clone())?.token)
    } else {
        None
    };
    let former = agent.token.clone();
    let given = Given::next(desk, agent, token).await?;
    let held = given.holder.scopes.clone();
    let mut report = rotate::take_over(desk, agent, given).await?;
    for sentence in super::added::Drawbacks::of(&agent.grants, &operations(), &held).sentences() {
        report.lines.push(format!("warning: {sentence}"));
    }
    if let (Came::Done, Some(former)) = (report.ended, former) {
        report.lines.push(format!(
            "the former token {}… was made by hand and still works: delete it at {}/user/api",
            former.prefix,
            agent.zone.origin()
        ));
        report.lines.push(
            "the list there has to be without it then; each token shows its first 8 characters"
                .to_owned(),
        );
    }
    Ok(report)
}

fn told(reports: &[Report], as_json: bool) -> Ended {
    let ended = |report: &Report| match report.ended {
        Came::Done => "done",
        Came::Undone => "undone",
        Came::Unfinished => "unfinished",
    };
    if as_json {
        let rows: Vec<Value> = reports
            .iter()
            .map(|one| json!({"agent": one.agent, "ended": ended(one), "steps": one.lines}))
            .collect();
        text::json(format!("{:#}", json!({"rotations": rows})));
    } else if reports.is_empty() {
        text::line("no token is that old");
    } else {
        for report in reports {
            text::line(format!("agent {}: {}", report.agent, ended(report)));
            for line in &report.lines {
                text::line(format!("  {line}"));
            }
        }
    }
    if reports.iter().all(|report| report.ended == Came::Done) {
        Ended::Done
    } else {
        Ended::Failed
    }
}
