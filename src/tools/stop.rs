//! Why a call brings no answer, and what is said then of what it did before.

use super::consent::Pending;
use super::error::{Code, Failure};
use crate::make::{Departure, Error};

/// Why a call brought no answer.
pub(super) enum Stop {
    Failed(Failure),
    Asks(Pending),
    BadState,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Stop {
    /// What it is for the trail and the log.
    pub(super) fn failure(&self) -> Failure {
        let of = |code| Failure::new(code, "", "");
        match self {
            Self::Failed(failure) => failure.clone(),
            Self::Asks(_) => of(Code::ConfirmationRequired),
            Self::BadState => of(Code::NotConfirmed),
        }
    }
}

/// Why an answer is not given although the work is done.
pub(super) fn unreleased(departure: &Departure) -> Error {
    if departure.count() == 0 {
        return Error::Withheld;
    }
    let why = "it left, but this process could not say in time that it still serves the agent";
    Error::OutcomeUnknown { why }
}

/// An agent that may not work any more hears nothing, except that something had left before.
pub(super) fn cut_off(mut failure: Failure, departure: &Departure) -> Failure {
    let over = matches!(failure.code, Code::AgentRevoked | Code::AgentExpired);
    if over && departure.count() > 0 {
        let before = " A change had left for Make before that; the operator's trail says what is known of it.";
        failure.message.push_str(before);
    }
    failure
}
