//! What `agent add` says in the end: what the agent may do, where its token is and how a client
//! connects. No secret is in it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::agents::isolation::Isolation;
use crate::agents::rotate::Report;
use crate::agents::{Registered, scopes};
use crate::cli::{Ended, text};
use crate::config::Environment;
use crate::grants::{Access, Grants, Operation, Teams};
use crate::make::users::User;

use super::age::moment;
use super::connect;

/// So many scopes are named where there are too many.
const MOST_NAMED: usize = 6;

/// What an operator should know of the grants and the token.
pub(super) struct Drawbacks {
    /// Tools that were granted and cannot work, each with the scopes that are missing.
    pub(super) lacking: Vec<(&'static str, Vec<&'static str>)>,
    /// Scopes beyond those that are needed.
    pub(super) beyond: Vec<String>,
    /// Tools that test something and for which a reader's token may write.
    pub(super) tests: Vec<&'static str>,
}

impl Drawbacks {
    pub(super) fn of(grants: &Grants, operations: &[Operation], held: &[String]) -> Self {
        let lacking = scopes::lacking(grants, operations, held);
        let needed = scopes::needed(grants, operations);
        let lacking = lacking.into_iter().map(|(operation, missing)| {
            let missing = missing.into_iter().map(crate::grants::Scope::name);
            (operation.tool, missing.collect())
        });
        Self {
            lacking: lacking.collect(),
            beyond: scopes::beyond(&needed, held),
            tests: scopes::tests_by_name(grants, operations),
        }
    }

    /// One sentence each.
    pub(super) fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        let mut by_scopes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (tool, missing) in &self.lacking {
            by_scopes
                .entry(missing.join(" and "))
                .or_default()
                .push(tool);
        }
        for (missing, tools) in by_scopes {
            let tools = tools.join(", ");
            said.push(format!(
                "the token lacks {missing}, so Make will refuse {tools}"
            ));
        }
        let (dangerous, plain): (Vec<&String>, Vec<&String>) = self
            .beyond
            .iter()
            .partition(|scope| scopes::is_dangerous(scope));
        if !dangerous.is_empty() {
            said.push(format!(
                "the token has {}: whoever gets hold of it can make tokens or rule over others; make one without",
                text::words(&dangerous)
            ));
        }
        if !plain.is_empty() {
            said.push(format!(
                "the token can do more than is needed: {}",
                text::few(&quoted(&plain), MOST_NAMED)
            ));
        }
        if !self.tests.is_empty() {
            said.push(format!(
                "{} only test, but Make counts that as writing: the token has connections:write",
                self.tests.join(" and ")
            ));
        }
        said
    }
}

/// Scopes as Make wrote them, each as a word of its own.
pub(super) fn quoted(scopes: &[impl AsRef<str>]) -> Vec<String> {
    scopes
        .iter()
        .map(|scope| text::word(scope.as_ref()))
        .collect()
}

/// An agent that was added.
pub(super) struct Added {
    pub(super) agent: Registered,
    pub(super) user: User,
    pub(super) isolation: Isolation,
    pub(super) drawbacks: Drawbacks,
    pub(super) report: Report,
}

impl Added {
    pub(super) fn print(
        &self,
        operations: &[Operation],
        environment: &Environment,
        as_json: bool,
    ) -> anyhow::Result<Ended> {
        let client = connect::client(&self.agent.name, environment);
        let tools: Vec<&str> = scopes::allowed(&self.agent.grants, operations)
            .map(|operation| operation.tool)
            .collect();
        if as_json {
            text::json(serde_json::to_string_pretty(&self.json(&tools, &client))?);
        } else {
            self.tell(&tools, &client)?;
        }
        Ok(Ended::Done)
    }

    fn json(&self, tools: &[&str], client: &Value) -> Value {
        json!({
            "ended": "done",
            "agent": shown(&self.agent),
            "user": {"id": self.user.id, "name": self.user.name},
            "isolation": self.isolation,
            "tools": tools,
            "warnings": self.drawbacks.sentences(),
            "steps": self.report.lines,
            "client": client,
        })
    }

    fn tell(&self, tools: &[&str], client: &Value) -> anyhow::Result<()> {
        let Registered {
            name, zone, store, ..
        } = &self.agent;
        for line in &self.report.lines {
            text::problem(line);
        }
        text::line(format!("agent {name}: {}", granted(&self.agent.grants)));
        if let Some(token) = &self.agent.token {
            let user = format!("{} ({})", self.user.id, text::Foreign(&self.user.name));
            text::line(format!(
                "token: {}… of the Make user {user} in {zone}, kept at {store}",
                token.prefix
            ));
            text::folded("scopes:", &quoted(&token.scopes));
            if token.label.is_some() {
                text::line("Make e-mails the user about the new token");
            }
        }
        text::line(isolated(&self.isolation));
        text::folded(&format!("{} tools:", tools.len()), tools);
        for sentence in self.drawbacks.sentences() {
            text::problem(format!("warning: {sentence}"));
        }
        text::line("configuration of the client, without a secret in it:");
        text::json(serde_json::to_string_pretty(client)?);
        Ok(())
    }
}

pub(super) fn isolated(isolation: &Isolation) -> String {
    let who = if isolation.enforced_by_make {
        "enforced by Make"
    } else {
        "by policy only"
    };
    format!("isolation: {who} ({})", isolation.why)
}

/// The grants in one line.
pub(super) fn granted(grants: &Grants) -> String {
    let access = match grants.access {
        Access::Read => "read",
        Access::Request => "request",
        Access::Write => "write",
    };
    let teams = match &grants.teams {
        Teams::All => "all teams".to_owned(),
        Teams::Only(teams) => {
            let ids: Vec<String> = teams.iter().map(ToString::to_string).collect();
            let teams = if ids.len() == 1 { "team" } else { "teams" };
            format!("{teams} {}", ids.join(", "))
        }
    };
    match grants.expires_at {
        Some(end) => format!("{access} access, {teams}, until {}", moment(end)),
        None => format!("{access} access, {teams}"),
    }
}

/// An agent as JSON: what every command shows of one.
pub(super) fn shown(agent: &Registered) -> Value {
    json!({
        "name": agent.name,
        "standing": agent.standing,
        "grants": agent.grants,
        "zone": agent.zone.to_string(),
        "store": agent.store,
        "token": agent.token,
        "created": agent.created,
    })
}
