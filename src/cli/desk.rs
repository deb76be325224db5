//! What the operator's commands start with: the desk, the zone and the operator's token.

use anyhow::{Context as _, bail};

use crate::agents::{Desk, Operator, Registry, is_put_back};
use crate::config::{Environment, Variables};
use crate::ids::UserId;
use crate::make::Zone;
use crate::network::Network;
use crate::secret::Scrubber;
use crate::secrets::Stores;
use crate::state::{Lock, State};

use super::own_keys::trail;
use super::{Misused, given_token, network, text};

/// The zone that a command names.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ZoneFlags {
    /// The zone: the host in the address bar of Make, such as eu1.make.com
    #[arg(long, value_name = "ZONE", conflicts_with = "private_zone")]
    zone: Option<String>,
    /// A private instance of Make
    #[arg(long, value_name = "HOST")]
    private_zone: Option<String>,
}

impl ZoneFlags {
    pub(super) fn named(&self) -> anyhow::Result<Option<Zone>> {
        let bad = |error| Misused(format!("--private-zone: {error}"));
        Ok(match (&self.zone, &self.private_zone) {
            (_, Some(host)) => Some(Zone::private(host).map_err(bad)?),
            (Some(zone), None) => Some(Zone::parse(zone).map_err(|error| {
                Misused(format!(
                    "--zone: {error}; name a private instance with --private-zone"
                ))
            })?),
            (None, None) => None,
        })
    }

    pub(super) fn needed(&self) -> anyhow::Result<Zone> {
        Ok(self.named()?.ok_or_else(zone_missing)?)
    }
}

fn zone_missing() -> Misused {
    let problem = "--zone is missing: the host in the address bar of Make, such as eu1.make.com";
    Misused(problem.to_owned())
}

/// The desk of this machine.
pub(super) async fn desk(environment: &Environment, scrubber: &Scrubber) -> anyhow::Result<Desk> {
    let state = State::at(environment.home.clone());
    let network = network::kept(&state).await?;
    let desk = through(environment, scrubber, state, network);
    if desk.state().exists() && is_put_back(desk.state(), &desk.trail).await? {
        text::problem(
            "warning: state.db is older than the trail, so no agent is served; `doctor` says what to do",
        );
    }
    Ok(desk)
}

/// The same on this way to Make.
pub(super) fn through(
    environment: &Environment,
    scrubber: &Scrubber,
    state: State,
    network: Network,
) -> Desk {
    let home = environment.home.clone();
    Desk {
        registry: Registry::of(state),
        operator_stores: Stores::at(
            home.as_ref().map(|home| home.join("operator")),
            &Variables::of_process(),
            &network,
        ),
        trail: trail(home.clone()),
        stores: Stores::at(home, &Variables::of_process(), &network),
        network,
        scrubber: scrubber.clone(),
        #[cfg(debug_assertions)]
        dies_at: environment.dies_at.clone(),
    }
}

/// The operator: with the token from stdin, else the one that is kept, else the one typed at the
/// terminal.
pub(super) async fn operator(
    desk: &Desk,
    zone: Option<Zone>,
    from_stdin: bool,
) -> anyhow::Result<Operator> {
    if !from_stdin && let Some(kept) = kept(desk, zone.as_ref()).await? {
        return Ok(kept);
    }
    let zone = zone.ok_or_else(zone_missing)?;
    let token = if from_stdin {
        given_token::from_stdin(&desk.scrubber)?
    } else {
        let prompt = format!("Operator's Make API token for {zone} (not shown): ");
        given_token::from_terminal(&prompt, &desk.scrubber).context(
            "this needs the operator's token: --operator-token-stdin, or `operator login`",
        )?
    };
    let access = given_token::access(token, zone)?;
    Ok(Operator::with(desk, access).await?)
}

/// The same for the tokens of this Make user.
pub(super) async fn operator_of(
    desk: &Desk,
    zone: Zone,
    user: UserId,
    from_stdin: bool,
) -> anyhow::Result<Operator> {
    if !from_stdin && let Some(kept) = kept_of(desk, &zone, user).await? {
        return Ok(kept);
    }
    operator(desk, Some(zone), from_stdin).await
}

/// The operator that is kept for this Make user.
pub(super) async fn kept_of(
    desk: &Desk,
    zone: &Zone,
    user: UserId,
) -> anyhow::Result<Option<Operator>> {
    let mut kept = desk.kept_operators().await?.into_iter();
    let Some(one) = kept.find(|one| one.access.zone == *zone && one.user == user) else {
        return Ok(None);
    };
    let access = given_token::access(one.access.token, one.access.zone)?;
    Ok(Some(Operator::with(desk, access).await?))
}

/// The flag that names this zone in another command.
pub(super) fn zone_flag(zone: &Zone) -> String {
    let flag = if Zone::parse(&zone.to_string()).is_ok() {
        "--zone"
    } else {
        "--private-zone"
    };
    format!("{flag} {zone}")
}

/// The operator that is kept for this zone, when there is exactly one.
pub(super) async fn kept(desk: &Desk, zone: Option<&Zone>) -> anyhow::Result<Option<Operator>> {
    let mut kept = desk.kept_operators().await?;
    kept.retain(|one| zone.is_none_or(|zone| one.access.zone == *zone));
    match kept.as_slice() {
        [] => Ok(None),
        [one] => {
            let access = given_token::access(one.access.token.clone(), one.access.zone.clone())?;
            Ok(Some(Operator::with(desk, access).await?))
        }
        _ => {
            bail!("more than one operator is kept; name one by --zone, or give the token on stdin")
        }
    }
}

/// What earlier commands left unfinished is done first.
pub(super) async fn catch_up(desk: &Desk, operator: &Operator, lock: &Lock) -> anyhow::Result<()> {
    for report in crate::agents::rotate::recover(desk, Some(operator), lock).await? {
        text::problem(format!("agent {}, left unfinished before:", report.agent));
        for line in report.lines {
            text::problem(format!("  {line}"));
        }
    }
    for attempt in crate::agents::retire::retry_all(desk, operator).await? {
        let prefix = attempt.pending.prefix.unwrap_or_default();
        let which = format!("a token of the agent {}", attempt.pending.agent);
        let told = crate::agents::retire::told(attempt.retired, &which, &prefix);
        text::problem(format!("left to delete before: {told}"));
    }
    Ok(())
}
