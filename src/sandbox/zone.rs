//! The handle on a running zone: what tests, benches and the demo steer it with.

use std::future::{Future, ready};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::chance::{CANARY, is_token};
use super::exchange::Shared;
use super::fault::Fault;
use super::model::State;
use super::model::connection::Verdict;
use super::model::token::Token;
use super::options::{Options, Person};
use super::person::Act;
use super::record::RecordedRequest;
use super::scopes;
use super::seed::{self, seeded};
use super::server::Server;

/// A running zone. It has a thread of its own, so blocking callers may use it too; dropping it stops it.
pub struct Sandbox {
    zone: String,
    operator_token: String,
    shared: Arc<Shared>,
    _server: Server,
}

impl Sandbox {
    /// Binds 127.0.0.1 and nothing else, fills the zone and starts answering.
    ///
    /// # Errors
    /// If the port is taken, or the operator token given is not a simulated one.
    pub fn start(options: Options) -> impl Future<Output = io::Result<Self>> + Send {
        ready(Self::start_blocking(options))
    }

    /// As `start`, for callers without a runtime.
    ///
    /// # Errors
    /// As `start`.
    pub fn start_blocking(options: Options) -> io::Result<Self> {
        if options
            .operator_token
            .as_deref()
            .is_some_and(|token| !is_simulated(token))
        {
            let message = format!("a simulated token is a UUID of version 4 that ends in {CANARY}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let port = listener.local_addr()?.port();
        let given = options.operator_token.clone();
        let mut state = State::new(port, options)?;
        seed::fill(&mut state);
        let scopes = owned(scopes::ORDINARY);
        let operator_token = match given {
            Some(value) => {
                let (label, created) = ("Operator".to_owned(), state.clock.unique());
                state.admit(Token {
                    value,
                    user: seeded::JANE,
                    label,
                    scopes,
                    created,
                    made: Instant::now(),
                    ends: None,
                })
            }
            None => state.issue(seeded::JANE, "Operator", scopes),
        };
        let zone = state.zone.clone();
        let shared = Arc::new(Shared::new(state));
        let server = Server::start(listener, Arc::clone(&shared))?;
        Ok(Self {
            zone,
            operator_token: operator_token.value,
            shared,
            _server: server,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn zone(&self) -> String {
        self.zone.clone()
    }

    /// Jane's token with every scope an ordinary user can have.
    pub fn operator_token(&self) -> &str {
        &self.operator_token
    }

    /// A further token of the same user.
    pub fn issue_token(&self, label: &str, scopes: &[&str]) -> String {
        self.issue_token_for(seeded::JANE, label, scopes)
    }

    /// A token of another user.
    pub fn issue_token_for(&self, user_id: u64, label: &str, scopes: &[&str]) -> String {
        self.shared
            .state()
            .issue(user_id, label, owned(scopes))
            .value
    }

    /// A token made in the same millisecond as the one with this label, which Make's API cannot tell
    /// apart from it.
    pub fn issue_twin_of(&self, label: &str) -> Option<String> {
        let mut state = self.shared.state();
        let first = state.tokens.iter().find(|token| token.label == label)?;
        let (user, created) = (first.user, first.created);
        let twin = state.issue(user, "twin", owned(&["user:read"]));
        let twin = state
            .tokens
            .iter_mut()
            .find(|token| token.value == twin.value)?;
        twin.created = created;
        Some(twin.value.clone())
    }

    /// The labels of the tokens that are in force.
    pub fn live_labels(&self) -> Vec<String> {
        let state = self.shared.state();
        let live = state.tokens.iter().filter(|token| token.answers());
        live.map(|token| token.label.clone()).collect()
    }

    /// How long a list leaves a new token out, and how long a deleted one goes on working.
    pub fn set_token_habits(&self, list_lag: Duration, grace: Duration) {
        let options = &mut self.shared.state().options;
        options.token_list_lag = list_lag;
        options.token_grace = grace;
    }

    /// The token answers 401 from now on.
    pub fn revoke_token(&self, token: &str) {
        self.shared
            .state()
            .tokens
            .retain(|known| known.value != token);
    }

    /// Everything that arrived, in order.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.log().all()
    }

    /// Forgets what arrived so far.
    pub fn clear_requests(&self) {
        self.shared.log().clear();
    }

    /// Makes something go wrong.
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().add(fault);
    }

    /// Everything goes right again.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Changes who the simulated person is.
    pub fn set_person(&self, person: Person) {
        self.shared.state().options.person = person;
    }

    /// Someone acts on a request (by its page's address or id) or on one credential (by its id).
    ///
    /// # Errors
    /// If there is no such thing, or its time is over.
    pub fn act(&self, target: &str, act: &Act) -> Result<(), String> {
        self.shared.state().act(target, act)
    }

    /// The person authorizes all that is open in a request, or one credential.
    ///
    /// # Errors
    /// As `act`.
    pub fn person_authorizes(&self, target: &str) -> Result<(), String> {
        self.act(target, &Act::Authorize)
    }

    /// The person declines all that is open in a request, or one credential.
    ///
    /// # Errors
    /// As `act`.
    pub fn person_declines(&self, target: &str, reason: &str) -> Result<(), String> {
        self.act(target, &Act::Decline(reason.to_owned()))
    }

    /// The person finishes a Bridge flow (by its page's address or id).
    ///
    /// # Errors
    /// If there is no such flow.
    pub fn person_finishes_flow(&self, target: &str) -> Result<(), String> {
        let id = target.rsplit('/').next().unwrap_or(target);
        self.shared.state().finish_flow(id)
    }

    /// The provider refuses the connection from now on, with this message.
    pub fn provider_refuses(&self, connection_id: u64, message: &str) {
        if let Some(connection) = self.shared.state().connections.get_mut(&connection_id) {
            connection.verdict = Verdict::Refused(message.to_owned());
        }
    }

    /// The parameters stored in a connection, for comparing with what was sent.
    pub fn stored_in_connection(&self, connection_id: u64) -> Option<Value> {
        let state = self.shared.state();
        state
            .connections
            .get(&connection_id)
            .map(|found| Value::Object(found.data.clone()))
    }

    /// The parameters stored in a key, for comparing with what was sent.
    pub fn stored_in_key(&self, key_id: u64) -> Option<Value> {
        let state = self.shared.state();
        state
            .keys
            .get(&key_id)
            .map(|found| Value::Object(found.parameters.clone()))
    }

    /// The tokens that are in force, whole.
    pub fn live_tokens(&self) -> Vec<String> {
        self.shared
            .state()
            .tokens
            .iter()
            .filter(|token| token.answers())
            .map(|token| token.value.clone())
            .collect()
    }
}

fn is_simulated(token: &str) -> bool {
    is_token(token) && token.ends_with(CANARY)
}

fn owned(scopes: &[&str]) -> Vec<String> {
    scopes.iter().map(|&scope| scope.to_owned()).collect()
}
