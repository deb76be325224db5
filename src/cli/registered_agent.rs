//! A session of an agent from the registry: looked up at the first request, followed while it is
//! served, its token read from the store that is recorded with it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::agents::{self, Drained, Entry, Registered, Registry, Serving};
use crate::audit::Trail;
use crate::config::{Environment, Variables};
use crate::grants::{Access, Agent, Grants, Standing, Toolset};
use crate::ids::AgentName;
use crate::make::Client;
use crate::network::Network;
use crate::secret::{Scrubber, Strength};
use crate::secrets::{SecretReference, Stores};
use crate::state::{self, State};
use crate::tools::{NotReady, Post, Session};

use super::env_zone::is_astray;
use super::named_secrets::named_secrets;
use super::network;
use super::own_keys::{approval_key, trail};

/// How long after a store could not be read it is tried again.
const STORE_PAUSE: Duration = Duration::from_secs(5);

/// What the flags of a command take away from what the agent was granted.
#[derive(Debug, Clone)]
pub(super) struct Narrow {
    /// Only these of its toolsets.
    pub(super) toolsets: Option<BTreeSet<Toolset>>,
    /// Only tools that read.
    pub(super) read_only: bool,
}

/// What is needed to find an agent's way to Make.
#[derive(Debug)]
struct Finder {
    name: AgentName,
    narrow: Narrow,
    registry: Registry,
    stores: Stores,
    network: Network,
    scrubber: Scrubber,
    trail: Trail,
}

/// A session of this agent. Nothing is looked up before its first request.
pub(super) fn session(
    name: AgentName,
    narrow: Narrow,
    environment: &Environment,
    scrubber: Scrubber,
    answer_cap_bytes: usize,
) -> Session {
    let state = State::at(environment.home.clone());
    let (registry, home) = (Registry::of(state.clone()), environment.home.clone());
    let hiding = scrubber.clone();
    let trail = trail(home.clone());
    let written = trail.clone();
    let starter = Arc::new(move |session: Session| {
        let (name, narrow, home) = (name.clone(), narrow.clone(), home.clone());
        let (registry, scrubber) = (registry.clone(), hiding.clone());
        let trail = written.clone();
        Box::pin(async move {
            let network = network::kept(registry.state()).await;
            let (network, lost) = match network {
                Ok(network) => (network, None),
                Err(error) => (Network::default(), Some(format!("{error:#}"))),
            };
            let finder = Arc::new(Finder {
                name,
                narrow,
                stores: Stores::at(home, &Variables::of_process(), &network),
                registry,
                network,
                scrubber,
                trail,
            });
            match lost {
                None => finder.start(session).await,
                Some(why) => finder.lost(&why),
            }
        }) as crate::tools::Later<Post>
    });
    let session = Session::starting(starter, scrubber, state, answer_cap_bytes);
    let home = environment.home.clone();
    session
        .recording(trail)
        .keeping(named_secrets(home.clone()))
        .approving(approval_key(home))
}

impl Finder {
    /// Enters this process among those that serve the agent, and goes on following the agent.
    async fn start(self: Arc<Self>, session: Session) -> Post {
        let begun = Serving::begin(self.registry.clone(), self.name.clone()).await;
        let (serving, agent) = match begun {
            Ok(begun) => begun,
            Err(error) => return self.nobody(Standing::Pending, &error),
        };
        let Some(agent) = agent else {
            serving.end().await;
            return self.nobody(
                Standing::Pending,
                &agents::Error::Unknown(self.name.clone()),
            );
        };
        session.on_lease(serving.lease());
        session.on_refusal(Arc::clone(&self).reload(session.clone()));
        let post = self.post(&agent).await;
        if post.make.is_err() {
            tokio::spawn(Arc::clone(&self).try_again(session.clone()));
        }
        tokio::spawn(serving.follow(move |change| {
            let (finder, session) = (Arc::clone(&self), session.clone());
            Box::pin(async move {
                let post = match change {
                    Ok(agent) => finder.post(&agent).await,
                    Err(error @ agents::Error::Unknown(_)) => {
                        finder.nobody(Standing::Revoked, &error)
                    }
                    Err(error) => finder.nobody(Standing::Pending, &error),
                };
                if post.make.is_err() {
                    tokio::spawn(finder.try_again(session.clone()));
                }
                Drained(session.switch(post))
            })
        }));
        post
    }

    /// The agent with its way to Make.
    async fn post(&self, agent: &Registered) -> Post {
        let mut narrowed = agent.agent();
        self.narrow.apply(&mut narrowed.grants);
        let make = if agent.standing == Standing::Active {
            self.client(agent).await
        } else {
            Err(self.not_ready(agent.standing))
        };
        Post {
            agent: narrowed,
            creation: Some(agent.creation.clone()).filter(|id| !id.is_empty()),
            make,
            token_since: agent.token.as_ref().map(|token| token.since),
        }
    }

