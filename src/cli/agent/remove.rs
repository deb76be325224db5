//! `agent remove`: forgets a revoked agent with nothing left to do.

use serde_json::json;

use crate::agents::Note;
use crate::cli::desk::desk;
use crate::cli::secret::unbind;
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::grants::Standing;
use crate::ids::AgentName;
use crate::secret::Scrubber;

use super::list;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The agent
    name: AgentName,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let desk = desk(environment, scrubber).await?;
    let agent = desk.registry.get(&args.name).await?;
    if agent.standing != Standing::Revoked {
        text::problem(format!(
            "error: the agent {} is not revoked; run `agent revoke {}` first",
            agent.name, agent.name
        ));
        return Ok(Ended::Refused);
    }
    let left = list::left(&desk, &agent).await?;
    let rotations = desk.state().rotations().await?;
    let busy = rotations.iter().any(|row| row.agent == agent.name.as_str());
    if !left.is_empty() || busy {
        text::problem(format!(
            "error: there is work left about the agent {}",
            agent.name
        ));
        for token in &left {
            text::problem(format!("  {}", list::red(token)));
        }
        return Ok(Ended::Refused);
    }
    // What somebody else keeps stays with them.
    match desk.forget(&agent.store).await {
        Ok(()) | Err(crate::agents::Error::Store(crate::secrets::Error::ReadOnly { .. })) => {}
        Err(error) => return Err(error.into()),
    }
    unbind(&desk, &agent.name).await?;
    desk.state().forget_creates_of(agent.name.as_str()).await?;
    desk.state().forget_links_of(agent.name.as_str()).await?;
    desk.state()
        .forget_approvals_of(agent.name.as_str())
        .await?;
    desk.registry.remove(&agent.name).await?;
    desk.note(Note::Removed(agent.name.as_str())).await;
    if args.json {
        text::line(json!({"removed": agent.name}));
    } else {
        text::line(format!("agent {} is forgotten", agent.name));
    }
    Ok(Ended::Done)
}
