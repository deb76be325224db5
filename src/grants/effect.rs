//! What a tool does to the account. There is no default, so nobody forgets to say it.

use super::Access;

/// What a tool does to the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Reads. Only ever sends GET.
    Read,
    /// Waits for a person by reading again. Only ever sends GET.
    Await,
    /// Makes a page on which a person signs in or types a secret. Destroys nothing.
    Request,
    /// Asks Make to test something by a call that is not a GET; changes nothing.
    Check,
    /// Makes a new object. Doing it twice makes two.
    Create,
    /// Changes an object and can be undone by another change.
    Change,
    /// Changes an object in a way that loses what was there.
    Replace,
    /// Takes an object away.
    Delete,
}

impl Effect {
    /// Whether only GET may be sent: what the annotation `readOnlyHint` says.
    pub fn only_reads(self) -> bool {
        matches!(self, Self::Read | Self::Await)
    }

    /// Whether something may be lost: what the annotation `destructiveHint` says.
    pub fn destroys(self) -> bool {
        matches!(self, Self::Replace | Self::Delete)
    }

    /// Whether a second equal call changes nothing more. Never true of what makes something.
    pub const fn is_idempotent(self) -> bool {
        !matches!(self, Self::Request | Self::Create)
    }

    /// The access that an agent needs for it.
    pub fn access(self) -> Access {
        match self {
            Self::Read => Access::Read,
            Self::Await | Self::Request => Access::Request,
            Self::Check | Self::Create | Self::Change | Self::Replace | Self::Delete => {
                Access::Write
            }
        }
    }
}
