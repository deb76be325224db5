//! The tokens of the operator's Make user: which of them are ours and have no owner, which cannot
//! be told apart, and which are old. Two calls an operator.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::calls::Calls;
use super::finding::Findings;
use super::machine::Machine;
use super::tokens::{is_silence, next, silence};
use crate::agents::{TokenFacts, operator};
use crate::cli::agent::age::aged;
use crate::cli::text;
use crate::grants::Standing;
use crate::make::users::{self, ApiToken};
use crate::make::{Access, Client, Error};

/// What the label of every token of ours begins with.
const OURS: &str = "make-credentials-mcp/";
/// How old a token of somebody else's may be, in days.
const OLD: i64 = 90;
/// Of each kind so many are named.
const MOST_NAMED: usize = 10;
/// More operators would take more calls than were promised.
const MOST_OPERATORS: usize = 2;

/// Asks Make for the tokens of each operator's user.
pub(super) async fn check(
    machine: &Machine<'_>,
    operators: &[Access],
    calls: &Calls,
    found: &mut Findings,
) {
    let owned = Owned::of(machine).await;
    for access in operators.iter().take(MOST_OPERATORS) {
        let client = machine.desk.client(access.clone());
        let name = format!("operator {}", access.zone);
        match list(&client, &name, calls, found).await {
            Ok(tokens) => Listed { machine, zone: access.zone.to_string(), owned: &owned }.judge(&tokens, found),
            Err(Error::Unauthorized(_)) => found.red(
                "operator",
                &name,
                format!("Make does not know its token {}…", client.token_prefix().unwrap_or_default()),
                format!("Make a new one at {}/user/api and run `make-credentials-mcp operator login --zone {}`.", access.zone.origin(), access.zone),
            ),
            Err(error) if is_silence(&error) => {
                silence(&access.zone.to_string(), "the operator's tokens", found);
            }
            Err(error) => {
                let said = format!("its tokens at Make were not looked at: {error}");
                found.yellow("operator", &name, said, next(&error));
            }
        }
    }
    for access in operators.iter().skip(MOST_OPERATORS) {
        let name = format!("operator {}", access.zone);
        let said =
            "its tokens at Make were not looked at: that would take more calls than `doctor` makes";
        let next = format!(
            "Run `make-credentials-mcp doctor --zone {} --operator-token-stdin`.",
            access.zone
        );
        found.yellow("operator", &name, said, next);
    }
}

/// What the operator's token may do, and the tokens of its user.
async fn list(
    client: &Client,
    name: &str,
    calls: &Calls,
    found: &mut Findings,
) -> Result<Vec<ApiToken>, Error> {
    let held = calls.ask(client, &users::current_authorization()).await?;
    let held = held.authorization.scope;
    let missing: Vec<&str> = operator::SCOPES
        .into_iter()
        .filter(|needed| !held.iter().any(|held| held == needed))
        .collect();
    if missing.is_empty() {
        found.ok(
            "operator",
            name,
            "Make knows its token, which may issue others",
        );
    } else {
        let missing = missing.join(" and ");
        let next = format!(
            "Make one with {} in Make's profile under API access, and run `make-credentials-mcp operator login` again.",
            operator::SCOPES.join(" and ")
        );
        found.yellow("operator", name, format!("its token lacks {missing}"), next);
    }
    let listed = calls.ask(client, &users::api_tokens()).await?;
    Ok(listed.api_tokens)
}

/// The labels that this machine knows.
struct Owned {
    installation: Option<String>,
    labels: BTreeSet<String>,
}

impl Owned {
    async fn of(machine: &Machine<'_>) -> Self {
        let state = machine.desk.state();
        let installation = if state.exists() {
            state.known_installation().await.ok().flatten()
        } else {
            None
        };
        let working = machine
            .agents
            .iter()
            .filter(|agent| agent.standing != Standing::Revoked);
        let tokens = working.filter_map(|agent| agent.token.clone());
        let changing = machine.rotations.iter();
        let changing = changing.flat_map(|row| [&row.old, &row.new]);
        // What cannot be read there is a red finding already.
        let changing = changing.filter_map(|text| serde_json::from_str::<TokenFacts>(text).ok());
        let labels = tokens.chain(changing).filter_map(|token| token.label);
        // Those that have to go are findings of their own.
        let pending = machine.pending.iter().map(|token| token.label.clone());
        Self {
            installation,
            labels: labels.chain(pending).collect(),
        }
    }
}

/// The tokens of one Make user.
struct Listed<'a> {
    machine: &'a Machine<'a>,
    zone: String,
    owned: &'a Owned,
}

