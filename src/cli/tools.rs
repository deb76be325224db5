//! `tools`: what an agent would see.

use crate::config::Environment;
use crate::mcp::listed;
use crate::secret::Scrubber;

use super::env_agent::AgentFlags;
use super::{Ended, text};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    agent: AgentFlags,
    /// Every tool there is, without a token
    #[arg(long)]
    all: bool,
    /// As JSON: the tool objects of `tools/list`
    #[arg(long)]
    json: bool,
}

/// Reads the name of a tool. A misspelt one would silently allow or exclude nothing.
pub(super) fn known(name: &str) -> Result<String, String> {
    if crate::tools::ALL
        .iter()
        .any(|entry| entry.spec.name == name)
    {
        Ok(name.to_owned())
    } else {
        Err("no such tool; `make-credentials-mcp tools --all` lists them".to_owned())
    }
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: Scrubber,
) -> anyhow::Result<Ended> {
    let entries: Vec<_> = if args.all {
        crate::tools::ALL.iter().collect()
    } else {
        let session = args.agent.session(environment, scrubber).await?;
        if let Some(missing) = session.problem().await {
            text::problem(format!("{} {}", missing.problem, missing.next));
        }
        session.tools().await
    };
    if args.json {
        let tools: Vec<_> = entries.into_iter().map(listed).collect();
        text::json(serde_json::to_string_pretty(&tools)?);
        return Ok(Ended::Done);
    }
    for entry in entries {
        let spec = entry.spec;
        let mark = if spec.effect.destroys() {
            "destroys"
        } else if spec.effect.only_reads() {
            "reads"
        } else {
            "changes"
        };
        text::line(format!(
            "{:<46} {:<20} {:<9} {}",
            spec.name,
            spec.toolset.name(),
            mark,
            spec.title
        ));
    }
    Ok(Ended::Done)
}
