//! The agent itself, its Make user, organizations, teams and API tokens as tools.

mod agent_status;
mod organizations;
mod secrets;
mod teams;
mod tokens;
mod users;

pub(super) use agent_status::AgentStatus;
pub(super) use organizations::{OrganizationsGet, OrganizationsList};
pub(super) use secrets::SecretsList;
pub(super) use teams::{TeamsGet, TeamsList};
pub(super) use tokens::ApiTokensList;
pub(super) use users::{CurrentAuthorization, Me};
