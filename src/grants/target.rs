//! Where a call lands.

use std::fmt;

use crate::ids::{ConnectionId, CredentialId, FlowId, KeyId, RequestId, TeamId, TemplateId};

/// Where a call lands, as its arguments say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// On nothing of a team: the user, public templates, types of keys, an organization.
    Account,
    /// On a team, or on the agent's only one when none is named.
    Team(Option<TeamId>),
    /// On an object whose answer does not say whose it is, or that is going to be changed: its
    /// team is looked up before anything else happens.
    Object(Object),
    /// On a credential of a request, which is to be changed. It has no address of its own at Make,
    /// so the arguments may name its request.
    Credential(CredentialId, Option<RequestId>),
    /// On an object that is only read and whose answer carries its team: checked when it comes.
    Answer(Object),
}

/// An object of a team, named by its id alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Object {
    /// A connection.
    Connection(ConnectionId),
    /// A key.
    Key(KeyId),
    /// A template.
    Template(TemplateId),
    /// A credential request.
    Request(RequestId),
    /// A credential of a request; it has no address of its own at Make.
    Credential(CredentialId),
    /// A Bridge flow, which does not say whose it is.
    Flow(FlowId),
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(id) => write!(f, "connection {id}"),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Template(id) => write!(f, "template {id}"),
            Self::Request(id) => write!(f, "credential request {id}"),
            Self::Credential(id) => write!(f, "credential {id}"),
            Self::Flow(id) => write!(f, "flow {id}"),
        }
    }
}
