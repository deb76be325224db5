//! Connections of a team as tools.

mod list;

pub(super) use list::List;
