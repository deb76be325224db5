//! An embedded Make zone: a stateful simulation of Make's REST API on loopback, with simulated tokens, a
//! simulated person and faults on demand. It holds no real secret and reaches no network.

mod answer;
mod api;
mod call;
mod chance;
mod check;
mod clock;
mod columns;
mod control;
mod delivery;
mod exchange;
mod fault;
mod model;
mod options;
mod page;
mod person;
mod record;
mod said;
mod scopes;
mod seed;
mod server;
mod target;
#[cfg(test)]
mod tests;
mod zone;

pub use chance::CANARY;
pub use fault::{Effect, Fault, Feature};
pub use options::{Options, Person, TemplatePatch, WiderTokens};
pub use person::Act;
pub use record::RecordedRequest;
pub use seed::seeded;
pub use zone::Sandbox;
