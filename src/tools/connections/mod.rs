//! Connections of a team as tools.

mod access;
mod create;
mod delete;
mod editable;
mod families;
mod find_reusable;
mod get;
mod list;
mod secrets;
mod update;
mod verify;

pub(super) use access::{ListAccess, RemoveAccess, SetAccess};
pub(super) use create::Create;
pub(super) use delete::Delete;
pub(super) use editable::ListEditableParameters;
pub(super) use find_reusable::FindReusable;
pub(super) use get::Get;
pub(super) use list::List;
pub(super) use update::Update;
pub(super) use verify::{CheckScopes, Verify};
