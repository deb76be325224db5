//! `operator show`: whose the kept token is and what it may do. Of the token itself its first 8
//! characters, never more.

use serde_json::{Value, json};

use crate::agents::{KeptOperator, Operator, now};
use crate::cli::desk::desk;
use crate::cli::{Ended, given_token, text};
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
    let all = desk.kept_operators().await?;
    let mut rows = Vec::new();
    for kept in &all {
        let access = given_token::access(kept.access.token.clone(), kept.access.zone.clone())?;
        match Operator::with(&desk, access).await {
            Ok(operator) if args.json => rows.push(shown(&operator, Some(kept))),
            Ok(operator) => tell(&operator, Some(kept)),
            Err(error) if args.json => rows.push(json!({
                "zone": kept.access.zone.to_string(),
                "user": {"id": kept.user},
                "prefix": kept.access.token.prefix(),
                "since": kept.since,
                "problem": error.to_string(),
            })),
            Err(error) => {
                let prefix = kept.access.token.prefix().unwrap_or_default();
                text::line(format!(
                    "{}: Make user {}, token {prefix}…; {error}",
                    kept.access.zone, kept.user
                ));
            }
        }
    }
    if args.json {
        text::json(format!("{:#}", json!({"operators": rows})));
    } else if all.is_empty() {
        text::line("no operator is kept; `operator login --zone ZONE` keeps one");
    }
    Ok(Ended::Done)
}

/// The operator as JSON.
pub(super) fn shown(operator: &Operator, kept: Option<&KeptOperator>) -> Value {
    let user = &operator.holder().user;
    json!({
        "zone": operator.zone().to_string(),
        "user": {"id": user.id, "name": user.name},
        "scopes": operator.holder().scopes,
        "prefix": operator.prefix(),
        "since": kept.map(|kept| kept.since),
    })
}

/// The operator in a few lines.
pub(super) fn tell(operator: &Operator, kept: Option<&KeptOperator>) {
    let user = &operator.holder().user;
    let days = kept.map(|kept| (now() - kept.since).max(0) / 86400);
    let age = days
        .map(|days| format!(", kept for {days} days"))
        .unwrap_or_default();
    text::line(format!(
        "{}: Make user {} ({}), token {}…{age}",
        operator.zone(),
        user.id,
        text::Foreign(&user.name),
        operator.prefix()
    ));
    text::line(format!(
        "scopes: {}",
        text::words(&operator.holder().scopes)
    ));
}
