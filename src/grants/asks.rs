//! Whether a call of a tool needs a person's yes. There is no default, so nobody forgets to say it.

/// Whether a call of a tool needs a person's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// No call does.
    Never,
    /// Some do, as the arguments and the object say.
    Sometimes,
    /// Each does.
    Always,
}
