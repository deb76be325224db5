//! `agent revoke`: takes an agent's access away, at once on this machine and then at Make.

use anyhow::bail;
use serde_json::{Value, json};

use crate::agents::revoke::{self, Kept, Upstream};
use crate::agents::{Desk, Note, Registered, Seen};
use crate::cli::desk::{catch_up, desk, operator, operator_of};
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::grants::Standing;
use crate::ids::{AgentName, UserId};
use crate::make::Zone;
use crate::secret::Scrubber;

use super::list;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The agent
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    name: Option<AgentName>,
    /// Every agent: the emergency stop
    #[arg(long)]
    all: bool,
    /// The operator's token comes on stdin
    #[arg(long)]
    operator_token_stdin: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What was done about one agent.
struct Report {
    agent: Registered,
    seen: Seen,
    upstream: Upstream,
    kept: Kept,
    lines: Vec<String>,
}

impl Report {
    fn is_done(&self) -> bool {
        self.upstream == Upstream::Gone
    }

    fn json(&self) -> Value {
        let upstream = match self.upstream {
            Upstream::Gone => "gone",
            Upstream::Alive => "pending",
            Upstream::NotKnown => "unknown",
        };
        let kept = match self.kept {
            Kept::Deleted => "deleted",
            Kept::Theirs => "kept_by_others",
            Kept::NeededStill => "kept_until_gone",
        };
        json!({
            "agent": self.agent.name,
            "locally": "revoked",
            "processes": {
                "followed": self.seen.followed,
                "killed": self.seen.killed,
                "lapsed": self.seen.lapsed,
            },
            "upstream": upstream,
            "secret": kept,
            "steps": self.lines,
        })
    }
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = desk(environment, scrubber).await?;
    let names = if let Some(name) = &args.name {
        vec![name.clone()]
    } else {
        let agents = desk.registry.list().await?;
        let stands = agents
            .into_iter()
            .filter(|a| a.standing != Standing::Revoked);
        stands.map(|agent| agent.name).collect()
    };
    // Here first, and all of them, before anything is asked of anybody.
    let ended =
        futures_util::future::join_all(names.iter().map(|name| revoke::locally(&desk, name)));
    let mut reports = Vec::new();
    let mut failed = None;
    for ended in ended.await {
        match ended {
            Ok((agent, seen)) => reports.push(local(agent, seen)),
            Err(error) => failed = Some(error),
        }
    }
    if !args.json {
        for line in reports.iter().flat_map(|report| &report.lines) {
            text::line(line);
        }
    }
    if let Some(error) = failed {
        return Err(error.into());
    }
    take_away(args, &desk, &mut reports).await?;
    for report in &mut reports {
        finish(&desk, report, args.json).await?;
    }
    if args.json {
        let rows: Vec<Value> = reports.iter().map(Report::json).collect();
        text::json(format!("{:#}", json!({"revoked": rows})));
    } else if reports.is_empty() {
        text::line("there is no agent that is not revoked already");
    }
    Ok(if reports.iter().all(Report::is_done) {
        Ended::Done
    } else {
        Ended::Failed
    })
}

fn local(agent: Registered, seen: Seen) -> Report {
    let served = match seen.followed {
        0 => String::new(),
        1 => "; the process that served it has stopped".to_owned(),
        n => format!("; the {n} processes that served it have stopped"),
    };
    let line = format!("agent {}: revoked on this machine{served}", agent.name);
    let mut lines = vec![line];
    for pid in &seen.killed {
        lines.push(format!(
            "agent {}: process {pid} did not answer and was ended",
            agent.name
        ));
    }
    if seen.lapsed > 0 {
        lines.push(format!(
            "agent {}: {} processes in other containers do not answer; nothing leaves them without a lease",
            agent.name, seen.lapsed
        ));
    }
    Report {
        agent,
        seen,
        upstream: Upstream::NotKnown,
        kept: Kept::NeededStill,
        lines,
    }
}

/// Takes the tokens away at Make that are ours to take away, with the operator's token.
async fn take_away(args: &Args, desk: &Desk, reports: &mut [Report]) -> anyhow::Result<()> {
    let mut owners: Vec<(Zone, Option<UserId>)> = Vec::new();
    for report in reports.iter() {
        for token in list::left(desk, &report.agent).await? {
            // The token on stdin is one and is read once; kept ones are taken by their user.
            let user = u64::try_from(token.make_user).unwrap_or_default();
            let user = UserId::new(user)
                .ok()
                .filter(|_| !args.operator_token_stdin);
            let owner = (report.agent.zone.clone(), user);
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
    }
    if args.operator_token_stdin && owners.len() > 1 {
        bail!("the agents are in several zones; revoke those of each zone with its own token");
    }
    for (zone, user) in owners {
        let done = async {
            let operator = match user {
                Some(user) => operator_of(desk, zone.clone(), user, false).await?,
                None => operator(desk, Some(zone.clone()), args.operator_token_stdin).await?,
            };
            let lock = desk.lock(operator.zone(), operator.user()).await?;
            catch_up(desk, &operator, &lock).await
        };
        if let Err(error) = done.await {
            text::problem(format!(
                "their tokens at {zone} were not taken away: {error:#}"
            ));
        }
    }
    Ok(())
}

/// What Make says of the token in the end, and what is kept of it.
async fn finish(desk: &Desk, report: &mut Report, quiet: bool) -> anyhow::Result<()> {
    let before = report.lines.len();
    let name = report.agent.name.clone();
    let left = list::left(desk, &report.agent).await?;
    report.upstream = revoke::upstream(desk, &report.agent).await;
    let adopted = report
        .agent
        .token
        .as_ref()
        .is_some_and(|token| token.label.is_none());
    let prefix = report
        .agent
        .token
        .as_ref()
        .map(|token| token.prefix.clone());
    let shown = prefix.clone().unwrap_or_default();
    if left.is_empty() && !adopted && report.upstream == Upstream::NotKnown {
        // Nothing is left to do at Make, and the token itself was forgotten on an earlier run.
        report.upstream = Upstream::Gone;
    }
    match report.upstream {
        Upstream::Gone => report.lines.push(format!("agent {name}: Make refuses its token {shown}… (401)")),
        Upstream::Alive | Upstream::NotKnown if adopted => report.lines.push(format!(
            "agent {name}: its token was made by hand, so delete it by hand: {}/user/api, the one that begins with {shown}; \
             it is gone when the list there is without it",
            report.agent.zone.origin()
        )),
        Upstream::Alive | Upstream::NotKnown => report.lines.push(format!(
            "agent {name}: its token {shown}… still has to go at Make; the next command with the operator's token tries again"
        )),
    }
    if left.is_empty() {
        report.kept = revoke::forget(desk, &report.agent).await?;
    }
    report.lines.push(match report.kept {
        Kept::Deleted => format!(
            "agent {name}: what was kept at {} is deleted",
            report.agent.store
        ),
        Kept::Theirs => format!(
            "agent {name}: delete what is at {} where it is kept",
            report.agent.store
        ),
        Kept::NeededStill => format!(
            "agent {name}: what is kept at {} stays until then",
            report.agent.store
        ),
    });
    let step = if report.is_done() { "gone" } else { "pending" };
    desk.note(Note::Revoked(name.as_str(), prefix.as_deref(), step))
        .await;
    if !quiet {
        for line in report.lines.iter().skip(before) {
            text::line(line);
        }
    }
    Ok(())
}
