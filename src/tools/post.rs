//! What a session is made of: an agent with its way to Make, and the functions that find one.

use std::pin::Pin;
use std::sync::Arc;

use super::Session;
use crate::grants::Agent;
use crate::make::Client;

/// Why there is no way to Make.
#[derive(Debug, Clone)]
pub struct NotReady {
    /// What is missing.
    pub problem: String,
    /// What the operator has to run or set.
    pub next: String,
}

/// An agent and its way to Make, as they are at one moment.
#[derive(Debug)]
pub struct Post {
    /// The agent.
    pub agent: Agent,
    /// The id of its creation. An agent without one is its token.
    pub creation: Option<String>,
    /// Its way to Make, or why there is none.
    pub make: Result<Client, NotReady>,
    /// Since when its token exists, in seconds since 1970, where that is known.
    pub token_since: Option<i64>,
}

/// A future on the heap.
pub type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Finds the post of an agent at its first request: starting must take no lock and no network.
pub type Starter = Arc<dyn Fn(Session) -> Later<Post> + Send + Sync>;

/// Whether this process may still count on what it knows of its agent.
pub type Lease = Arc<dyn Fn() -> bool + Send + Sync>;

/// Reads the agent's token once more where it is kept, after Make has refused it: another machine
/// may have rotated it. Gets the fingerprint of the one that was refused and gives the client with
/// another one, if there is one; that is in use from then on.
pub type Reload = Arc<dyn Fn(String) -> Later<Option<Client>> + Send + Sync>;
