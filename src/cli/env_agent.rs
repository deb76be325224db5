//! The agent `env`: a token from the environment, with what flags say of it.

use std::collections::BTreeSet;

use clap::Args;

use crate::config::{Environment, is_set};
use crate::grants::{Access, Agent, Confirmation, Grants, Standing, Teams, Toolset};
use crate::ids::{AgentName, TeamId};
use crate::make::Client;
use crate::secret::Scrubber;
use crate::state::State;
use crate::tools::Session;

use super::Misused;
use super::env_zone::{self, Beside};
use super::named_secrets::named_secrets;
use super::network;
use super::own_keys::{approval_key, trail};
use super::registered_agent::{self, Narrow};
use super::tools::known;

/// The name of the agent that the environment sets up. Reserved.
const NAME: &str = "env";

/// What the operator says of the agent `env`.
#[derive(Debug, Args)]
pub(super) struct AgentFlags {
    /// The agent; `env` is the one with the token from `MAKE_API_KEY`
    #[arg(long, value_name = "NAME")]
    agent: Option<AgentName>,
    /// Only these toolsets
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    toolsets: Option<Vec<Toolset>>,
    /// Only tools that read
    #[arg(long)]
    read_only: bool,
    /// Only these teams
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    teams: Option<Vec<TeamId>>,
    /// How far it may go
    #[arg(long, value_enum)]
    access: Option<Access>,
    /// Not these tools
    #[arg(long, value_delimiter = ',', value_name = "TOOLS", value_parser = known)]
    deny_tools: Vec<String>,
    /// Who says yes before something is destroyed
    #[arg(long, value_enum)]
    confirm: Option<Confirmation>,
    /// Let a secret stand in a tool's arguments as it is
    #[arg(long)]
    allow_plaintext: bool,
    /// A private instance of Make, which the token file or `operator network` has to name too
    #[arg(long, value_name = "HOST")]
    private_zone: Option<String>,
    /// The largest answer of a tool
    #[arg(long, value_name = "BYTES", default_value_t = 32 * 1024,
          value_parser = clap::value_parser!(u32).range(2048..=1_048_576))]
    max_answer_bytes: u32,
}

impl AgentFlags {
    /// Whether this is the agent that the environment sets up.
    pub(super) fn is_env(&self) -> bool {
        self.agent.as_ref().is_none_or(|name| name.as_str() == NAME)
    }

    /// A session of this agent. Where there is no way to Make, the session says what to do.
    pub(super) async fn session(
        &self,
        environment: &Environment,
        scrubber: Scrubber,
    ) -> anyhow::Result<Session> {
        if let (Some(name), false) = (&self.agent, self.is_env()) {
            self.check_env_only()?;
            let narrow = Narrow {
                toolsets: self.toolsets.clone().map(BTreeSet::from_iter),
                read_only: self.read_only,
            };
            let cap = usize::try_from(self.max_answer_bytes)?;
            return Ok(registered_agent::session(
                name.clone(),
                narrow,
                environment,
                scrubber,
                cap,
            ));
        }
        let state = State::at(environment.home.clone());
        let row = state.network().await?;
        let network = network::read(row.clone())?;
        let beside = Beside {
            flag: self.private_zone.as_deref().filter(|host| is_set(host)),
            entry: row.private_zone.as_deref(),
        };
        let make = env_zone::access(environment, beside, &scrubber)
            .map(|access| Client::through(access, &network));
        let cap = usize::try_from(self.max_answer_bytes)?;
        let session = Session::new(self.agent()?, make, scrubber, state, cap);
        let home = environment.home.clone();
        Ok(session
            .recording(trail(home.clone()))
            .keeping(named_secrets(home.clone()))
            .approving(approval_key(home)))
    }

    /// What another agent is given stands in the registry and nowhere else.
    fn check_env_only(&self) -> anyhow::Result<()> {
        let given = [
            (self.teams.is_some(), "--teams"),
            (self.access.is_some(), "--access"),
            (!self.deny_tools.is_empty(), "--deny-tools"),
            (self.confirm.is_some(), "--confirm"),
            (self.allow_plaintext, "--allow-plaintext"),
            (self.private_zone.is_some(), "--private-zone"),
        ];
        match given.iter().find(|(given, _)| *given) {
            Some((_, flag)) => Err(Misused(format!(
                "{flag} is for the agent `env` alone; the grants of another are changed with \
                 `make-credentials-mcp agent policy NAME --set`"
            ))
            .into()),
            None => Ok(()),
        }
    }

    fn agent(&self) -> anyhow::Result<Agent> {
        let named = self.toolsets.clone().map(BTreeSet::from_iter);
        let toolsets = named.unwrap_or_else(|| {
            Toolset::ALL
                .into_iter()
                .filter(|toolset| toolset.is_default())
                .collect()
        });
        let access = self.access.unwrap_or(Access::Write);
        Ok(Agent {
            name: NAME.parse()?,
            standing: Standing::Active,
            grants: Grants {
                teams: self
                    .teams
                    .clone()
                    .map_or(Teams::All, |teams| Teams::Only(teams.into_iter().collect())),
                access: if self.read_only { Access::Read } else { access },
                toolsets,
                allowed_tools: BTreeSet::new(),
                denied_tools: self.deny_tools.iter().cloned().collect(),
                confirmation: self.confirm.unwrap_or(Confirmation::Ask),
                allow_plaintext: self.allow_plaintext,
                expires_at: None,
            },
        })
    }
}
