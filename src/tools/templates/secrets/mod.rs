//! Secrets in blueprints: masked on their way out, put back on their way in, named in plans.

mod foreign;
mod hide;
mod mask;
mod plan;
mod put_back;

pub(in crate::tools) use hide::{SecretFound, found_in, hide, shown_in};
pub(in crate::tools) use mask::Origin;
pub(in crate::tools) use plan::telling;
pub(super) use put_back::{Goal, as_shown, check, put_back};
