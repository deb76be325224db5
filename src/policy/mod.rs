//! Who may do what: a pure function from an agent, an operation and a team to a [`Permit`] or a
//! [`Denied`]. The answer is no unless everything says yes.
//!
//! A [`Permit`] is the only way to send anything to Make, and only this module makes one.

#[cfg(test)]
mod tests;

use crate::grants::{Access, Agent, Asks, Confirmation, Effect, Operation, Standing};
use crate::ids::TeamId;

/// The tool that says what an agent is.
pub const STATUS_TOOL: &str = "agent_status";

/// Proof of one yes. Its fields are private, so nobody else can make one.
#[derive(Debug, Clone)]
pub struct Permit {
    operation: &'static str,
    only_reads: bool,
    consent: bool,
}

impl Permit {
    /// The tool or the purpose it was given for.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether only GET may be sent under it.
    pub fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// Whether something may be destroyed under it.
    pub fn has_consent(&self) -> bool {
        self.consent
    }

    /// The same permit with somebody's yes to destroying.
    #[must_use]
    pub fn with(self, _yes: Consent) -> Self {
        Self {
            consent: true,
            ..self
        }
    }
}

/// Somebody's yes to destroying something.
#[derive(Debug)]
pub struct Consent(());

/// Where a person said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// In the dialogue of the client.
    InClient,
    /// At the operator's terminal.
    AtTerminal,
}

/// A person's yes to one call; refused where the agent's grants do not let it count.
pub fn persons_consent(agent: &Agent, tool: &'static str, said: Said) -> Result<Consent, Denied> {
    match (agent.grants.confirmation, said) {
        (Confirmation::Refuse, _) => Err(Denied::Unasked(tool)),
        (Confirmation::Operator, Said::InClient) => Err(Denied::OperatorOnly(tool)),
        (Confirmation::Operator, Said::AtTerminal)
        | (Confirmation::Ask | Confirmation::Never, _) => Ok(Consent(())),
    }
}

/// The operator's standing yes; `None` when the agent's grants do not hold it.
pub fn standing_consent(agent: &Agent) -> Option<Consent> {
    match agent.grants.confirmation {
        Confirmation::Never => Some(Consent(())),
        Confirmation::Ask | Confirmation::Operator | Confirmation::Refuse => None,
    }
}

/// Why an agent may not do something. Says nothing of other agents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Its token has not been seen to work yet.
    #[error("this agent is not active yet")]
    Pending,
    /// Its token was taken away.
    #[error("this agent was revoked")]
    Revoked,
    /// Its time is over.
    #[error("this agent's time is over")]
    Expired,
    /// It may not go that far.
    #[error("this agent has `{has}` access and `{tool}` needs `{needs}`", has = access(*.has), needs = access(*.needs))]
    Access {
        /// The tool that was called.
        tool: &'static str,
        /// What the agent has.
        has: Access,
        /// What the tool needs.
        needs: Access,
    },
    /// The operator excluded this tool.
    #[error("`{0}` is excluded for this agent")]
    Tool(&'static str),
    /// The tool is in none of its toolsets.
    #[error("`{tool}` is in the toolset `{toolset}`, which this agent does not have")]
    Toolset {
        /// The tool that was called.
        tool: &'static str,
        /// Its toolset.
        toolset: &'static str,
    },
    /// It would need a person's yes, and nobody is asked for this agent.
    #[error("this call of `{0}` needs a person's yes, and nobody is asked for this agent")]
    Unasked(&'static str),
    /// Somebody else than the operator said yes.
    #[error("only the operator can say yes to `{0}` for this agent")]
    OperatorOnly(&'static str),
    /// The team is none of its own.
    #[error("this agent may not use that team")]
    Team,
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Read => "read",
        Access::Request => "request",
        Access::Write => "write",
    }
}

/// Whether the agent may work at all.
pub fn works(agent: &Agent, now: i64) -> Result<(), Denied> {
    match agent.standing {
        Standing::Pending => return Err(Denied::Pending),
        Standing::Revoked => return Err(Denied::Revoked),
        Standing::Active => {}
    }
    match agent.grants.expires_at {
        Some(end) if now >= end => Err(Denied::Expired),
        _ => Ok(()),
    }
}

/// Whether the agent may call this tool at all, whatever it lands on: what `tools/list` shows.
pub fn may_use(agent: &Agent, operation: &Operation, now: i64) -> Result<(), Denied> {
    // What it is, an agent may always ask, also one that may do nothing else: refusals send it
    // there. Of Make it learns nothing there that it may not.
    if operation.tool == STATUS_TOOL {
        return Ok(());
    }
    works(agent, now)?;
    let grants = &agent.grants;
    let named = grants.allowed_tools.contains(operation.tool);
    let needs = operation.effect.access();
    // A tool that only asks Make to test something may be allowed by name to a reader: Make
    // counts it as writing, but it changes nothing. Nothing else passes the access level.
    if grants.access < needs && !(named && operation.effect == Effect::Check) {
        return Err(Denied::Access {
            tool: operation.tool,
            has: grants.access,
            needs,
        });
    }
    if grants.denied_tools.contains(operation.tool) {
        return Err(Denied::Tool(operation.tool));
    }
    if grants.confirmation == Confirmation::Refuse && always_needs_yes(operation) {
        return Err(Denied::Unasked(operation.tool));
    }
    if !named && !grants.toolsets.contains(&operation.toolset) {
        let toolset = operation.toolset.name();
        return Err(Denied::Toolset {
            tool: operation.tool,
            toolset,
        });
    }
    Ok(())
}

/// Whether no call of this tool is left for an agent for whom nobody is asked.
fn always_needs_yes(operation: &Operation) -> bool {
    match operation.asks {
        Asks::Always => true,
        Asks::Sometimes => false,
        Asks::Never => operation.effect.destroys(),
    }
}

/// The decision about one call. `team` is where it lands, `None` when it lands on no team or on
/// one that only the answer will name; then the answer is checked with [`may_see`] before it is
/// released.
pub fn authorize(
    agent: &Agent,
    operation: &Operation,
    team: Option<TeamId>,
    now: i64,
) -> Result<Permit, Denied> {
    may_use(agent, operation, now)?;
    if let Some(team) = team {
        may_see(agent, team)?;
    }
    Ok(Permit {
        operation: operation.tool,
        only_reads: operation.effect.only_reads(),
        consent: false,
    })
}

/// Whether objects of this team may be shown to the agent.
pub fn may_see(agent: &Agent, team: TeamId) -> Result<(), Denied> {
    if agent.grants.teams.contain(team) {
        Ok(())
    } else {
        Err(Denied::Team)
    }
}

/// A permit for a command that the operator runs at a terminal, under the operator's own token.
/// No tool has a way to it.
pub fn operator() -> Permit {
    Permit {
        operation: "operator",
        only_reads: false,
        consent: true,
    }
}

/// A permit to find out whose an object is and why Make refused something: GET alone, and the
/// answers stay inside.
pub fn lookup(agent: &Agent, now: i64) -> Result<Permit, Denied> {
    works(agent, now)?;
    Ok(Permit {
        operation: "lookup",
        only_reads: true,
        consent: false,
    })
}
