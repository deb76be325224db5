//! `agent rotate --all`: every token that is old enough, the tokens of one Make user after those of
//! another, each with an operator's token of that user. What cannot be done keeps nothing else from
//! being done, and is reported with the next command.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};

use crate::agents::rotate::{Ended as Came, Report};
use crate::agents::{Desk, Operator, Registered, now};
use crate::cli::desk::{ZoneFlags, catch_up, kept_of, zone_flag};
use crate::cli::given_token;
use crate::grants::Standing;
use crate::ids::UserId;
use crate::make::Zone;

use super::age::Days;
use super::rotate::{is_older, replace};

/// The tokens of one Make user in one zone.
struct Group {
    zone: Zone,
    user: UserId,
    /// The agents that get a new token.
    due: Vec<Registered>,
    /// The agents of tokens that have to go.
    left: Vec<String>,
}

impl Group {
    fn is_of(&self, zone: &Zone, user: UserId) -> bool {
        self.zone == *zone && self.user == user
    }

    /// The agents, each once.
    fn agents(&self) -> Vec<&str> {
        let due = self.due.iter().map(|agent| agent.name.as_str());
        let mut names: Vec<&str> = due.chain(self.left.iter().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Nothing of it could be done: said for each agent.
    fn undone(&self, why: &str, next: impl Fn(&str) -> String) -> Vec<Report> {
        let report = |agent: &str| Report {
            agent: agent.to_owned(),
            ended: Came::Undone,
            lines: vec![why.to_owned(), format!("next: {}", next(agent))],
        };
        self.agents().into_iter().map(report).collect()
    }
}

/// The groups by zone and user.
#[derive(Default)]
struct Groups(BTreeMap<(String, u64), Group>);

impl Groups {
    fn of(&mut self, zone: &Zone, user: UserId) -> &mut Group {
        let key = (zone.to_string(), user.number());
        self.0.entry(key).or_insert_with(|| Group {
            zone: zone.clone(),
            user,
            due: Vec::new(),
            left: Vec::new(),
        })
    }
}

/// Rotates what is old enough, and does what earlier commands left undone.
pub(super) async fn run(
    desk: &Desk,
    days: Days,
    named: &ZoneFlags,
    from_stdin: bool,
) -> anyhow::Result<Vec<Report>> {
    let (groups, zones) = groups(desk, days).await?;
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let given = if from_stdin {
        Some(given(desk, named.named()?, &zones).await?)
    } else {
        None
    };
    let mut reports = Vec::new();
    for group in &groups {
        match operator(desk, group, given.as_ref()).await {
            Ok(operator) => reports.extend(one_user(desk, &operator, group).await),
            Err(why) => reports.extend(group.undone(&format!("{why:#}"), |agent| {
                let zone = zone_flag(&group.zone);
                format!(
                    "`make-credentials-mcp agent rotate {agent} --operator-token-stdin` with a token of that Make user, \
                     or `make-credentials-mcp operator login {zone}` to keep one for every run"
                )
            })),
        }
    }
    Ok(reports)
}

/// What is to be done, by Make user, and every zone in which tokens were issued.
async fn groups(desk: &Desk, days: Days) -> anyhow::Result<(Vec<Group>, Vec<Zone>)> {
    let (mut groups, mut zones) = (Groups::default(), Vec::new());
    for agent in desk.registry.list().await? {
        let Some(token) = agent.token.as_ref().filter(|token| token.label.is_some()) else {
            continue;
        };
        if !zones.contains(&agent.zone) {
            zones.push(agent.zone.clone());
        }
        let over = agent.grants.expires_at.is_some_and(|end| now() >= end);
        if agent.standing != Standing::Active || !(over || is_older(&agent, days)) {
            continue;
        }
        let group = groups.of(&agent.zone, token.make_user_id);
        if over {
            // Its token goes with what else has to go.
            group.left.push(agent.name.to_string());
        } else {
            group.due.push(agent);
        }
    }
    let pending = desk.state().pending_revocations().await?.into_iter();
    let pending = pending.map(|row| (row.agent, row.zone, row.make_user));
    let begun = desk.state().rotations().await?.into_iter();
    let begun = begun.filter(|row| !row.given);
    let begun = begun.map(|row| (row.agent, row.zone, row.make_user));
    for (agent, zone, user) in pending.chain(begun) {
        let zone = Zone::kept(&zone).with_context(|| format!("what is left of {agent}"))?;
        let user = u64::try_from(user).unwrap_or_default();
        let user = UserId::new(user).with_context(|| format!("what is left of {agent}"))?;
        if !zones.contains(&zone) {
            zones.push(zone.clone());
        }
        groups.of(&zone, user).left.push(agent);
    }
    Ok((groups.0.into_values().collect(), zones))
}

/// The operator of the token on stdin. It is sent to no zone that nobody named, so with several it
/// has to be named.
async fn given(desk: &Desk, named: Option<Zone>, zones: &[Zone]) -> anyhow::Result<Operator> {
    let zone = match (named, zones) {
        (Some(zone), _) => zone,
        (None, [zone]) => zone.clone(),
        (None, several) => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            bail!(
                "the agents are in several zones ({}): --zone names the one of the token on stdin; keep the others with `operator login`",
                several.join(", ")
            );
        }
    };
    let token = given_token::from_stdin(&desk.scrubber)?;
    Ok(Operator::with(desk, given_token::access(token, zone)?).await?)
}

/// An operator's token of this Make user: the one that was given, one that is kept, one that is
/// typed at the terminal.
async fn operator(
    desk: &Desk,
    group: &Group,
    given: Option<&Operator>,
) -> anyhow::Result<Operator> {
    let (zone, user) = (&group.zone, group.user);
    if let Some(given) = given.filter(|given| group.is_of(given.zone(), given.user())) {
        return Ok(given.clone());
    }
    if let Some(kept) = kept_of(desk, zone, user).await? {
        return Ok(kept);
    }
    let wanted = format!("the Make user {user} in {zone}");
    let lacking = || format!("no operator's token of {wanted} was given or is kept");
    if given.is_some() {
        bail!(lacking());
    }
    let prompt = format!("Operator's Make API token of {wanted} (not shown): ");
    let token = given_token::from_terminal(&prompt, &desk.scrubber).with_context(lacking)?;
    let typed = Operator::with(desk, given_token::access(token, zone.clone())?).await?;
    if typed.user() != user {
        bail!("that token belongs to another Make user than {wanted}");
    }
    Ok(typed)
}

/// The tokens of one Make user, one after the other, while no other command works on them.
async fn one_user(desk: &Desk, operator: &Operator, group: &Group) -> Vec<Report> {
    let began = async {
        let lock = desk.lock(operator.zone(), operator.user()).await?;
        catch_up(desk, operator, &lock).await?;
        anyhow::Ok(lock)
    };
    let _lock = match began.await {
        Ok(lock) => lock,
        Err(why) => {
            return group.undone(&format!("{why:#}"), |agent| {
                format!("`make-credentials-mcp agent rotate {agent}`, once that is mended")
            });
        }
    };
    let mut reports = Vec::new();
    for agent in &group.due {
        // What was left unfinished may have been this very rotation, or the end of the agent.
        let done = match desk.registry.get(&agent.name).await {
            Ok(now) if now != *agent && now.token != agent.token => continue,
            Ok(now) if now.standing != Standing::Active => continue,
            Ok(now) => replace(desk, operator, &now).await,
            Err(crate::agents::Error::Unknown(_)) => continue,
            Err(error) => Err(error.into()),
        };
        reports.push(done.unwrap_or_else(|why| Report {
            agent: agent.name.to_string(),
            ended: Came::Undone,
            lines: vec![
                format!("{why:#}"),
                format!(
                    "next: `make-credentials-mcp agent rotate {}`, once that is mended",
                    agent.name
                ),
            ],
        }));
    }
    reports
}
