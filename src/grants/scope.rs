//! The scopes of a Make API token that our tools need. Names as Make writes them.

use std::fmt;

/// A scope of a Make API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Modules of apps.
    AppsRead,
    /// Connections, and the access list of a locked one.
    ConnectionsRead,
    /// Changing connections; also testing them, which Make counts as writing.
    ConnectionsWrite,
    /// Credential requests.
    CredentialRequestsRead,
    /// Making and changing credential requests.
    CredentialRequestsWrite,
    /// The hooks of a team.
    HooksRead,
    /// Bridge flows.
    InstancesRead,
    /// Starting Bridge flows.
    InstancesWrite,
    /// Keys and their types.
    KeysRead,
    /// Changing keys.
    KeysWrite,
    /// Organizations and their licenses.
    OrganizationsRead,
    /// Teams.
    TeamsRead,
    /// Templates and public templates.
    TemplatesRead,
    /// Changing templates.
    TemplatesWrite,
    /// Users, roles and the masked list of API tokens.
    UserRead,
}

impl Scope {
    /// The name as Make writes it, such as `connections:read`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AppsRead => "apps:read",
            Self::ConnectionsRead => "connections:read",
            Self::ConnectionsWrite => "connections:write",
            Self::CredentialRequestsRead => "credential-requests:read",
            Self::CredentialRequestsWrite => "credential-requests:write",
            Self::HooksRead => "hooks:read",
            Self::InstancesRead => "instances:read",
            Self::InstancesWrite => "instances:write",
            Self::KeysRead => "keys:read",
            Self::KeysWrite => "keys:write",
            Self::OrganizationsRead => "organizations:read",
            Self::TeamsRead => "teams:read",
            Self::TemplatesRead => "templates:read",
            Self::TemplatesWrite => "templates:write",
            Self::UserRead => "user:read",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
