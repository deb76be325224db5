//! Secrets by name: `{"$secret": "NAME"}` in a secret field of a key or a connection stands for a
//! value that the operator keeps. What the agent names is checked here; the value is read when the
//! request's intent is on disk, goes into that one field of that one request, and nowhere else.

mod admit;
pub(super) mod fields;
mod fill;
pub(super) mod names;
mod reference;
mod role;
mod rules;
mod uses;
pub(super) mod values;

use std::sync::Arc;

use super::Later;
use crate::secret::Secret;
use crate::secrets::{self, SecretReference};

pub(super) use admit::{Given, admit, hidden_address, moved_without_secret};
pub(super) use fill::fill;
pub(super) use names::may_be_place;
pub(super) use reference::{misplaced, secret_name};
pub(super) use role::{Field, Role};
pub(super) use rules::bindings;
pub(super) use uses::{EditableSchema, Uses};

/// Reads a secret where it is kept.
pub type SecretSource =
    Arc<dyn Fn(SecretReference) -> Later<Result<Secret, secrets::Error>> + Send + Sync>;

/// The shortest value that is kept by name, in bytes: a shorter one could not be told from
/// ordinary text where Make echoes it.
pub const SHORTEST_SECRET: usize = crate::secret::SHORTEST;

/// The tools that take named secrets, and the argument whose fields may hold them.
pub const SECRET_TAKERS: [(&str, &str); 4] = [
    ("keys_create", "parameters"),
    ("keys_update", "parameters"),
    ("connections_create", "data"),
    ("connections_update", "data"),
];
