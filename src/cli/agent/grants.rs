//! What the operator gives an agent: the flags, read and checked before anything exists.

use std::collections::BTreeSet;

use anyhow::bail;
use clap::Args;

use crate::agents::now;
use crate::cli::tools::known;
use crate::grants::{Access, Confirmation, Grants, Operation, Teams, Toolset};
use crate::ids::TeamId;
use crate::tools::ALL;

use super::age::Days;

/// What the operator gives an agent.
#[derive(Debug, Args)]
pub(super) struct GrantFlags {
    /// These teams; without them the command lists the teams there are and stops
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "IDS",
        conflicts_with = "all_teams"
    )]
    teams: Option<Vec<TeamId>>,
    /// Every team that the token reaches
    #[arg(long)]
    all_teams: bool,
    /// How far it may go: reading, also asking people to sign in, or all
    #[arg(long, value_enum, default_value = "read")]
    access: Access,
    /// These toolsets
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "A,B",
        default_value = "connections,keys,credential_requests,account"
    )]
    toolsets: Vec<Toolset>,
    /// Also these tools
    #[arg(long, value_delimiter = ',', value_name = "TOOLS", value_parser = known)]
    allow_tools: Vec<String>,
    /// Not these tools
    #[arg(long, value_delimiter = ',', value_name = "TOOLS", value_parser = known)]
    deny_tools: Vec<String>,
    /// Until when: a number of days such as 90d
    #[arg(long, value_name = "DAYS")]
    expires: Option<Days>,
    /// Who says yes before something is destroyed
    #[arg(long, value_enum, default_value = "ask")]
    confirm: Confirmation,
    /// Let a secret stand in a tool's arguments as it is
    #[arg(long)]
    allow_plaintext: bool,
}

/// The table of tools, as policy sees it.
pub(in crate::cli) fn operations() -> Vec<Operation> {
    ALL.iter().map(|entry| entry.spec.operation()).collect()
}

impl GrantFlags {
    /// The teams, when some were named.
    pub(super) fn teams(&self) -> Option<Teams> {
        match (&self.teams, self.all_teams) {
            (Some(teams), _) => Some(Teams::Only(teams.iter().copied().collect())),
            (None, true) => Some(Teams::All),
            (None, false) => None,
        }
    }

    /// The grants.
    pub(super) fn grants(&self, teams: Teams) -> Grants {
        Grants {
            teams,
            access: self.access,
            toolsets: self.toolsets.iter().copied().collect(),
            allowed_tools: self.allow_tools.iter().cloned().collect(),
            denied_tools: self.deny_tools.iter().cloned().collect(),
            confirmation: self.confirm,
            allow_plaintext: self.allow_plaintext,
            expires_at: self.expires.map(|days| now() + days.seconds()),
        }
    }
}

/// Refuses teams that the token does not reach.
pub(super) fn check_teams(teams: &Teams, known: &BTreeSet<TeamId>) -> anyhow::Result<()> {
    let Teams::Only(wanted) = teams else {
        return Ok(());
    };
    let unknown: Vec<String> = wanted.difference(known).map(ToString::to_string).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
    bail!(
        "--teams names {}, which the token does not reach; it reaches {}",
        unknown.join(", "),
        known.join(", ")
    )
}
