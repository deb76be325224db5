//! `approve` and `reject`: what a person at the terminal says to calls that wait.

mod list;

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::Context as _;

use crate::audit::{Action, Did, Event, Label, Trail};
use crate::config::Environment;
use crate::ids::AgentName;
use crate::secret::Scrubber;
use crate::tools::{Approval, ApprovalError, Approvals, Standing, is_approval_id};

use super::own_keys::{approvals, trail};
use super::{Ended, text, who};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The calls to say yes to; without any, those that wait are listed
    #[arg(value_name = "ID", value_parser = approval_id)]
    ids: Vec<String>,
    /// Say yes without being asked
    #[arg(long, requires = "ids")]
    yes: bool,
    /// Only the calls of this agent
    #[arg(long, value_name = "NAME", conflicts_with = "ids")]
    agent: Option<AgentName>,
    /// The whole list, however long
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// The whole list as JSON
    #[arg(long, conflicts_with = "ids")]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RejectArgs {
    /// The calls to say no to
    #[arg(value_name = "ID", required = true, value_parser = approval_id)]
    ids: Vec<String>,
}

fn approval_id(text: &str) -> Result<String, &'static str> {
    if is_approval_id(text) {
        Ok(text.to_owned())
    } else {
        Err(
            "must be an id of 6 letters and digits; `approve` without one lists the calls that wait",
        )
    }
}

/// Where decisions are written.
struct Desk {
    approvals: Approvals,
    trail: Trail,
    scrubber: Scrubber,
}

impl Desk {
    fn of(environment: &Environment, scrubber: &Scrubber) -> Self {
        let home = environment.home.clone();
        Self {
            approvals: approvals(home.clone()),
            trail: trail(home),
            scrubber: scrubber.clone(),
        }
    }

    /// One that can still be decided so; `None` when there is none, which has been said then. A yes
    /// can be taken back until the call is made.
    async fn open(&self, id: &str, yes: bool) -> anyhow::Result<Option<Approval>> {
        let found = match self.approvals.get(id).await {
            Err(forged @ ApprovalError::Forged(_)) => {
                text::problem(format!("error: {forged}; nothing was approved"));
                return Ok(None);
            }
            found => found?,
        };
        let Some(approval) = found else {
            text::problem("error: no call with that id waits; `approve` lists those that do");
            return Ok(None);
        };
        let why = match approval.standing(&self.approvals.now()) {
            Standing::Waiting | Standing::Rejected => return Ok(Some(approval)),
            Standing::Approved if !yes => return Ok(Some(approval)),
            Standing::Approved => "was approved already; the agent has to call again",
            Standing::Used => "was made already",
            Standing::Over => "has waited too long; the agent has to call again",
        };
        text::problem(format!("error: {} {why}", approval.id));
        Ok(None)
    }

    /// Writes a decision: first into the trail, so that no yes counts that is not in it.
    async fn decide(&self, approval: &Approval, yes: bool) -> anyhow::Result<bool> {
        let action = Action {
            agent: approval.agent.parse().ok(),
            about: Label::parse(&approval.id),
            who: Some(who::here()),
            ..Action::new(if yes { Did::Approved } else { Did::Rejected })
        };
        let noted = self.trail.note(Event::Operator(action)).await;
        noted.context("the trail cannot be written, so nothing was decided")?;
        Ok(self.approvals.decide(approval, yes, &who::here()).await?)
    }

    fn show(&self, approval: &Approval) {
        let head = format!(
            "{}  agent {}, {}",
            approval.id, approval.agent, approval.tool
        );
        text::line(self.scrubber.text(&head));
        for line in approval.plan.lines() {
            text::whole_line(self.scrubber.text(&format!("        {line}")));
        }
    }
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = Desk::of(environment, scrubber);
    if args.ids.is_empty() {
        return list::run(&desk, &args).await;
    }
    if !args.yes && !std::io::stdin().is_terminal() {
        text::problem("nobody can be asked here; --yes says yes without asking");
        return Ok(Ended::Usage);
    }
    let mut ended = Ended::Done;
    for id in &args.ids {
        let Some(approval) = desk.open(id, true).await? else {
            ended = Ended::Refused;
            continue;
        };
        desk.show(&approval);
        if !args.yes && !agreed()? {
            text::line(format!("{id} still waits; `reject {id}` says no"));
            ended = Ended::Refused;
        } else if desk.decide(&approval, true).await? {
            text::line(format!(
                "{id} approved; the agent can make this one call within 60 minutes"
            ));
        } else {
            text::problem(format!(
                "error: {id} was decided by somebody else meanwhile"
            ));
            ended = Ended::Refused;
        }
    }
    Ok(ended)
}

pub(super) async fn reject(
    args: RejectArgs,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = Desk::of(environment, scrubber);
    let mut ended = Ended::Done;
    for id in &args.ids {
        match desk.open(id, false).await? {
            Some(approval) if desk.decide(&approval, false).await? => {
                text::line(format!(
                    "{id} rejected; the same call is refused for 60 minutes"
                ));
            }
            Some(_) => {
                text::problem(format!(
                    "error: {id} was decided by somebody else meanwhile"
                ));
                ended = Ended::Refused;
            }
            None => ended = Ended::Refused,
        }
    }
    Ok(ended)
}

/// Asks at the terminal. Anything but a plain yes is a no.
fn agreed() -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    write!(out, "        Do you agree? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}
