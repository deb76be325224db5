//! What to do next where an error of Make's means something of its own for one tool. Words are
//! those that Make was seen to use; where they differ, the general advice stays.

use super::ALL;
use super::session::{Snapshot, now};
use crate::grants::Scope;
use crate::make::Error;
use crate::policy;

/// A tool, a word of Make's refusal in small letters, and what to do then.
const REJECTED: [(&str, &str, &str); 6] = [
    // A hook that is bound to it stands in the way (Make's notes for agents).
    (
        "connections_delete",
        "hook",
        "A webhook is bound to it: a person has to delete that first, at Make.",
    ),
    (
        "connections_list_editable_parameters",
        "nothing to configure",
        "It has no data to edit; for a new sign-in: credential_requests_create_by_credentials.",
    ),
    (
        "connections_update",
        "nothing to configure",
        "It has no data to replace; for a new sign-in: credential_requests_create_by_credentials.",
    ),
    (
        "credential_requests_create",
        "no modules",
        "No sign-in page can be had for this app: a person connects it in Make's scenario designer.",
    ),
    (
        "credential_requests_extend_connection",
        "no scopes",
        "Nothing to extend; for other access: credential_requests_create_by_credentials.",
    ),
    (
        "templates_request_approval",
        "published",
        "Call templates_publish with this templateId first, then this again.",
    ),
];

/// A tool whose change nobody can read back from the object itself, and how to find out.
const UNKNOWN: [(&str, &str); 5] = [
    (
        "connections_verify",
        "It only tests and changes nothing: call it again.",
    ),
    (
        "connections_update",
        "Find out with connections_get and connections_verify before you repeat it.",
    ),
    (
        "credential_requests_credential_decline",
        "Its `state` in credential_requests_get tells; repeat it only while that is as before.",
    ),
    (
        "credential_requests_credential_delete",
        "Its `state` in credential_requests_get tells; repeat it only while that is as before.",
    ),
    (
        "credential_requests_credential_reauthorize",
        "Its `state` in credential_requests_get tells; repeat it only while that is as before.",
    ),
];

impl Snapshot {
    /// What to do after this error of this tool, where the general advice does not help and this
    /// agent can do what does.
    pub(super) fn advice(&self, tool: &str, error: &Error) -> Option<&'static str> {
        let next = after(tool, error)?;
        let mut words = next.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let is_tool = |word: &str| ALL.iter().any(|entry| entry.spec.name == word);
        let lacks = |word: &str| is_tool(word) && !self.offers(word);
        (!words.any(lacks)).then_some(next)
    }

    /// Whether the agent was given this tool and its token, as far as that is known, can do it.
    pub(super) fn offers(&self, tool: &str) -> bool {
        let Some(entry) = ALL.iter().find(|entry| entry.spec.name == tool) else {
            return false;
        };
        let granted = policy::may_use(self.agent(), &entry.spec.operation(), now()).is_ok();
        let known = self.facts().known_authorization();
        let held = |scope: &Scope| {
            let mut known = known.iter().flat_map(|known| &known.scope);
            known.any(|held| held == scope.name())
        };
        granted && (known.is_none() || entry.spec.scopes.iter().all(held))
    }
}

fn after(tool: &str, error: &Error) -> Option<&'static str> {
    if error.is_outcome_unknown() {
        let mut known = UNKNOWN.iter().filter(|(name, _)| *name == tool);
        return known.next().map(|(_, next)| *next);
    }
    let Error::Rejected(refusal) = error else {
        return None;
    };
    let fits = |(name, word, _): &&(&str, &str, &str)| *name == tool && refusal.speaks_of(word);
    REJECTED.iter().find(fits).map(|(_, _, next)| *next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_short_and_about_a_tool_that_is_there() {
        let rejected = REJECTED.iter().map(|(tool, _, next)| (tool, next));
        let unknown = UNKNOWN.iter().map(|(tool, next)| (tool, next));
        for (tool, next) in rejected.chain(unknown) {
            assert!(ALL.iter().any(|entry| entry.spec.name == *tool), "{tool}");
            assert!(next.chars().count() <= 120, "{next}");
        }
    }
}
