//! What state.db says of the agents: how old their tokens are, whether their time is over, and
//! what commands left undone.

use super::finding::{Findings, Level};
use super::machine::{Machine, rotate, subject};
use crate::agents::Registered;
use crate::cli::agent::age::{Light, aged, days_old, light, moment};

const DAY: i64 = 24 * 60 * 60;
/// An end that comes within this time is worth a word.
const SOON: i64 = 7 * DAY;

/// Commands with the operator's token first do what earlier ones left.
const CATCH_UP: &str = "Run `make-credentials-mcp agent rotate --all --older-than 90d` with the operator's token: it first takes away what has to go.";

/// Looks at the agents and what is left to do.
pub(super) fn check(machine: &Machine<'_>, found: &mut Findings) {
    for agent in machine.active() {
        age(machine, agent, found);
        end(machine, agent, found);
    }
    rotations(machine, found);
    pending(machine, found);
    kept_operators(machine, found);
}

fn age(machine: &Machine<'_>, agent: &Registered, found: &mut Findings) {
    let Some(token) = &agent.token else {
        return;
    };
    let days = days_old(token, machine.now);
    let said = format!("its token {}… is {}", token.prefix, aged(days));
    let level = match light(days) {
        Light::Green => return found.ok("token_age", &subject(agent), said),
        Light::Yellow => Level::Yellow,
        Light::Red => Level::Red,
    };
    let next = format!("Run `{}`.", rotate(agent));
    found.add(level, "token_age", &subject(agent), (&said, &next));
}

fn end(machine: &Machine<'_>, agent: &Registered, found: &mut Findings) {
    let Some(end) = agent.grants.expires_at else {
        return;
    };
    let (name, when) = (subject(agent), moment(end));
    if machine.now >= end {
        let next = format!("Run `make-credentials-mcp agent revoke {}`.", agent.name);
        let said = format!("its time was over at {when}, and its token still works at Make");
        found.red("expiry", &name, said, next);
    } else if end - machine.now <= SOON {
        found.yellow(
            "expiry",
            &name,
            format!("its time is over at {when}"),
            format!(
                "If it is still needed, run `make-credentials-mcp agent policy {} --set expires=90d`.",
                agent.name
            ),
        );
    } else {
        found.ok("expiry", &name, format!("it may work until {when}"));
    }
}

fn rotations(machine: &Machine<'_>, found: &mut Findings) {
    for row in &machine.rotations {
        let given = if row.given { " --token-stdin" } else { "" };
        found.red(
            "rotation",
            &format!("agent {}", row.agent),
            format!("its way to a new token stopped at `{}`, {}", row.step, moment(row.since)),
            format!(
                "Run `make-credentials-mcp agent rotate {}{given}`: it first finishes or undoes that.",
                row.agent
            ),
        );
    }
}

fn pending(machine: &Machine<'_>, found: &mut Findings) {
    let is_part = |id: i64| machine.rotations.iter().any(|row| row.pending == Some(id));
    for token in machine.pending.iter().filter(|token| !is_part(token.id)) {
        let is_known = machine
            .agents
            .iter()
            .any(|one| one.name.as_str() == token.agent);
        let next = if is_known {
            format!(
                "Run `make-credentials-mcp agent revoke {}` with the operator's token.",
                token.agent
            )
        } else {
            CATCH_UP.to_owned()
        };
        let named = match &token.prefix {
            Some(prefix) => format!("{prefix}…"),
            None => format!("labelled {}", token.label),
        };
        found.red(
            "pending_revocation",
            &format!("agent {}", token.agent),
            format!(
                "the token {named} of the Make user {} in {} still has to go: {}",
                token.make_user, token.zone, token.reason
            ),
            next,
        );
    }
}

/// Who can run this program as the same user can take the operator's token out of its store.
fn kept_operators(machine: &Machine<'_>, found: &mut Findings) {
    for operator in &machine.operators {
        let name = format!("operator {}", operator.access.zone);
        let prefix = operator.access.token.prefix().unwrap_or_default();
        if machine.agents.is_empty() {
            found.ok(
                "operator_kept",
                &name,
                format!("its token {prefix}… is kept"),
            );
            continue;
        }
        found.yellow(
            "operator_kept",
            &name,
            format!("its token {prefix}… is kept where agents run as the same user of this system: it is as good as the account"),
            "Run `make-credentials-mcp operator logout` and give the token with --operator-token-stdin, or run the agents as another user.",
        );
    }
}
