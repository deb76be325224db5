//! `agent list`: the agents, how old their tokens are, and what is left to do.

use serde::Serialize;
use serde_json::{Value, json};

use crate::agents::{Desk, Registered, now};
use crate::cli::desk::desk;
use crate::cli::paint::{self, Colour};
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::grants::Standing;
use crate::secret::Scrubber;
use crate::state::{PendingRevocation, RotationRow};
use crate::visible;

use super::added::granted;
use super::age::{Light, aged, days_old, light};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// An agent as it is listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(flatten)]
    agent: Value,
    expired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_age_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    light: Option<Light>,
}

impl Line {
    fn of(agent: &Registered, now: i64) -> Self {
        let age = agent.token.as_ref().map(|token| days_old(token, now));
        let in_use = agent.standing == Standing::Active;
        Self {
            agent: super::added::shown(agent),
            expired: agent.grants.expires_at.is_some_and(|end| now >= end),
            token_age_days: age,
            light: age.filter(|_| in_use).map(light),
        }
    }
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = desk(environment, scrubber).await?;
    let (agents, now) = (desk.registry.list().await?, now());
    let pending = desk.state().pending_revocations().await?;
    let rotations = desk.state().rotations().await?;
    if args.json {
        let lines: Vec<Line> = agents.iter().map(|agent| Line::of(agent, now)).collect();
        let shown = json!({
            "agents": lines,
            "pendingRevocations": pending.iter().map(waiting).collect::<Vec<_>>(),
            "unfinished": rotations.iter().map(unfinished).collect::<Vec<_>>(),
        });
        text::json(serde_json::to_string_pretty(&shown)?);
        return Ok(Ended::Done);
    }
    if agents.is_empty() {
        text::problem(
            "there are no agents; `agent add NAME --token-stdin --zone ZONE` adopts a token",
        );
    }
    let widths = agents.iter().map(|agent| agent.name.as_str().len());
    let width = widths.max().unwrap_or_default();
    for agent in &agents {
        text::painted(line(agent, now, width));
    }
    for token in &pending {
        text::painted(paint::in_colour(Colour::Red, &red(token)));
    }
    for row in &rotations {
        let line = format!(
            "agent {}: its way to a new token stopped at `{}`; the next command takes it up",
            row.agent, row.step
        );
        text::painted(paint::in_colour(Colour::Red, &line));
    }
    Ok(Ended::Done)
}

/// How an agent stands, in one word.
pub(super) fn standing(agent: &Registered) -> &'static str {
    match agent.standing {
        Standing::Pending => "pending",
        Standing::Active => "active",
        Standing::Revoked => "revoked",
    }
}

fn line(agent: &Registered, now: i64, width: usize) -> String {
    let shown = format!(
        "{:<width$}  {:<7}  {}",
        agent.name.as_str(),
        standing(agent),
        granted(&agent.grants)
    );
    let mut shown = visible::line(&shown).into_owned();
    if agent.standing == Standing::Revoked {
        // What its token was is of no use any more.
        return shown;
    }
    let expired = agent.grants.expires_at.is_some_and(|end| now >= end);
    if expired && agent.standing == Standing::Active {
        shown.push_str(&paint::in_colour(
            Colour::Red,
            " (its time is over; its token still works at Make)",
        ));
    }
    if let Some(token) = &agent.token {
        let days = days_old(token, now);
        let age = format!(", token {}… {}", text::word(&token.prefix), aged(days));
        let colour = match light(days) {
            Light::Red if agent.standing == Standing::Active => Some(Colour::Red),
            Light::Yellow if agent.standing == Standing::Active => Some(Colour::Yellow),
            Light::Green | Light::Yellow | Light::Red => None,
        };
        shown.push_str(&colour.map_or(age.clone(), |colour| paint::in_colour(colour, &age)));
    }
    shown
}

/// A token that has to go, in one line.
pub(super) fn red(token: &PendingRevocation) -> String {
    let named = token.prefix.as_ref().map_or_else(
        || format!("labelled {}", text::word(&token.label)),
        |prefix| format!("{prefix}…"),
    );
    format!(
        "agent {}: a token {named} still has to go at Make, because {}; the next command with the operator's token tries again",
        token.agent, token.reason
    )
}

pub(super) fn waiting(token: &PendingRevocation) -> Value {
    json!({
        "agent": token.agent,
        "zone": token.zone,
        "makeUserId": token.make_user,
        "label": token.label,
        "prefix": token.prefix,
        "created": token.created,
        "reason": token.reason,
        "since": token.since,
    })
}

pub(super) fn unfinished(row: &RotationRow) -> Value {
    json!({"agent": row.agent, "step": row.step, "since": row.since})
}

/// What is left to do about one agent.
pub(super) async fn left(
    desk: &Desk,
    agent: &Registered,
) -> anyhow::Result<Vec<PendingRevocation>> {
    let mut pending = desk.state().pending_revocations().await?;
    pending.retain(|token| token.agent == agent.name.as_str());
    Ok(pending)
}