impl Listed<'_> {
    fn judge(&self, tokens: &[ApiToken], found: &mut Findings) {
        self.twins(tokens, found);
        let (mut orphans, mut foreign, mut old) = (Vec::new(), BTreeSet::new(), Vec::new());
        for token in tokens {
            match installation(&token.label) {
                Some(other) if self.owned.installation.as_deref() != Some(other) => {
                    foreign.insert(other);
                }
                Some(_) if self.owned.labels.contains(&token.label) => {}
                Some(_) => orphans.push(token),
                None => old.extend(
                    self.days(token)
                        .filter(|days| *days > OLD)
                        .map(|days| (token, days)),
                ),
            }
        }
        let (zone, site) = (format!("zone {}", self.zone), self.site());
        for token in orphans.iter().take(MOST_NAMED) {
            let said = format!(
                "the token {} was issued here and no agent owns it",
                named(token)
            );
            found.red("orphan", &zone, said, format!("Delete it at {site}."));
        }
        more(
            orphans.len(),
            "tokens issued here that no agent owns",
            |said| {
                found.red("orphan", &zone, said, format!("Delete them at {site}."));
            },
        );
        for (token, days) in old.iter().take(MOST_NAMED) {
            let said = format!("the token {} is {}", named(token), aged(*days));
            found.yellow(
                "old_token",
                &zone,
                said,
                format!("Replace it where it is used, and delete it at {site}."),
            );
        }
        more(old.len(), "old tokens", |said| {
            found.yellow("old_token", &zone, said, format!("Look at {site}."));
        });
        if !foreign.is_empty() {
            let named: Vec<&str> = foreign.into_iter().take(MOST_NAMED).collect();
            let said = format!(
                "other installations have tokens of the same Make user: {}",
                text::words(&named)
            );
            found.ok("other_installation", &zone, said);
        }
        if orphans.is_empty() {
            found.ok(
                "orphan",
                &zone,
                "every token that was issued here has its agent",
            );
        }
    }

    /// Make deletes a token by the time of its creation, so two of one time cannot be told apart.
    fn twins(&self, tokens: &[ApiToken], found: &mut Findings) {
        let mut stamps: BTreeMap<&str, Vec<&ApiToken>> = BTreeMap::new();
        for token in tokens {
            stamps.entry(&token.created).or_default().push(token);
        }
        for (stamp, tokens) in stamps.into_iter().filter(|(_, tokens)| tokens.len() > 1) {
            let tokens: Vec<String> = tokens.into_iter().map(named).collect();
            let said = format!(
                "the tokens {} were made at the same time, {stamp}: Make's API cannot tell them apart, so neither is deleted by this program",
                tokens.join(" and "),
                stamp = text::word(stamp),
            );
            let next = format!(
                "Delete one of them at {}, and rotate the agent that has it.",
                self.site()
            );
            found.red("twin_tokens", &format!("zone {}", self.zone), said, next);
        }
    }

    fn days(&self, token: &ApiToken) -> std::option::IntoIter<i64> {
        let created = token.created.parse::<Timestamp>().ok();
        let days = created.map(|at| (self.machine.now - at.as_second()) / 86400);
        days.into_iter()
    }

    fn site(&self) -> String {
        match self.zone.strip_prefix("http") {
            Some(_) => format!("{}/user/api", self.zone),
            None => format!("https://{}/user/api", self.zone),
        }
    }
}

/// The installation that a label of ours names.
fn installation(label: &str) -> Option<&str> {
    let mut parts = label.strip_prefix(OURS)?.split('/');
    let _agent = parts.next()?;
    parts.next().filter(|installation| !installation.is_empty())
}

fn named(token: &ApiToken) -> String {
    let prefix = token.token.get(..8).unwrap_or_default();
    format!("{}… ({})", text::word(prefix), text::word(&token.label))
}

fn more(count: usize, of: &str, say: impl FnOnce(String)) {
    if count > MOST_NAMED {
        say(format!("{} more {of}", count - MOST_NAMED));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_of_ours_names_its_installation() {
        let label = "make-credentials-mcp/bot/0a1b2c3d/00112233445566778";
        assert_eq!(installation(label), Some("0a1b2c3d"));
        for other in [
            "",
            "CI",
            "make-credentials-mcp",
            "make-credentials-mcp/",
            "make-credentials-mcp/bot",
            "make-credentials-mcp/bot/",
        ] {
            assert_eq!(installation(other), None, "{other}");
        }
    }
}
