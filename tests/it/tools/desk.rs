//! An agent at work on a zone of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use make_credentials_mcp::grants::{Access, Agent, Confirmation, Grants, Standing, Teams, Toolset};
use make_credentials_mcp::ids::TeamId;
use make_credentials_mcp::make;
use make_credentials_mcp::sandbox::{Options, Sandbox};
use make_credentials_mcp::secret::{Scrubber, Secret};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{ALL, CallContext, Outcome, Session};
use serde_json::{Value, json};

/// A zone with one agent on it. The agent may do everything in every team, and nobody is asked,
/// unless a test says otherwise.
pub(crate) struct Desk {
    pub(crate) zone: Sandbox,
    token: String,
    grants: Grants,
    answer_cap_bytes: usize,
    home: PathBuf,
    session: Session,
}

impl Desk {
    /// All teams, and a standing yes.
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let zone = Sandbox::start(options).await.unwrap();
        let token = zone.operator_token().to_owned();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = format!("mcm-desk-{}-{number}", std::process::id());
        let home = std::env::temp_dir().join(home);
        let grants = Grants {
            teams: Teams::All,
            access: Access::Write,
            toolsets: Toolset::ALL.into_iter().collect(),
            allowed_tools: [].into(),
            denied_tools: [].into(),
            confirmation: Confirmation::Never,
            allow_plaintext: false,
            expires_at: None,
        };
        let session = session(&zone, &token, &grants, 32 * 1024, &home);
        Self {
            zone,
            token,
            grants,
            answer_cap_bytes: 32 * 1024,
            home,
            session,
        }
    }

    /// The same agent with other grants, in a process that has seen nothing yet.
    pub(crate) fn granted(mut self, change: impl FnOnce(&mut Grants)) -> Self {
        change(&mut self.grants);
        self.restarted()
    }

    /// Bound to these teams.
    pub(crate) fn bound_to(self, teams: &[u64]) -> Self {
        let teams = teams.iter().map(|&team| TeamId::new(team).unwrap());
        let teams = Teams::Only(teams.collect());
        self.granted(|grants| grants.teams = teams)
    }

    pub(crate) fn answering_at_most(mut self, bytes: usize) -> Self {
        self.answer_cap_bytes = bytes;
        self.restarted()
    }

    pub(crate) fn with_token(mut self, token: String) -> Self {
        self.token = token;
        self.restarted()
    }

    /// Another process of the same home.
    pub(crate) fn restarted(mut self) -> Self {
        self.session = session(
            &self.zone,
            &self.token,
            &self.grants,
            self.answer_cap_bytes,
            &self.home,
        );
        self.zone.clear_requests();
        self
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Nothing can be kept on this machine.
    pub(crate) fn without_home(mut self) -> Self {
        self.home = PathBuf::from("/dev/null/nowhere");
        self.restarted()
    }

    async fn outcome(&self, tool: &str, arguments: Value) -> Outcome {
        let arguments = arguments.as_object().unwrap().clone();
        let context = CallContext::default();
        let never = std::future::pending();
        self.session.call(tool, arguments, context, never).await
    }

    /// The answer of a call that has to succeed.
    pub(crate) async fn answer(&self, tool: &str, arguments: Value) -> Value {
        match self.outcome(tool, arguments).await {
            Outcome::Answer(answer) => {
                let answer = Value::Object(answer);
                check_form(tool, &answer);
                answer
            }
            other => panic!("{tool}: {other:?}"),
        }
    }

    /// The failure of a call that has to fail.
    pub(crate) async fn failure(&self, tool: &str, arguments: Value) -> Value {
        match self.outcome(tool, arguments).await {
            Outcome::Failed(failure) => {
                let next = failure.next.chars().count();
                assert!(next > 0 && next <= 120, "{}", failure.next);
                json!(failure)
            }
            other => panic!("{tool}: {other:?}"),
        }
    }

    /// What the zone got: method and target below `/api/v2`, brackets readable, no columns.
    pub(crate) fn sent(&self) -> Vec<String> {
        let line = |request: make_credentials_mcp::sandbox::RecordedRequest| {
            let target = request.target.replace("%5B", "[").replace("%5D", "]");
            let target = target.strip_prefix("/api/v2").unwrap_or(&target);
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let query: Vec<&str> = query
                .split('&')
                .filter(|pair| !pair.is_empty() && !pair.starts_with("cols[]="))
                .collect();
            let mark = if query.is_empty() { "" } else { "?" };
            format!("{} {path}{mark}{}", request.method, query.join("&"))
        };
        self.zone.requests().into_iter().map(line).collect()
    }

    /// The last body that the zone got.
    pub(crate) fn last_body(&self) -> Value {
        let requests = self.zone.requests();
        let with_body = requests.iter().rev().find(|r| !r.body.is_empty());
        serde_json::from_slice(&with_body.unwrap().body).unwrap()
    }
}

/// Clients check answers against the output schema, so every answer has to fit it.
fn check_form(tool: &str, answer: &Value) {
    let entry = ALL.iter().find(|entry| entry.spec.name == tool).unwrap();
    let schema = Value::Object(entry.schemas().output.as_ref().clone());
    if let Err(error) = jsonschema::validate(&schema, answer) {
        panic!("{tool}: {error} at {}", error.instance_path());
    }
    let next = answer.get("next").and_then(Value::as_str).unwrap_or("");
    assert!(next.chars().count() <= 120, "{next}");
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

fn session(
    zone: &Sandbox,
    token: &str,
    grants: &Grants,
    cap: usize,
    home: &std::path::Path,
) -> Session {
    let access = make::Access {
        token: Secret::new(token.to_owned()),
        zone: make::Zone::parse(&zone.zone()).unwrap(),
    };
    let agent = Agent {
        name: "env".parse().unwrap(),
        standing: Standing::Active,
        grants: grants.clone(),
    };
    let state = State::at(Some(home.to_owned()));
    let client = make::Client::new(access);
    Session::new(agent, Ok(client), Scrubber::default(), state, cap)
}
