//! `operator logout`: forgets the kept token.

use serde_json::json;

use crate::cli::desk::{ZoneFlags, desk};
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::secret::Scrubber;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    zone: ZoneFlags,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let zone = args.zone.named()?;
    let desk = desk(environment, scrubber).await?;
    let names = desk.forget_operators(zone.as_ref()).await?;
    if args.json {
        text::json(format!("{:#}", json!({"forgotten": names})));
    } else if names.is_empty() {
        text::line("no operator is kept");
    } else {
        for name in names {
            text::line(format!("{name} is forgotten"));
        }
        text::line(
            "the token itself still works: delete it in Make's profile under API access if it is not needed",
        );
    }
    Ok(Ended::Done)
}
