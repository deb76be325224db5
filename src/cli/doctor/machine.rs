//! What the checks look at: this machine's home folder, agents and stores, read once. Nothing is
//! made that is not there.

use std::path::{Path, PathBuf};

use super::finding::Findings;
use crate::agents::{self, Desk, KeptOperator, Registered, Registry, now};
use crate::cli::desk::through;
use crate::cli::network;
use crate::config::{Environment, Variables};
use crate::grants::Standing;
use crate::ids::AgentName;
use crate::secret::Scrubber;
use crate::state::{PendingRevocation, RotationRow, State};

/// What the checks look at.
pub(super) struct Machine<'a> {
    pub(super) environment: &'a Environment,
    pub(super) variables: Variables,
    /// Whether no call may be made at Make.
    pub(super) offline: bool,
    pub(super) desk: Desk,
    /// Whether the way to Make is known.
    pub(super) way_is_known: bool,
    /// Whether there is a state.db that can be read.
    pub(super) state_is_readable: bool,
    /// What it says.
    pub(super) agents: Vec<Registered>,
    pub(super) rotations: Vec<RotationRow>,
    pub(super) pending: Vec<PendingRevocation>,
    pub(super) operators: Vec<KeptOperator>,
    /// Seconds since 1970.
    pub(super) now: i64,
}

impl<'a> Machine<'a> {
    /// Reads what there is. What cannot be read is a finding.
    pub(super) async fn read(
        environment: &'a Environment,
        scrubber: &Scrubber,
        offline: bool,
        found: &mut Findings,
    ) -> Self {
        let state = State::at(environment.home.clone());
        let is_readable = super::state_db::check(&state, environment, found).await;
        let way = if is_readable {
            network::kept(&state).await
        } else {
            Ok(crate::network::Network::default())
        };
        if let Err(error) = &way {
            let next = match error.downcast_ref() {
                Some(crate::network::Error::Untrusted(why)) => why.repair(),
                _ => "Run `make-credentials-mcp operator network --reset`, then set it again."
                    .to_owned(),
            };
            found.red("way", "network", format!("{error:#}"), next);
        }
        let way_is_known = way.is_ok();
        let network = way.unwrap_or_default();
        let mut machine = Self {
            environment,
            variables: Variables::of_process(),
            offline,
            desk: through(environment, scrubber, state, network),
            way_is_known,
            state_is_readable: is_readable,
            agents: Vec::new(),
            rotations: Vec::new(),
            pending: Vec::new(),
            operators: Vec::new(),
            now: now(),
        };
        if is_readable && let Err(error) = machine.read_state(found).await {
            let next = "Restore state.db from a backup, or move it and the audit files away together, and add the agents again.";
            found.red("state", "state.db", error.to_string(), next);
        }
        machine.read_operators(found).await;
        machine
    }

    async fn read_state(&mut self, found: &mut Findings) -> Result<(), agents::Error> {
        let state = self.desk.state().clone();
        let registry = Registry::of(state.clone());
        // One by one: a row that cannot be read does not hide the others.
        for row in state.agents().await? {
            let name = row.name.parse::<AgentName>();
            let agent = match &name {
                Ok(name) => registry.get(name).await,
                Err(_) => Err(agents::Error::Corrupt(row.name.clone())),
            };
            match agent {
                Ok(agent) => self.agents.push(agent),
                Err(agents::Error::Unknown(_)) => {}
                Err(error) => {
                    let subject = format!("agent {}", row.name);
                    let next = "Restore state.db from a backup, or use the version of this program that wrote it.";
                    found.red("registry", &subject, error.to_string(), next);
                }
            }
        }
        self.rotations = state.rotations().await?;
        self.pending = state.pending_revocations().await?;
        Ok(())
    }

    async fn read_operators(&mut self, found: &mut Findings) {
        if self.home().is_none_or(|home| !home.exists()) {
            return;
        }
        match self.desk.kept_operators().await {
            Ok(operators) => self.operators = operators,
            Err(agents::Error::Store(error)) => {
                found.red("operator_kept", "operator", error.to_string(), error.next());
            }
            Err(error) => {
                let next = "Run `make-credentials-mcp operator logout`, then `make-credentials-mcp operator login --zone ZONE`.";
                found.red("operator_kept", "operator", error.to_string(), next);
            }
        }
    }

    /// The home folder.
    pub(super) fn home(&self) -> Option<&Path> {
        self.environment.home.as_deref()
    }

    /// The folder of the user, below which clients keep their configuration.
    pub(super) fn user_folder(&self) -> Option<PathBuf> {
        let get = |name| self.variables.get(name);
        let folder = get("HOME").or_else(|| get("USERPROFILE"));
        folder
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
    }

    /// The agents that may work.
    pub(super) fn active(&self) -> impl Iterator<Item = &Registered> {
        let is_active = |agent: &&Registered| agent.standing == Standing::Active;
        self.agents.iter().filter(is_active)
    }

    /// Whether anything was ever set up here.
    pub(super) fn is_set_up(&self) -> bool {
        !self.agents.is_empty() || !self.operators.is_empty() || self.environment.token.is_some()
    }
}

/// How an agent is written in findings.
pub(super) fn subject(agent: &Registered) -> String {
    format!("agent {}", agent.name)
}

/// The command that gives an agent another token.
pub(super) fn rotate(agent: &Registered) -> String {
    let adopted = agent
        .token
        .as_ref()
        .is_some_and(|token| token.label.is_none());
    let given = if adopted { " --token-stdin" } else { "" };
    format!("make-credentials-mcp agent rotate {}{given}", agent.name)
}
