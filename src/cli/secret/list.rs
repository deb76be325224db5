//! `secret list`: the names, where each value is kept and where it may go. No value is read.

use serde_json::{Value, json};

use super::bound;
use crate::cli::desk::desk;
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::secret::Scrubber;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
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
    let rows = desk.state().named_secrets().await?;
    if args.json {
        let rows: Vec<Value> = rows.iter().map(bound::shown).collect();
        text::json(format!("{:#}", json!({"secrets": rows})));
        return Ok(Ended::Done);
    }
    if rows.is_empty() {
        text::problem("there are no named secrets; `secret set NAME --for AGENT` keeps one");
    }
    for row in &rows {
        text::line(bound::line(row));
    }
    Ok(Ended::Done)
}
