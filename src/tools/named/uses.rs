//! The named secrets that a call carries, with what stands beside them.

use serde_json::Value;

use super::role::Role;
use crate::ids::{ConnectionId, SecretName};

/// A named secret that a call carries.
#[derive(Debug)]
pub(super) struct Use {
    /// The field, without the argument that holds it.
    pub(super) field: String,
    pub(super) name: SecretName,
}

/// The fields of a connection that could be edited when the call was checked.
#[derive(Debug)]
pub(in crate::tools) struct EditableSchema {
    pub(in crate::tools) id: ConnectionId,
    pub(in crate::tools) names: Vec<String>,
}

/// The named secrets of a call, with what it takes to ask once more whether they may go there.
#[derive(Debug, Default)]
pub(in crate::tools) struct Uses {
    pub(super) inside: &'static str,
    pub(super) type_name: Option<String>,
    pub(super) list: Vec<Use>,
    pub(super) beside: Vec<(String, Value, Role)>,
    pub(super) stays: Vec<String>,
    /// The fields that there are, where Make says so.
    pub(super) known: Option<Vec<String>>,
    pub(super) schema: Option<EditableSchema>,
    pub(super) hidden: Vec<String>,
}

impl Uses {
    /// Whether the call carries none.
    pub(in crate::tools) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Their names.
    pub(in crate::tools) fn names(&self) -> impl Iterator<Item = &SecretName> {
        self.list.iter().map(|one| &one.name)
    }

    /// Whether the value of this field may be a secret, so that no plan shows it.
    pub(in crate::tools) fn hides(&self, field: &str) -> bool {
        self.hidden.iter().any(|hidden| hidden == field)
    }
}
