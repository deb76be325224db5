//! A zone with sessions on it: what most tests start from.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use make_credentials_mcp::audit::Trail;
use make_credentials_mcp::clock::Clock;
use make_credentials_mcp::config::Variables;
use make_credentials_mcp::grants::{
    Access, Agent, Binding, Confirmation, Grants, Standing, Teams, Toolset,
};
use make_credentials_mcp::ids::TeamId;
use make_credentials_mcp::make::{self, Client, Zone};
use make_credentials_mcp::network::Network;
use make_credentials_mcp::sandbox::{Options, RecordedRequest, Sandbox};
use make_credentials_mcp::secret::{Scrubber, Secret, Strength};
use make_credentials_mcp::secrets::{SecretReference, Stores};
use make_credentials_mcp::state::{NamedSecretRow, State};
use make_credentials_mcp::tools::{ALL, CallContext, Failure, KeySource, Outcome, Session};
use serde_json::{Map, Value};

/// A zone and a home folder of its own.
pub(crate) struct World {
    pub(crate) zone: Sandbox,
    pub(crate) home: PathBuf,
}

/// What a test says of its agent; the rest is the widest there is.
#[derive(Clone)]
pub(crate) struct With {
    pub(crate) name: &'static str,
    pub(crate) teams: Option<Vec<u64>>,
    pub(crate) access: Access,
    pub(crate) toolsets: Vec<Toolset>,
    pub(crate) confirmation: Confirmation,
    pub(crate) allow_plaintext: bool,
    pub(crate) token: Option<String>,
    pub(crate) cap_bytes: usize,
}

impl Default for With {
    fn default() -> Self {
        Self {
            name: "env",
            teams: None,
            access: Access::Write,
            toolsets: Toolset::ALL.to_vec(),
            confirmation: Confirmation::Ask,
            allow_plaintext: false,
            token: None,
            cap_bytes: 32 * 1024,
        }
    }
}

impl With {
    pub(crate) fn agent(&self) -> Agent {
        let teams = |ids: Vec<u64>| {
            Teams::Only(ids.into_iter().map(|id| TeamId::new(id).unwrap()).collect())
        };
        Agent {
            name: self.name.parse().unwrap(),
            standing: Standing::Active,
            grants: Grants {
                teams: self.teams.clone().map_or(Teams::All, teams),
                access: self.access,
                toolsets: self.toolsets.iter().copied().collect(),
                allowed_tools: BTreeSet::new(),
                denied_tools: BTreeSet::new(),
                confirmation: self.confirmation,
                allow_plaintext: self.allow_plaintext,
                expires_at: None,
            },
        }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of(Options::default()).await
    }

    pub(crate) async fn of(options: Options) -> Self {
        let zone = Sandbox::start(options).await.unwrap();
        let port = zone.zone().rsplit(':').next().unwrap().to_owned();
        let home = std::env::temp_dir().join(format!("mcm-{}-{port}", std::process::id()));
        Self { zone, home }
    }

    /// An agent of every team that may do everything but destroy.
    pub(crate) fn session(&self) -> Session {
        self.with(With::default())
    }

    /// An agent of these teams.
    pub(crate) fn bound(&self, teams: &[u64]) -> Session {
        self.with(With {
            teams: Some(teams.to_vec()),
            ..With::default()
        })
    }

    /// An agent with the operator's standing yes.
    pub(crate) fn sure(&self) -> Session {
        self.with(With {
            confirmation: Confirmation::Never,
            ..With::default()
        })
    }

    pub(crate) fn with(&self, with: With) -> Session {
        self.assembled(with).approving(approval_key())
    }

    /// The same, telling the time by this clock.
    pub(crate) fn with_clock(&self, with: With, clock: Clock) -> Session {
        self.assembled(with).approving_by(approval_key(), clock)
    }

