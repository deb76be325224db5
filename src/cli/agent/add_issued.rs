//! `agent add` with an operator's token: a token is issued with the scopes that the agent needs.

use std::collections::BTreeSet;

use anyhow::bail;

use crate::agents::isolation::{self, isolation};
use crate::agents::rotate::{self, Ended as Came};
use crate::agents::{Desk, scopes};
use crate::cli::Ended;
use crate::cli::desk::{catch_up, operator};
use crate::config::Environment;

use super::add::{Args, failed, needed};
use super::added::{Added, Drawbacks};
use super::grants::{check_teams, operations};
use super::teams;

pub(super) async fn run(
    args: &Args,
    desk: &Desk,
    environment: &Environment,
) -> anyhow::Result<Ended> {
    let operator = operator(desk, args.zone.named()?, args.operator_token_stdin).await?;
    let user = operator.holder().user.clone();
    let lock = desk.lock(operator.zone(), operator.user()).await?;
    catch_up(desk, &operator, &lock).await?;
    let organizations = teams::of_token(operator.client()).await;
    let reach = isolation::reach_of(&operator).await;
    let Some(wanted) = args.grants.teams() else {
        return Ok(teams::list(&organizations, &reach, args.json));
    };
    let known: BTreeSet<_> = reach.teams.clone();
    check_teams(&wanted, &known)?;
    let isolation = isolation(&wanted, &reach);
    let first = args.first(wanted)?;
    let operations = operations();
    let scopes = needed(&first);
    if scopes.is_empty() && scopes::allowed(&first.grants, &operations).next().is_none() {
        bail!("these grants allow no tool at all");
    }
    let report = rotate::issue(desk, &operator, &first, &scopes).await?;
    if report.ended != Came::Done {
        return Ok(failed(&report, args.json));
    }
    let held: Vec<String> = scopes.iter().map(|scope| scope.name().to_owned()).collect();
    let added = Added {
        agent: desk.registry.get(&first.name).await?,
        user,
        isolation,
        drawbacks: Drawbacks::of(&first.grants, &operations, &held),
        report,
    };
    added.print(&operations, environment, args.json)
}
