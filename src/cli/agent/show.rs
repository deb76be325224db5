//! `agent show`: an agent, what Make says of its token, and what that token could do beyond policy.

use serde_json::{Value, json};

use crate::agents::isolation::{self, Isolation, isolation};
use crate::agents::{Desk, Registered, checks, now, scopes};
use crate::cli::desk::{desk, kept};
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::grants::Standing;
use crate::ids::AgentName;
use crate::secret::Scrubber;

use super::added::{Drawbacks, granted, isolated, quoted, shown};
use super::age::{aged, days_old, light, moment};
use super::grants::operations;
use super::list;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The agent
    name: AgentName,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What Make says of the token now; or why it says nothing.
struct Live {
    user: Value,
    isolation: Isolation,
    warnings: Vec<String>,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = desk(environment, scrubber).await?;
    let agent = desk.registry.get(&args.name).await?;
    let live = match agent.standing {
        Standing::Active => ask(&desk, &agent).await.map_err(|error| error.to_string()),
        Standing::Pending | Standing::Revoked => Err("the agent is not active".to_owned()),
    };
    let left = list::left(&desk, &agent).await?;
    if args.json {
        let age = agent.token.as_ref().map(|token| days_old(token, now()));
        let (live, problem) = match &live {
            Ok(live) => (
                json!({"user": live.user, "isolation": live.isolation, "warnings": live.warnings}),
                None,
            ),
            Err(problem) => (Value::Null, Some(problem)),
        };
        let value = json!({
            "agent": shown(&agent),
            "tokenAgeDays": age,
            "light": age.map(light),
            "live": live,
            "problem": problem,
            "pendingRevocations": left.iter().map(list::waiting).collect::<Vec<_>>(),
        });
        text::json(serde_json::to_string_pretty(&value)?);
        return Ok(Ended::Done);
    }
    tell(&agent);
    match live {
        Ok(live) => {
            text::line(format!(
                "user: {}",
                live.user
                    .get("shown")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            ));
            text::line(isolated(&live.isolation));
            for warning in live.warnings {
                text::line(format!("note: {warning}"));
            }
        }
        Err(_) if agent.standing != Standing::Active => {
            text::line("Make was not asked: the agent is not active");
        }
        Err(problem) => text::line(format!("what Make says of it is not known: {problem}")),
    }
    for token in &left {
        text::line(list::red(token));
    }
    Ok(Ended::Done)
}

fn tell(agent: &Registered) {
    let grants = &agent.grants;
    let standing = list::standing(agent);
    let granted = granted(grants);
    text::line(format!("agent {}: {standing}, {granted}", agent.name));
    let toolsets: Vec<&str> = grants
        .toolsets
        .iter()
        .map(|toolset| toolset.name())
        .collect();
    text::line(format!("toolsets: {}", toolsets.join(", ")));
    for (word, tools) in [
        ("also", &grants.allowed_tools),
        ("not", &grants.denied_tools),
    ] {
        if !tools.is_empty() {
            let tools: Vec<&str> = tools.iter().map(String::as_str).collect();
            text::folded(&format!("{word}:"), &tools);
        }
    }
    text::line(format!("zone: {}, kept at {}", agent.zone, agent.store));
    if let Some(token) = &agent.token {
        let days = days_old(token, now());
        text::line(format!(
            "token: {}…, {}, here since {}",
            token.prefix,
            aged(days),
            moment(token.since)
        ));
        let label = token.label.as_deref();
        text::line(format!(
            "label: {}",
            label.map_or_else(|| "not known: it was adopted".to_owned(), text::word)
        ));
        text::folded("scopes:", &quoted(&token.scopes));
    }
}

/// Asks Make with the agent's own token, and for the names of roles with the operator's, where one
/// is kept.
async fn ask(desk: &Desk, agent: &Registered) -> anyhow::Result<Live> {
    let client = desk.client(desk.entry(agent).await?.access());
    let holder = checks::holder(&client).await?;
    let operator = kept(desk, Some(&agent.zone)).await.ok().flatten();
    let reach = isolation::reach(&client, &holder.user, operator.as_ref()).await;
    let isolation = isolation(&agent.grants.teams, &reach);
    let drawbacks = Drawbacks::of(&agent.grants, &operations(), &holder.scopes);
    let mut warnings = drawbacks.sentences();
    if let (Some(token), false) = (&agent.token, scopes::same(&holder.scopes, agent)) {
        warnings.push(format!(
            "Make says other scopes than were kept: {}",
            text::words(&token.scopes)
        ));
    }
    // Make's API does not tell a service account from a person.
    let user = json!({
        "id": holder.user.id,
        "name": holder.user.name,
        "kind": "unknown",
        "shown": format!(
            "{} ({}); whether that is a person or a service account, Make does not say",
            holder.user.id,
            text::Foreign(&holder.user.name)
        ),
    });
    Ok(Live {
        user,
        isolation,
        warnings,
    })
}
