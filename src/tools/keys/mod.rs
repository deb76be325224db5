//! Keys of a team as tools.

mod change;
mod create;
mod delete;
mod plan;
mod read;
mod secrets;
mod types;

pub(super) use change::Update;
pub(super) use create::Create;
pub(super) use delete::Delete;
pub(super) use read::{Get, List};
pub(super) use types::ListTypes;
