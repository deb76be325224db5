//! `demo`: the whole story on the embedded zone, in one terminal. The real binary runs as a child
//! that an ordinary client talks to over stdio; nothing is staged but the zone and the person.

mod columns;
mod operator;
mod stage;
mod story;

use super::{Ended, text};
use crate::sandbox::{Options, Sandbox};
use stage::Stage;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) async fn run(_args: Args) -> anyhow::Result<Ended> {
    let zone = Sandbox::start(Options::default()).await?;
    story::begin();
    let mut stage = Stage::open(&zone).await?;
    story::tell(&mut stage).await?;
    let clean = stage.close().await?;
    if clean {
        text::line("");
        text::line("Every step came out as told. Next: README, \"Give an agent its own key\".");
        Ok(Ended::Done)
    } else {
        Ok(Ended::Failed)
    }
}
