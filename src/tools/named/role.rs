//! What a field of a key, of a connection or of a form can be for.

use serde_json::Value;

use super::values;

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tools) enum Role {
    /// Known to hold neither a secret nor a place.
    Plain,
    /// It says where the key or the connection goes.
    Where,
    /// Known to hold a secret, and therefore no place.
    Secret,
    /// Not known: a secret, a place, or both.
    SecretOrPlace,
    /// Make does not list it for this type. It takes no named secret either.
    Undeclared,
}

impl Role {
    /// Whether a named secret may stand there.
    pub(in crate::tools) fn takes_secret(self) -> bool {
        matches!(self, Self::Secret | Self::SecretOrPlace)
    }

    /// Whether it may decide where something goes.
    pub(in crate::tools) fn may_be_place(self) -> bool {
        matches!(self, Self::Where | Self::SecretOrPlace | Self::Undeclared)
    }

    /// Whether it may hold a secret.
    pub(in crate::tools) fn may_be_secret(self) -> bool {
        !matches!(self, Self::Plain | Self::Where)
    }

    /// The role of a field with this value, which can only make it more careful.
    pub(in crate::tools) fn with(self, name: &str, value: &Value) -> Self {
        if self.may_be_secret() || values::is_harmless(name, value) {
            self
        } else {
            Self::SecretOrPlace
        }
    }

    /// The more careful of two roles that one field is declared with.
    pub(super) fn and(self, other: Self) -> Self {
        use Role::{Plain, Secret, SecretOrPlace, Where};
        match (self, other) {
            (Plain, role) | (role, Plain) => role,
            (Where, Where) => Where,
            (Secret, Secret) => Secret,
            _ => SecretOrPlace,
        }
    }
}

/// A field of a key or a connection, as it was given.
#[derive(Debug, Clone, Copy)]
pub(in crate::tools) struct Field<'a> {
    pub(in crate::tools) name: &'a str,
    pub(in crate::tools) value: &'a Value,
    pub(in crate::tools) role: Role,
}
