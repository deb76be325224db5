//! Which failures of an operator's command are refusals: exit code 3, with what to do next.

use super::{Ended, text};
use crate::agents::Error;

/// Prints a failure that is a refusal; passes every other one on.
pub(super) fn told(ended: anyhow::Result<Ended>) -> anyhow::Result<Ended> {
    let error = match ended {
        Ok(ended) => return Ok(ended),
        Err(error) => error,
    };
    let Some(known) = error.downcast_ref::<Error>() else {
        return Err(error);
    };
    let next = next(known);
    text::problem(format!("error: {error:#}"));
    if !next.is_empty() {
        text::problem(next);
    }
    Ok(match known {
        Error::Unknown(_)
        | Error::NameTaken(_)
        | Error::Reserved
        | Error::Revoked(_)
        | Error::Occupied(_)
        | Error::ReadOnly(_)
        | Error::Adopted(_)
        | Error::Issued(_)
        | Error::SameToken(_)
        | Error::TokenRefused { .. }
        | Error::OperatorLacks(_)
        | Error::OtherUser { .. }
        | Error::Busy
        | Error::Unfinished => Ended::Refused,
        Error::Changed(_)
        | Error::Corrupt(_)
        | Error::NoEntry(_)
        | Error::NoToken(_)
        | Error::BadStore
        | Error::BadOperator
        | Error::Random
        | Error::Make(_)
        | Error::Store(_)
        | Error::State(_) => Ended::Failed,
    })
}

fn next(error: &Error) -> String {
    match error {
        Error::Unknown(_) => "`agent list` shows those there are.".to_owned(),
        Error::TokenRefused { .. } => {
            "Check the zone (a token works in its own alone) and that the token is whole."
                .to_owned()
        }
        Error::OperatorLacks(_) => {
            "Make one with user:read and user:write in Make's profile under API access.".to_owned()
        }
        Error::Store(error) => error.next(),
        Error::NameTaken(_)
        | Error::Reserved
        | Error::Revoked(_)
        | Error::Occupied(_)
        | Error::ReadOnly(_)
        | Error::Adopted(_)
        | Error::Issued(_)
        | Error::SameToken(_)
        | Error::OtherUser { .. }
        | Error::Busy
        | Error::Unfinished
        | Error::Changed(_)
        | Error::Corrupt(_)
        | Error::NoEntry(_)
        | Error::NoToken(_)
        | Error::BadStore
        | Error::BadOperator
        | Error::Random
        | Error::Make(_)
        | Error::State(_) => String::new(),
    }
}