    fn assembled(&self, with: With) -> Session {
        let agent = with.agent();
        let token = with
            .token
            .unwrap_or_else(|| self.zone.operator_token().to_owned());
        let token = Secret::new(token);
        let scrubber = Scrubber::default();
        scrubber.add(&token, Strength::Token);
        let zone = Zone::parse(&self.zone.zone()).unwrap();
        let client = Client::new(make::Access { token, zone });
        let state = State::at(Some(self.home.clone()));
        let session = Session::new(agent, Ok(client), scrubber, state, with.cap_bytes);
        let stores = self.stores();
        session
            .recording(Trail::at(Some(self.home.clone()), crate::trail::key()))
            .keeping(Arc::new(move |at| {
                let stores = stores.clone();
                Box::pin(async move { stores.get(&at).await })
            }))
    }

    /// The stores of secrets of this home.
    pub(crate) fn stores(&self) -> Stores {
        let no_variables = Variables::from(|_| None);
        Stores::at(Some(self.home.clone()), &no_variables, &Network::default())
    }

    /// Keeps a named secret, as `secret set` does.
    pub(crate) async fn keep(&self, name: &str, value: &str, binding: &Binding) {
        let at = SecretReference::default_for(&format!("named/{name}"));
        let value = Secret::new(value.to_owned());
        self.stores().put(&at, &value).await.unwrap();
        let row = NamedSecretRow {
            name: name.to_owned(),
            store: at.to_string(),
            binding: serde_json::to_string(binding).unwrap(),
            since: 0,
        };
        let state = State::at(Some(self.home.clone()));
        state.keep_named_secret(row).await.unwrap();
    }

    /// What arrived at the zone, as `METHOD /path?query`, without the columns asked for.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.zone.requests().iter().map(line).collect()
    }

    /// The JSON body of the last request.
    pub(crate) fn last_body(&self) -> Value {
        let requests = self.zone.requests();
        let with_body = requests
            .iter()
            .rev()
            .find(|request| !request.body.is_empty());
        serde_json::from_slice(&with_body.unwrap().body).unwrap()
    }
}

/// The key of approvals that every test shares.
pub(crate) fn approval_key() -> KeySource {
    std::sync::Arc::new(|| Box::pin(async { Ok(Secret::new("E".repeat(43))) }))
}

impl Drop for World {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

fn line(request: &RecordedRequest) -> String {
    let target = request
        .target
        .strip_prefix("/api/v2")
        .unwrap_or(&request.target);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("cols"))
        .collect();
    let mark = if rest.is_empty() { "" } else { "?" };
    format!("{} {path}{mark}{}", request.method, rest.join("&"))
}

/// A call that is expected to be about tools that exist and to be answered.
pub(crate) async fn call(
    session: &Session,
    tool: &str,
    arguments: Value,
) -> Result<Value, Failure> {
    let arguments: Map<String, Value> = arguments.as_object().unwrap().clone();
    let never = std::future::pending();
    match session
        .call(tool, arguments, CallContext::default(), never)
        .await
    {
        Outcome::Answer(answer) => {
            let answer = Value::Object(answer.fields);
            fits_its_schema(tool, &answer);
            Ok(answer)
        }
        Outcome::Failed(failure) => {
            assert!(
                !failure.next.is_empty(),
                "{tool}: a refusal without a next step"
            );
            assert!(failure.next.chars().count() <= 120, "{}", failure.next);
            Err(failure)
        }
        Outcome::Cancelled => panic!("{tool} was cancelled"),
        Outcome::UnknownTool(_) => panic!("there is no tool {tool}"),
        Outcome::Asks(_) | Outcome::BadState => panic!("{tool}: nobody can be asked here"),
    }
}

/// Clients check each answer with the schema that the tool is listed with.
fn fits_its_schema(tool: &str, answer: &Value) {
    let known = ALL.iter().find(|entry| entry.spec.name == tool);
    let schema = Value::Object((*known.unwrap().schemas().output).clone());
    let fits = jsonschema::validate(&schema, answer);
    assert!(fits.is_ok(), "{tool}: {fits:?}");
}
