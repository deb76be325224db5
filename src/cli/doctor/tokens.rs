//! The agents' tokens at Make: one call each, with the token itself.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};

use super::calls::Calls;
use super::finding::Findings;
use super::machine::{Machine, rotate, subject};
use super::stores::Held;
use crate::agents::{Registered, scopes};
use crate::cli::agent::grants::operations;
use crate::cli::text;
use crate::grants::{Operation, Scope};
use crate::make::{Error, users};

/// So many scopes are named where there are too many.
const MOST_NAMED: usize = 6;

/// How many are asked at a time.
const AT_ONCE: usize = 8;

/// Asks Make with each token whether it works and what it may do.
pub(super) async fn check(
    machine: &Machine<'_>,
    held: &[Held<'_>],
    calls: &Calls,
    found: &mut Findings,
) {
    let asked = held.iter().map(|held| async move {
        let client = machine.desk.client(held.access.clone());
        (
            held,
            calls.ask(&client, &users::current_authorization()).await,
        )
    });
    let answers: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let operations = operations();
    let mut silent = Silent::default();
    for (held, answer) in answers {
        match answer {
            Ok(answer) => grants(held.agent, &operations, &answer.authorization.scope, found),
            Err(Error::Unauthorized(_)) => refused(held, found),
            Err(error) => silent.add(held, &error, found),
        }
    }
    silent.tell(found);
}

fn refused(held: &Held<'_>, found: &mut Findings) {
    let (agent, access) = (held.agent, &held.access);
    found.red(
        "token",
        &subject(agent),
        format!(
            "Make does not know its token {}… in {}: it was deleted there, or is of another zone",
            access.token.prefix().unwrap_or_default(),
            access.zone
        ),
        format!(
            "Run `{}`, or `make-credentials-mcp agent revoke {}`.",
            rotate(agent),
            agent.name
        ),
    );
}

/// What the token may do, against what the agent was granted.
fn grants(agent: &Registered, operations: &[Operation], held: &[String], found: &mut Findings) {
    let name = subject(agent);
    found.ok("token", &name, "Make knows its token");
    let lacking = scopes::lacking(&agent.grants, operations, held);
    // Some tools need no scope: they say who the agent is, and help nobody alone.
    let is_of_use = |operation: &&Operation| !operation.scopes.is_empty();
    let granted = scopes::allowed(&agent.grants, operations)
        .filter(is_of_use)
        .count();
    if lacking.is_empty() {
        found.ok("scopes", &name, "its token may do all that it was granted");
    } else {
        let missing: std::collections::BTreeSet<Scope> = lacking
            .iter()
            .flat_map(|(_, missing)| missing.iter().copied())
            .collect();
        let missing: Vec<&str> = missing.into_iter().map(Scope::name).collect();
        let tools: Vec<&str> = lacking
            .iter()
            .map(|(operation, _)| operation.tool)
            .collect();
        let said = format!(
            "its token lacks {}: Make will refuse {}",
            missing.join(", "),
            tools.join(", ")
        );
        let next = format!(
            "{} Otherwise take the tools away: `make-credentials-mcp agent policy {} --set deny-tools=TOOLS`.",
            again(agent),
            agent.name
        );
        if tools.len() == granted {
            found.red("scopes", &name, said, next);
        } else {
            found.yellow("scopes", &name, said, next);
        }
    }
    let beyond = scopes::beyond(&scopes::needed(&agent.grants, operations), held);
    if beyond.is_empty() {
        return;
    }
    // The worst ones first: not all of them are named.
    let (mut named, plain): (Vec<_>, Vec<_>) =
        beyond.iter().partition(|scope| scopes::is_dangerous(scope));
    named.extend(plain);
    let named: Vec<String> = named.into_iter().map(|scope| text::word(scope)).collect();
    let danger = if beyond.iter().any(|scope| scopes::is_dangerous(scope)) {
        "; whoever gets hold of it can make tokens or rule over others"
    } else {
        ""
    };
    let said = format!(
        "its token may do more than it was granted: {}{danger}",
        text::few(&named, MOST_NAMED)
    );
    found.yellow("scopes_beyond", &name, said, again(agent));
}

/// How the agent gets a token with the right scopes.
fn again(agent: &Registered) -> String {
    let adopted = agent
        .token
        .as_ref()
        .is_some_and(|token| token.label.is_none());
    if adopted {
        format!(
            "Make one with the right scopes in Make's profile and run `{}`.",
            rotate(agent)
        )
    } else {
        format!("Run `{}`.", rotate(agent))
    }
}

/// Zones that did not answer: said once for all their agents.
#[derive(Default)]
struct Silent(BTreeMap<String, Vec<String>>);

impl Silent {
    fn add(&mut self, held: &Held<'_>, error: &Error, found: &mut Findings) {
        if is_silence(error) {
            let agents = self.0.entry(held.access.zone.to_string()).or_default();
            agents.push(held.agent.name.to_string());
            return;
        }
        let said = format!("its token was not checked: {error}");
        found.yellow("token", &subject(held.agent), said, next(error));
    }

    fn tell(&self, found: &mut Findings) {
        for (zone, agents) in &self.0 {
            silence(zone, &format!("the tokens of {}", agents.join(", ")), found);
        }
    }
}

/// Whether a zone cannot be reached, as against one that refuses.
pub(super) fn is_silence(error: &Error) -> bool {
    matches!(
        error,
        Error::Unreachable | Error::NoAnswer | Error::Failed { .. }
    )
}

/// A zone did not answer.
pub(super) fn silence(zone: &str, unchecked: &str, found: &mut Findings) {
    found.red(
        "zone",
        &format!("zone {zone}"),
        format!("did not answer, so {unchecked} could not be checked"),
        "Check the network; behind a company's proxy run `make-credentials-mcp operator network --proxy URL`; `doctor --offline` leaves Make out.",
    );
}

/// What to do about a call that was refused.
pub(super) fn next(error: &Error) -> String {
    if let Error::RateLimited { retry_after_s } = error {
        format!("Run `make-credentials-mcp doctor` again in {retry_after_s} s.")
    } else if matches!(error, Error::EdgeFilter) {
        "Check whether a proxy or a filter stands between this machine and Make, `make-credentials-mcp operator network`.".to_owned()
    } else {
        "Run `make-credentials-mcp doctor` again later.".to_owned()
    }
}
