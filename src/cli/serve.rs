//! `serve`: MCP on stdin and stdout, until the client is gone.

use crate::config::Environment;
use crate::mcp::{self, stdio};
use crate::secret::Scrubber;

use super::Ended;
use super::env_agent::AgentFlags;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    agent: AgentFlags,
}

pub(super) async fn run(
    args: Args,
    environment: &Environment,
    scrubber: Scrubber,
) -> anyhow::Result<Ended> {
    let session = args.agent.session(environment, scrubber.clone()).await?;
    // The agent `env` is known without a look anywhere; another is looked up at the first request.
    if args.agent.is_env()
        && let Some(missing) = session.problem().await
    {
        tracing::error!("{} {}", missing.problem, missing.next);
    }
    let scrub = mcp::scrub(scrubber);
    let (transport, ended) = stdio::Stdio::from_process(stdio::Limits::default(), scrub)?;
    mcp::serve(session, transport, ended, super::stopped()).await?;
    Ok(Ended::Done)
}
