//! The agents' tokens in their stores: there, of the right form, and what state.db says of them.

use super::finding::Findings;
use super::machine::{Machine, rotate, subject};
use crate::agents::{Desk, Entry, Error, Registered};
use crate::cli::env_zone::is_astray;
use crate::grants::Standing;
use crate::make::Access;
use crate::secrets::SecretReference;

/// An agent with what may be used of it at Make.
pub(super) struct Held<'a> {
    pub(super) agent: &'a Registered,
    pub(super) access: Access,
}

/// Looks at each agent's entry; returns those whose token can be tried.
pub(super) async fn check<'a>(machine: &'a Machine<'_>, found: &mut Findings) -> Vec<Held<'a>> {
    let mut held = Vec::new();
    for agent in machine.active() {
        if let Some(access) = one(machine, agent, found).await {
            held.push(Held { agent, access });
        }
    }
    held
}

async fn one(machine: &Machine<'_>, agent: &Registered, found: &mut Findings) -> Option<Access> {
    let name = subject(agent);
    let Ok(at) = agent.store.parse::<SecretReference>() else {
        let said = "state.db names a store that this version does not know";
        let next = "Install the newest version of make-credentials-mcp.";
        found.red("store", &name, said, next);
        return None;
    };
    if machine.offline && is_far(&at) {
        let said = format!("not looked at, because {at} is on the network (--offline)");
        found.ok("store", &name, said);
        return None;
    }
    let entry = match entry(&machine.desk, agent).await {
        Ok(entry) => entry,
        Err((said, next)) => {
            found.red("store", &name, said, next);
            return None;
        }
    };
    compare(machine, agent, &entry, found);
    let access = entry.access();
    if is_astray(&access) {
        let said =
            "its zone is a simulated one and its token is none of its own: it is not sent there";
        found.red("store", &name, said, format!("Run `{}`.", rotate(agent)));
        return None;
    }
    Some(access)
}

async fn entry(desk: &Desk, agent: &Registered) -> Result<Entry, (String, String)> {
    desk.entry(agent).await.map_err(|error| {
        if let Error::Store(error) = error {
            let said = format!("its token at {} cannot be read: {error}", agent.store);
            (said, error.next())
        } else {
            let said = format!("its token at {} cannot be used: {error}", agent.store);
            (said, format!("Run `{}`.", rotate(agent)))
        }
    })
}

/// Whether state.db and the entry tell the same.
fn compare(machine: &Machine<'_>, agent: &Registered, entry: &Entry, found: &mut Findings) {
    let name = subject(agent);
    let next = format!("Run `{}`: it writes both anew.", rotate(agent));
    let known = agent.token.as_ref().map(|token| token.prefix.as_str());
    let is_changing = machine
        .rotations
        .iter()
        .any(|row| row.agent == agent.name.as_str());
    if entry.zone != agent.zone {
        let said = format!(
            "its token is kept for the zone {}, and state.db says {}; calls go to {}",
            entry.zone, agent.zone, entry.zone
        );
        found.red("store_zone", &name, said, next);
    } else if known.is_some_and(|known| known != entry.token.prefix()) && !is_changing {
        let said = format!(
            "{} holds the token {}…, and state.db says {}…: somebody else has changed one of them",
            agent.store,
            entry.token.prefix(),
            known.unwrap_or_default()
        );
        found.yellow("store_token", &name, said, next);
    } else if (entry.next.is_some() || entry.former.is_some()) && !is_changing {
        let said = "a change of its token was left unfinished in the store, and state.db does not know of it";
        found.yellow("store_token", &name, said, next);
    } else {
        let said = format!("its token {}… is at {}", entry.token.prefix(), agent.store);
        found.ok("store", &name, said);
    }
}

/// Whether reading it goes over the network.
fn is_far(at: &SecretReference) -> bool {
    match at {
        SecretReference::Vault(_) | SecretReference::Aws(_) => true,
        SecretReference::Age(_)
        | SecretReference::Keyring(_)
        | SecretReference::Env(_)
        | SecretReference::File(_)
        | SecretReference::Exec(_) => false,
    }
}

/// Agents that are not at work any more, or not yet.
pub(super) fn others(machine: &Machine<'_>, found: &mut Findings) {
    for agent in &machine.agents {
        let name = subject(agent);
        let is_changing = machine
            .rotations
            .iter()
            .any(|row| row.agent == agent.name.as_str());
        match agent.standing {
            Standing::Active => {}
            Standing::Revoked => {
                let said = format!("is revoked; `agent remove {}` forgets it", agent.name);
                found.ok("standing", &name, said);
            }
            Standing::Pending if is_changing => {}
            Standing::Pending => {
                let next = format!(
                    "Run `make-credentials-mcp agent revoke {0}`, `make-credentials-mcp agent remove {0}` and add it again.",
                    agent.name
                );
                found.red(
                    "standing",
                    &name,
                    "has never got a token, and nothing is under way",
                    next,
                );
            }
        }
    }
}
