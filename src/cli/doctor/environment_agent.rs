//! The agent `env`, which a token in the environment sets up: is that a token, is there a zone,
//! and does Make know it? One call.

use super::calls::Calls;
use super::finding::Findings;
use super::machine::Machine;
use super::tokens::{is_silence, next, silence};
use crate::cli::env_agent::is_astray;
use crate::make::{Access, Error, Zone, users};

const SUBJECT: &str = "agent env";

/// Looks at the agent `env`, where there is one.
pub(super) async fn check(
    machine: &Machine<'_>,
    may_call: bool,
    calls: &Calls,
    found: &mut Findings,
) {
    let Some(access) = access(machine, found) else {
        return;
    };
    if !may_call {
        return;
    }
    let client = machine.desk.client(access);
    match calls.ask(&client, &users::current_authorization()).await {
        Ok(answer) => {
            let scopes = answer.authorization.scope.join(", ");
            found.ok(
                "token",
                SUBJECT,
                format!("Make knows its token; it may do {scopes}"),
            );
        }
        Err(Error::Unauthorized(_)) => found.red(
            "token",
            SUBJECT,
            format!(
                "Make does not know its token {}… in {}",
                client.token_prefix().unwrap_or_default(),
                client.zone()
            ),
            "Check MAKE_ZONE, or make a new token in Make's profile under API access.",
        ),
        Err(error) if is_silence(&error) => {
            silence(&client.zone().to_string(), "the token of env", found);
        }
        Err(error) => {
            let said = format!("its token was not checked: {error}");
            found.yellow("token", SUBJECT, said, next(&error));
        }
    }
}

fn access(machine: &Machine<'_>, found: &mut Findings) -> Option<Access> {
    let token = match machine.environment.token.as_ref()?.load() {
        Ok(token) => token,
        Err(problem) => {
            let next = "Make one in Make's profile under API access.";
            found.red("token", SUBJECT, problem, next);
            return None;
        }
    };
    let zone = match &machine.environment.zone {
        Some(zone) => Zone::parse(zone).map_err(|bad| format!("MAKE_ZONE is {bad}")),
        None => Err("MAKE_ZONE is not set".to_owned()),
    };
    let next = "Set MAKE_ZONE to the host in the address bar of Make, such as eu1.make.com.";
    match zone {
        Err(problem) => found.red("token", SUBJECT, problem, next),
        Ok(zone) => {
            let access = Access { token, zone };
            if !is_astray(&access) {
                return Some(access);
            }
            let said = "MAKE_ZONE is a simulated zone, and the token is none of its own";
            found.red("token", SUBJECT, said, next);
        }
    }
    None
}
