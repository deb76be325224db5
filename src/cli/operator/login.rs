//! `operator login`: keeps the token that may issue others.

use serde_json::json;

use crate::agents::{Operator, isolation, operator};
use crate::cli::agent::teams;
use crate::cli::desk::{ZoneFlags, desk};
use crate::cli::{Ended, given_token, text};
use crate::config::Environment;
use crate::make::Zone;
use crate::secret::Scrubber;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    zone: ZoneFlags,
    /// The token comes on stdin
    #[arg(long)]
    operator_token_stdin: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: &Args,
    environment: &Environment,
    scrubber: &Scrubber,
) -> anyhow::Result<Ended> {
    let zone = args.zone.needed()?;
    let desk = desk(environment, scrubber).await?;
    explain(&zone);
    let token = if args.operator_token_stdin {
        given_token::from_stdin(scrubber)?
    } else {
        given_token::from_terminal("Operator's Make API token (not shown): ", scrubber)?
    };
    let access = given_token::access(token, zone)?;
    let operator = Operator::with(&desk, access.clone()).await?;
    let at = desk.keep_operator(&access, operator.user()).await?;
    let organizations = teams::of_token(operator.client()).await;
    let reach = isolation::reach_of(&operator).await;
    let example = reach
        .teams
        .first()
        .map_or_else(|| "TEAM".to_owned(), ToString::to_string);
    let next = format!(
        "make-credentials-mcp agent add NAME --zone {} --teams {example}",
        operator.zone()
    );
    if args.json {
        let shown = json!({
            "operator": super::show::shown(&operator, None),
            "store": at,
            "teams": teams::rows(&organizations, &reach),
            "next": next,
        });
        text::json(format!("{shown:#}"));
        return Ok(Ended::Done);
    }
    super::show::tell(&operator, None);
    text::line(format!("kept at {at}"));
    teams::tell(&organizations, &reach);
    text::line(
        "a kept operator token is as good as the account: whoever can read it, or run this program as you, can make tokens; `operator logout` forgets it",
    );
    text::line(format!("next: {next}"));
    Ok(Ended::Done)
}

/// Where to make the token, and what it has to be allowed.
fn explain(zone: &Zone) {
    text::problem(format!("make a token at {}/user/api", zone.origin()));
    text::problem(format!(
        "tick {}; organizations:read and teams:read too, to see names; should Make give a token no more than its maker has, the scopes of the agents as well",
        operator::SCOPES.join(" and ")
    ));
}
