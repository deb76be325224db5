//! The agent `env`, which a token in the environment sets up: is that a token, is there a zone,
//! and does Make know it? One call.

use super::calls::Calls;
use super::finding::Findings;
use super::machine::Machine;
use super::tokens::{is_silence, next, silence};
use crate::cli::env_zone::{self, Beside};
use crate::cli::text;
use crate::make::{Access, Error, users};

const SUBJECT: &str = "agent env";

/// Looks at the agent `env`, where there is one.
pub(super) async fn check(
    machine: &Machine<'_>,
    may_call: bool,
    calls: &Calls,
    found: &mut Findings,
) {
    let Some(access) = access(machine, found).await else {
        return;
    };
    if !may_call {
        return;
    }
    let client = machine.desk.client(access);
    match calls.ask(&client, &users::current_authorization()).await {
        Ok(answer) => {
            let scopes = text::words(&answer.authorization.scope);
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

/// The token with its zone, as a server that is started without flags finds them.
async fn access(machine: &Machine<'_>, found: &mut Findings) -> Option<Access> {
    machine.environment.token.as_ref()?;
    // Where it cannot be read, another check says so.
    let row = machine.desk.state().network().await.unwrap_or_default();
    let beside = Beside {
        flag: None,
        entry: row.private_zone.as_deref(),
    };
    let access = env_zone::access(machine.environment, beside, &machine.desk.scrubber);
    access
        .map_err(|missing| {
            let said = missing.problem.trim_end_matches('.');
            let next = missing.next.trim_start_matches("Operator: ");
            found.red("token", SUBJECT, said, capital(next));
        })
        .ok()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