    async fn client(&self, agent: &Registered) -> Result<Client, NotReady> {
        let doctor = || "Operator: run `make-credentials-mcp doctor`.".to_owned();
        // What cannot be asked is not known to be older; then the calls fail by themselves.
        let older = agents::is_put_back(self.registry.state(), &self.trail).await;
        if let Err(state::Error::Untrusted(why)) = &older {
            return Err(NotReady {
                problem: format!("What is kept on this machine is not believed: {why}."),
                next: doctor(),
            });
        }
        if older.unwrap_or(false) {
            return Err(NotReady {
                problem: "state.db is older than the trail: somebody put a copy back, and agents that were revoked since would work again.".to_owned(),
                next: doctor(),
            });
        }
        let reference: SecretReference = agent.store.parse().map_err(|_| NotReady {
            problem: "Where this agent's token is kept cannot be read.".to_owned(),
            next: doctor(),
        })?;
        let kept = self
            .stores
            .get(&reference)
            .await
            .map_err(|error| NotReady {
                problem: format!("This agent's token cannot be read: {error}."),
                next: format!("Operator: {}", error.next()),
            })?;
        let entry = Entry::read(&agent.name, &kept, &agent.zone).map_err(|error| NotReady {
            problem: format!("This agent's token cannot be used: {error}."),
            next: doctor(),
        })?;
        let access = entry.access();
        self.scrubber.add(&access.token, Strength::Token);
        if is_astray(&access) {
            return Err(NotReady {
                problem: "This agent's zone is a simulated one, and its token is none of its own."
                    .to_owned(),
                next: doctor(),
            });
        }
        Ok(Client::through(access, &self.network))
    }

    fn not_ready(&self, standing: Standing) -> NotReady {
        let (problem, next) = match standing {
            Standing::Revoked => (
                "This agent was revoked.",
                format!(
                    "Operator: `make-credentials-mcp agent remove {0}`, then `agent add {0}`.",
                    self.name
                ),
            ),
            Standing::Pending | Standing::Active => (
                "This agent is not active yet.",
                "Operator: run `make-credentials-mcp doctor`.".to_owned(),
            ),
        };
        NotReady {
            problem: problem.to_owned(),
            next,
        }
    }

    /// The way to Make that was configured cannot be read, and the plain one may be the wrong one.
    fn lost(&self, why: &str) -> Post {
        let unknown = agents::Error::Corrupt(self.name.to_string());
        let next = "Operator: run `make-credentials-mcp doctor`.".to_owned();
        Post {
            make: Err(NotReady {
                problem: format!("The way to Make that was configured cannot be read: {why}."),
                next,
            }),
            ..self.nobody(Standing::Pending, &unknown)
        }
    }

    /// An agent that may do nothing, for a name that stands for none.
    fn nobody(&self, standing: Standing, error: &agents::Error) -> Post {
        let next = if let agents::Error::Unknown(name) = error {
            format!("Operator: `make-credentials-mcp agent add {name}`.")
        } else {
            "Operator: run `make-credentials-mcp doctor`.".to_owned()
        };
        Post {
            agent: Agent {
                name: self.name.clone(),
                standing,
                grants: Grants::none(),
            },
            creation: None,
            make: Err(NotReady {
                problem: format!("Nothing can be done: {error}."),
                next,
            }),
            token_since: None,
        }
    }

    /// Looks again whether the store can be read, until it can or the agent is another one.
    async fn try_again(self: Arc<Self>, session: Session) {
        let mut changes = session.changes();
        changes.mark_unchanged();
        loop {
            tokio::select! {
                _ = changes.changed() => return,
                () = tokio::time::sleep(STORE_PAUSE) => {}
            }
            let Ok(agent) = self.registry.get(&self.name).await else {
                return;
            };
            let post = self.post(&agent).await;
            if post.make.is_ok() && !changes.has_changed().unwrap_or(true) {
                drop(session.switch(post));
                return;
            }
        }
    }

    /// Reads the token once more after Make has refused it.
    fn reload(self: Arc<Self>, session: Session) -> crate::tools::Reload {
        Arc::new(move |refused: String| {
            let (finder, session) = (Arc::clone(&self), session.clone());
            Box::pin(async move {
                let mut changes = session.changes();
                changes.mark_unchanged();
                let agent = finder.registry.get(&finder.name).await.ok()?;
                let post = finder.post(&agent).await;
                let client = post.make.as_ref().ok()?.clone();
                // What was changed meanwhile counts more than what was read before.
                if client.fingerprint() == refused || changes.has_changed().unwrap_or(true) {
                    return None;
                }
                // Calls that work with the refused token end by themselves.
                drop(session.switch(post));
                Some(client)
            })
        })
    }
}

impl Narrow {
    fn apply(&self, grants: &mut Grants) {
        if self.read_only {
            grants.access = Access::Read;
        }
        if let Some(only) = &self.toolsets {
            grants.toolsets.retain(|toolset| only.contains(toolset));
            grants.allowed_tools.retain(|tool| {
                let entry = crate::tools::ALL.iter().find(|e| e.spec.name == tool);
                entry.is_some_and(|entry| only.contains(&entry.spec.toolset))
            });
        }
    }
}
