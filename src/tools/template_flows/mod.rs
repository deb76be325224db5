//! Make Bridge flows as tools: a person turns a published template into a scenario.

mod get;
mod start;

pub(super) use get::Get;
pub(super) use start::Start;
