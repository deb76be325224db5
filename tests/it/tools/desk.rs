//! One agent at work on a zone of its own, whose grants a test changes as it goes.

use make_credentials_mcp::grants::{Access, Confirmation};
use make_credentials_mcp::sandbox::Options;
use make_credentials_mcp::tools::Session;
use serde_json::{Value, json};

use crate::world::{With, World, call};

pub(crate) struct Desk {
    pub(crate) world: World,
    with: With,
    session: Session,
}

impl Desk {
    /// All teams, and a standing yes.
    pub(crate) async fn new() -> Self {
        Self::of(Options::default()).await
    }

    pub(crate) async fn of(options: Options) -> Self {
        let world = World::of(options).await;
        let with = With {
            confirmation: Confirmation::Never,
            ..With::default()
        };
        let session = world.with(with.clone());
        Self {
            world,
            with,
            session,
        }
    }

    /// The same agent, granted something else, in a process that has seen nothing yet.
    fn changed(mut self, change: impl FnOnce(&mut With)) -> Self {
        change(&mut self.with);
        self.session = self.world.with(self.with.clone());
        self.world.zone.clear_requests();
        self
    }

    /// The same agent, granted something else.
    pub(crate) fn granted(self, change: impl FnOnce(&mut With)) -> Self {
        self.changed(change)
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Nothing can be remembered on this machine; the trail can be written.
    pub(crate) fn without_home(self) -> Self {
        std::fs::create_dir_all(self.world.home.join("state.db")).unwrap();
        self.restarted()
    }

    pub(crate) fn restarted(self) -> Self {
        self.changed(|_| {})
    }

    pub(crate) fn bound_to(self, teams: &[u64]) -> Self {
        self.changed(|with| with.teams = Some(teams.to_vec()))
    }

    pub(crate) fn confirming(self, confirmation: Confirmation) -> Self {
        self.changed(|with| with.confirmation = confirmation)
    }

    pub(crate) fn with_access(self, access: Access) -> Self {
        self.changed(|with| with.access = access)
    }

    pub(crate) fn answering_at_most(self, bytes: usize) -> Self {
        self.changed(|with| with.cap_bytes = bytes)
    }

    pub(crate) fn with_token(self, token: String) -> Self {
        self.changed(|with| with.token = Some(token))
    }

    /// The answer of a call that has to succeed.
    pub(crate) async fn answer(&self, tool: &str, arguments: Value) -> Value {
        let result = call(&self.session, tool, arguments).await;
        result.unwrap_or_else(|failure| panic!("{tool}: {failure:?}"))
    }

    /// The failure of a call that has to fail.
    pub(crate) async fn failure(&self, tool: &str, arguments: Value) -> Value {
        json!(call(&self.session, tool, arguments).await.unwrap_err())
    }

    /// What the zone got, brackets readable.
    pub(crate) fn sent(&self) -> Vec<String> {
        let readable = |line: String| line.replace("%5B", "[").replace("%5D", "]");
        self.world.sent().into_iter().map(readable).collect()
    }

    /// The last body that the zone got.
    pub(crate) fn last_body(&self) -> Value {
        self.world.last_body()
    }
}

/// The same arguments under a key of their own: the same is to be made once more.
pub(crate) fn anew(mut arguments: Value) -> Value {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    arguments["idempotencyKey"] = json!(format!("{:?}", now.unwrap()));
    arguments
}
