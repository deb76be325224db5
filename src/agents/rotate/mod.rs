//! A token for an agent, from the intent to the end of the former one: the first one (issued or
//! adopted) and every later one go the same journalled way (`machine`), one at a time for each
//! Make user. What a kill interrupts, [`recover`] finishes or undoes.

mod acts;
mod begin;
#[cfg(test)]
mod explore;
mod machine;
mod work;

pub(super) use machine::Trial;

pub use begin::{First, Given, adopt, issue, replace, take_over};

use std::time::Duration;

use machine::{Holds, Journal, Replaces, Step, Why};

use super::desk::{Desk, lock_name};
use super::operator::Operator;
use super::{Entry, Error, TokenFacts};
use crate::grants::Standing;
use crate::make::Zone;
use crate::state::{Lock, RotationRow};
use work::Work;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The agent has its new token, and the former one is gone or not ours to take away.
    Done,
    /// Everything is as it was before.
    Undone,
    /// It goes no further now; a later command takes it up again.
    Unfinished,
}

/// What was done, in sentences for the operator.
#[derive(Debug, Clone)]
pub struct Report {
    /// The agent.
    pub agent: String,
    /// How it ended.
    pub ended: Ended,
    /// What was done, step by step.
    pub lines: Vec<String>,
}

/// Finishes or undoes what an earlier command left unfinished: what was issued by this operator's
/// Make user, and what was given to us. `held` is the lock of the caller; what another command
/// is working on is left to it.
pub async fn recover(
    desk: &Desk,
    operator: Option<&Operator>,
    held: &Lock,
) -> Result<Vec<Report>, Error> {
    let mut reports = Vec::new();
    for row in desk.state().rotations().await? {
        let mine = operator.is_some_and(|operator| is_of(&row, operator));
        if mine || row.given {
            let zone = Zone::kept(&row.zone).map_err(|_| Error::Corrupt(row.agent.clone()))?;
            let user = u64::try_from(row.make_user).unwrap_or_default();
            let name = lock_name(&zone, user);
            let _lock = if held.name() == name {
                None
            } else {
                match desk.state().lock(&name, Duration::ZERO).await? {
                    Some(lock) => Some(lock),
                    None => continue,
                }
            };
            // The other command may have ended it until it let go.
            if !desk.state().rotations().await?.contains(&row) {
                continue;
            }
            let mut work = Work::take_up(desk, operator.filter(|_| mine), row).await?;
            reports.push(work.run().await?);
        }
    }
    Ok(reports)
}

fn is_of(row: &RotationRow, operator: &Operator) -> bool {
    row.zone == operator.zone().to_string()
        && u64::try_from(row.make_user) == Ok(operator.user().number())
}

/// A row of the journal, read and checked.
#[derive(Debug, Clone)]
struct Page {
    row: RotationRow,
    journal: Journal,
    old: Option<TokenFacts>,
    new: TokenFacts,
}

impl Page {
    fn read(row: RotationRow) -> Result<Self, Error> {
        let corrupt = || Error::Corrupt(row.agent.clone());
        let old: Option<TokenFacts> = serde_json::from_str(&row.old).map_err(|_| corrupt())?;
        let new: TokenFacts = serde_json::from_str(&row.new).map_err(|_| corrupt())?;
        let step = match row.step.as_str() {
            "intent" => Step::Intent,
            "stored" => Step::Stored,
            "verified" => Step::Verified,
            "switched" => Step::Switched,
            _ => return Err(corrupt()),
        };
        let replaces = match &old {
            None => Replaces::Nothing,
            Some(TokenFacts { label: None, .. }) => Replaces::Foreign,
            Some(_) => Replaces::Ours,
        };
        let given = row.given;
        Ok(Self {
            journal: Journal {
                step,
                replaces,
                given,
            },
            row,
            old,
            new,
        })
    }

    fn turn(&mut self, step: Step) {
        self.journal.step = step;
        name(step).clone_into(&mut self.row.step);
    }

    /// Whether this is the new token: by its unique label, and where somebody else made it by its
    /// first characters.
    fn is_new(&self, token: &super::entry::Token) -> bool {
        match &self.new.label {
            Some(label) => token.label.as_ref() == Some(label),
            None => token.prefix() == self.new.prefix,
        }
    }

    fn is_old(&self, token: &super::entry::Token) -> bool {
        let prefix = token.prefix();
        self.old.as_ref().is_some_and(|old| old.prefix == prefix)
    }

    fn holds(&self, entry: &Entry) -> Holds {
        let next = entry.next.as_ref().is_some_and(|next| self.is_new(next));
        match (&entry.former, self.is_new(&entry.token)) {
            (Some(_), true) => Holds::NewAndFormer,
            (None, true) => Holds::New,
            (_, false) if next => Holds::OldAndNext,
            (_, false) if self.is_old(&entry.token) => Holds::Old,
            (_, false) => Holds::Other,
        }
    }
}

fn name(step: Step) -> &'static str {
    match step {
        Step::Intent => "intent",
        Step::Stored => "stored",
        Step::Verified => "verified",
        Step::Switched => "switched",
    }
}

fn because(why: Why) -> &'static str {
    match why {
        Why::Store => "the store does not answer or does not take the token",
        Why::NewAlone => "the store holds the new token alone, and Make does not let it work",
        Why::PutBack => "the store holds the former token again, or none; a copy was put back",
        Why::Servers => "a process still works with the former token",
        Why::NewSilent => "the new token does not answer now, so the former one is kept",
        Why::FormerLeft => "Make has not taken the former token away",
    }
}

/// Whether an agent may still get a token.
fn stands(standing: Standing) -> bool {
    match standing {
        Standing::Pending | Standing::Active => true,
        Standing::Revoked => false,
    }
}
