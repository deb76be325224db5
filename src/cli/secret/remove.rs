//! `secret remove`: forgets a named secret, first who may use it and then its value.

use serde_json::json;

use super::bound::usual_place;
use crate::agents::Note;
use crate::cli::desk::desk;
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::secret::Scrubber;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The name
    // As it is: see `super::name`.
    name: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let Some(name) = super::name(&args.name) else {
        return Ok(Ended::Usage);
    };
    let (desk, name) = (desk(environment, scrubber).await?, name.as_str());
    let row = desk.state().named_secret(name).await?;
    let known = desk.state().forget_named_secret(name).await?;
    // A value that was put there by a command that did not come to its end goes as well.
    let ours = usual_place(name);
    desk.stores
        .delete(&ours)
        .await
        .map_err(crate::agents::Error::from)?;
    let Some(row) = row.filter(|_| known) else {
        text::problem(format!(
            "error: there is no secret {name}; `secret list` shows those there are"
        ));
        return Ok(Ended::Refused);
    };
    desk.note(Note::SecretRemoved(name)).await;
    let theirs = row.store != ours.to_string();
    if args.json {
        let kept_at = theirs.then_some(row.store);
        text::line(json!({"removed": name, "keptAt": kept_at}));
    } else if theirs {
        text::line(format!(
            "{name}: no tool may use it any more; its value stays at {}",
            row.store
        ));
    } else {
        text::line(format!(
            "{name}: its value is deleted, and no tool may use it any more"
        ));
    }
    Ok(Ended::Done)
}
