//! The scopes a token needs for what an agent was granted: those of its tools, and those without
//! which its tools could not keep their promises. Nothing else.
//!
//! What comes on top of a tool's own scopes:
//! - A tool that changes something reads too: whose the object is before it is changed, and what
//!   became of a request whose answer was lost. So `<resource>:write` brings `<resource>:read`.
//! - Listing teams without naming an organization goes through all of them: `organizations:read`.
//! - Extending a connection through a credential request looks up the connection's team:
//!   `connections:read`.
//! - Deleting a connection shows the person who is asked which hooks use it: `hooks:read`. Without it
//!   that is shown as not known, and the tool works as well.
//!
//! What does not: the names of teams in `agent_status` and the reasons behind a 403 come from
//! `organizations:read` where the agent's tools bring it, and are left out where they do not. The
//! token's user and its scopes need no scope at Make.

use std::collections::BTreeSet;

use super::Registered;
use crate::grants::{Agent, Confirmation, Effect, Grants, Operation, Scope, Standing};
use crate::ids::AgentName;
use crate::policy;

/// What no agent's token ever gets: it could make tokens of its own, or rule over others.
const NEVER: [&str; 3] = ["user:write", "organizations:write", "admin:"];

/// A tool whose object is of another kind than its scope says.
const EXTEND_CONNECTION: &str = "credential_requests_extend_connection";

/// A tool that reads something else too where its argument is left out.
const LIST_TEAMS: &str = "teams_list";

/// A tool that shows the person who is asked more than its own scopes let it read.
const DELETE_CONNECTION: &str = "connections_delete";

/// The scopes that a token is made with for these grants.
pub fn needed(grants: &Grants, operations: &[Operation]) -> BTreeSet<Scope> {
    let mut scopes = required(grants, operations);
    let is_asked = !matches!(grants.confirmation, Confirmation::Never);
    if is_asked && allowed(grants, operations).any(|it| it.tool == DELETE_CONNECTION) {
        scopes.insert(Scope::HooksRead);
    }
    scopes
}

/// The scopes without which a tool of these grants does not work.
fn required(grants: &Grants, operations: &[Operation]) -> BTreeSet<Scope> {
    let mut scopes = BTreeSet::new();
    for operation in allowed(grants, operations) {
        scopes.extend(operation.scopes.iter().copied());
        if operation.tool == EXTEND_CONNECTION {
            scopes.insert(Scope::ConnectionsRead);
        }
        if operation.tool == LIST_TEAMS {
            scopes.insert(Scope::OrganizationsRead);
        }
    }
    let reads: Vec<Scope> = scopes.iter().filter_map(|scope| read_of(*scope)).collect();
    scopes.extend(reads);
    scopes
}

/// The operations that these grants allow, whatever time it is.
pub fn allowed<'a>(
    grants: &Grants,
    operations: &'a [Operation],
) -> impl Iterator<Item = &'a Operation> {
    let agent = working(grants);
    operations.iter().filter(move |operation| {
        agent
            .as_ref()
            .is_some_and(|agent| policy::may_use(agent, operation, i64::MIN).is_ok())
    })
}

/// The operations that these grants allow and a token with these scopes cannot do.
pub fn lacking<'a>(
    grants: &Grants,
    operations: &'a [Operation],
    scopes: &[String],
) -> Vec<(&'a Operation, Vec<Scope>)> {
    let has = |scope: &Scope| scopes.iter().any(|held| held == scope.name());
    allowed(grants, operations)
        .filter_map(|operation| {
            let required = required(grants, std::slice::from_ref(operation));
            let missing: Vec<Scope> = required.into_iter().filter(|scope| !has(scope)).collect();
            (!missing.is_empty()).then_some((operation, missing))
        })
        .collect()
}

/// The scopes that a token has beyond those that are needed.
pub fn beyond(needed: &BTreeSet<Scope>, scopes: &[String]) -> Vec<String> {
    let mut more: Vec<String> = scopes
        .iter()
        .filter(|held| !needed.iter().any(|scope| scope.name() == held.as_str()))
        .cloned()
        .collect();
    more.sort_unstable();
    more.dedup();
    more
}

/// Whether a token with this scope could make tokens of its own or rule over others.
pub fn is_dangerous(scope: &str) -> bool {
    NEVER
        .iter()
        .any(|never| scope == *never || (never.ends_with(':') && scope.starts_with(never)))
}

/// Whether Make says the same scopes as are kept of an agent's token.
pub fn same(said: &[String], agent: &Registered) -> bool {
    let set = |scopes: &[String]| scopes.iter().cloned().collect::<BTreeSet<_>>();
    let kept = agent.token.as_ref().map(|token| set(&token.scopes));
    kept.is_some_and(|kept| kept == set(said))
}

/// Tools that only test something, which Make counts as writing: a reader has them only by name,
/// and its token may then change connections for all that Make knows.
pub fn tests_by_name(grants: &Grants, operations: &[Operation]) -> Vec<&'static str> {
    allowed(grants, operations)
        .filter(|operation| {
            operation.effect == Effect::Check && grants.access < operation.effect.access()
        })
        .map(|operation| operation.tool)
        .collect()
}

fn read_of(scope: Scope) -> Option<Scope> {
    match scope {
        Scope::ConnectionsWrite => Some(Scope::ConnectionsRead),
        Scope::CredentialRequestsWrite => Some(Scope::CredentialRequestsRead),
        Scope::KeysWrite => Some(Scope::KeysRead),
        Scope::TemplatesWrite => Some(Scope::TemplatesRead),
        // A flow that was started is known on this machine; Make lists none.
        Scope::InstancesWrite
        | Scope::AppsRead
        | Scope::ConnectionsRead
        | Scope::CredentialRequestsRead
        | Scope::HooksRead
        | Scope::InstancesRead
        | Scope::KeysRead
        | Scope::OrganizationsRead
        | Scope::TeamsRead
        | Scope::TemplatesRead
        | Scope::UserRead => None,
    }
}

/// An agent that works and has these grants: only they decide then.
fn working(grants: &Grants) -> Option<Agent> {
    let name: AgentName = "agent".parse().ok()?;
    Some(Agent {
        name,
        standing: Standing::Active,
        grants: grants.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_make_tokens_is_dangerous() {
        for scope in [
            "user:write",
            "admin:read",
            "admin:write",
            "organizations:write",
        ] {
            assert!(is_dangerous(scope), "{scope}");
        }
        for scope in ["user:read", "organizations:read", "connections:write"] {
            assert!(!is_dangerous(scope), "{scope}");
        }
    }
}
