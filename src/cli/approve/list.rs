//! The list of the calls that wait: by agent and tool, a page of it, so that one agent that asks
//! for much does not hide the others.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Args, Desk};
use crate::cli::{Ended, text};
use crate::secret::Author;
use crate::tools::{Approval, Standing};

/// So many calls are shown without `--all`.
const PAGE: usize = 20;

pub(super) async fn run(desk: &Desk, args: &Args) -> anyhow::Result<Ended> {
    let mut waiting = desk.approvals.all().await?;
    let now = desk.approvals.now();
    let agent = args.agent.as_ref().map(crate::ids::AgentName::as_str);
    waiting.retain(|approval| {
        approval.standing(&now) == Standing::Waiting
            && agent.is_none_or(|agent| approval.agent == agent)
    });
    if args.json {
        let rows: Vec<Value> = waiting.iter().map(row).collect();
        let shown = desk
            .scrubber
            .json(serde_json::to_vec_pretty(&rows)?, &Author::Ours);
        text::json(String::from_utf8_lossy(&shown));
        return Ok(Ended::Done);
    }
    if waiting.is_empty() {
        text::line("No call waits for a person");
    }
    for line in lines(&waiting, if args.all { usize::MAX } else { PAGE }) {
        text::whole_line(desk.scrubber.text(&line));
    }
    Ok(Ended::Done)
}

/// The calls by agent and tool, so many of them in all, and of the rest how many there are.
fn lines(waiting: &[Approval], most: usize) -> Vec<String> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Approval>> = BTreeMap::new();
    for approval in waiting {
        let group = (approval.agent.as_str(), approval.tool.as_str());
        groups.entry(group).or_default().push(approval);
    }
    let (mut lines, mut room) = (Vec::new(), most);
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for ((agent, tool), calls) in groups {
        let shown = calls.get(..room).unwrap_or(&calls);
        room -= shown.len();
        if !shown.is_empty() {
            lines.push(format!("agent {agent}, {tool}: {}", count(calls.len())));
        }
        for approval in shown {
            let plan = approval.plan.lines();
            let mut plan = plan.iter();
            let first = plan.next().map_or("", String::as_str);
            lines.push(format!("{}  {first}", approval.id));
            lines.extend(plan.map(|line| format!("        {line}")));
        }
        let beyond = calls.len() - shown.len();
        if beyond > 0 {
            *left.entry(agent).or_default() += beyond;
        }
    }
    let in_all: usize = left.values().sum();
    if in_all > 0 {
        let of = left
            .iter()
            .map(|(agent, count)| format!("{count} of the agent {agent}"));
        let of: Vec<String> = of.collect();
        lines.push(format!("{in_all} more: {}", of.join(", ")));
        lines.push("`approve --all` shows them, `approve --agent NAME` those of one".to_owned());
    }
    lines
}

fn count(calls: usize) -> String {
    match calls {
        1 => "1 call".to_owned(),
        many => format!("{many} calls"),
    }
}

fn row(approval: &Approval) -> Value {
    let created = jiff::Timestamp::from_second(approval.created).map(|at| at.to_string());
    json!({
        "id": approval.id,
        "agent": approval.agent,
        "tool": approval.tool,
        "object": approval.plan.object.to_string(),
        "plan": approval.plan.lines(),
        "created": created.ok(),
    })
}
