//! The agent `env`: a token from the environment, with what flags say of it.

use std::collections::BTreeSet;

use clap::Args;

use crate::config::Environment;
use crate::grants::{Access, Agent, Confirmation, Grants, Standing, Teams, Toolset};
use crate::ids::{AgentName, TeamId};
use crate::make::{self, Client, Zone};
use crate::sandbox::CANARY;
use crate::secret::{Scrubber, Strength};
use crate::state::State;
use crate::tools::{NotReady, Session};

use super::Misused;
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
    /// A private instance of Make, instead of `MAKE_ZONE`
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
        let network = network::kept(&state).await?;
        let make = self
            .access(environment, &scrubber)
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

    fn access(
        &self,
        environment: &Environment,
        scrubber: &Scrubber,
    ) -> Result<make::Access, NotReady> {
        let Some(source) = &environment.token else {
            return Err(NotReady {
                problem: "The server has no Make API token.".to_owned(),
                next: "Operator: set MAKE_API_KEY (or MAKE_API_KEY_FILE) and MAKE_ZONE.".to_owned(),
            });
        };
        let token = source.load().map_err(|problem| NotReady {
            problem: format!("{problem}."),
            next: "Operator: make one in Make's profile under API access.".to_owned(),
        })?;
        scrubber.add(&token, Strength::Token);
        let zone = match (&self.private_zone, &environment.zone) {
            (Some(host), _) => Zone::private(host).map_err(|bad| format!("--private-zone: {bad}.")),
            (None, Some(zone)) => Zone::parse(zone).map_err(|bad| format!("MAKE_ZONE is {bad}.")),
            (None, None) => Err(
                "MAKE_ZONE is not set: the host of your Make account, such as eu1.make.com."
                    .to_owned(),
            ),
        };
        let where_it_stands = if self.private_zone.is_some() {
            "--private-zone"
        } else {
            "MAKE_ZONE"
        };
        let zone = zone.map_err(|problem| NotReady {
            problem,
            next: format!(
                "Operator: set {where_it_stands} to the host in the address bar of Make."
            ),
        })?;
        let access = make::Access { token, zone };
        if is_astray(&access) {
            return Err(NotReady {
                problem: "MAKE_ZONE is a simulated zone, and the token is none of its own."
                    .to_owned(),
                next: "Operator: set MAKE_ZONE to the host in the address bar of Make.".to_owned(),
            });
        }
        Ok(access)
    }
}

/// Whether a token that no simulated zone has made would go to one: never, since that is plain http.
pub(super) fn is_astray(access: &make::Access) -> bool {
    // EXPOSE: to see whether a simulated zone made it; nothing keeps it.
    access.zone.is_simulated() && !access.token.expose().ends_with(CANARY)
}
