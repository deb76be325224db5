//! Doing what [`super::machine`] says, one action after the other, and remembering what was seen.

use super::machine::{Action, Creation, Holds, Removal, Replaces, Seen, Why, next};
use super::{Ended, Page, Report, because, stands};
use crate::agents::desk::Desk;
use crate::agents::entry::{Entry, Token};
use crate::agents::notes::Note;
use crate::agents::operator::Operator;
use crate::agents::{Error, Registered};
use crate::secrets;
use crate::state::RotationRow;

/// More actions than any way takes: a loop would be a bug, and must not go on for ever.
const MOST: usize = 64;

/// A token on its way to an agent.
pub(super) struct Work<'a> {
    pub(super) desk: &'a Desk,
    pub(super) operator: Option<&'a Operator>,
    pub(super) page: Page,
    pub(super) agent: Option<Registered>,
    pub(super) entry: Option<Entry>,
    /// The new token, while this process knows it.
    pub(super) value: Option<Token>,
    pub(super) seen: Seen,
    lines: Vec<String>,
}

impl<'a> Work<'a> {
    /// Takes up what the journal says. A process that has just begun it says so in `seen`.
    pub(super) async fn take_up(
        desk: &'a Desk,
        operator: Option<&'a Operator>,
        row: RotationRow,
    ) -> Result<Self, Error> {
        let page = Page::read(row)?;
        let mut work = Self {
            desk,
            operator,
            page,
            agent: None,
            entry: None,
            value: None,
            seen: Seen::default(),
            lines: Vec::new(),
        };
        work.meet().await?;
        Ok(work)
    }

    /// Does what is to be done.
    pub(super) async fn run(&mut self) -> Result<Report, Error> {
        for _ in 0..MOST {
            let action = next(self.page.journal, &self.seen);
            if let Some(report) = self.perform(action).await? {
                return Ok(report);
            }
        }
        Ok(self.stop(Why::Store))
    }

    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn report(&mut self, ended: Ended) -> Report {
        Report {
            agent: self.page.row.agent.clone(),
            ended,
            lines: std::mem::take(&mut self.lines),
        }
    }

    /// Does one thing; a report when it was the last.
    async fn perform(&mut self, action: Action) -> Result<Option<Report>, Error> {
        match action {
            Action::Look => self.look().await,
            Action::Create => self.create().await?,
            Action::Store => self.store().await,
            Action::Try => self.seen.trial = Some(self.try_new().await),
            Action::Note(step) => {
                self.page.turn(step);
                self.desk
                    .state()
                    .note_rotation(self.page.row.clone())
                    .await?;
                self.desk.reached(super::name(step));
                self.desk
                    .note(Note::Rotated(&self.page.row.agent, super::name(step)))
                    .await;
            }
            Action::Switch => self.switch().await,
            Action::Record => self.record().await?,
            Action::AwaitServers => self.await_servers().await?,
            Action::RetireFormer => {
                self.seen.former = Some(self.retire("the former token").await?);
            }
            Action::Tidy => self.tidy().await,
            Action::Unstore => self.unstore().await,
            Action::RetireNew => self.seen.spare = Some(self.retire("the new token").await?),
            Action::Close => return self.close().await.map(Some),
            Action::Finish => return self.finish().await.map(Some),
            Action::Stop(why) => return Ok(Some(self.stop(why))),
        }
        Ok(None)
    }

    /// The agent as it is now.
    pub(super) async fn meet(&mut self) -> Result<(), Error> {
        let name = self.page.row.agent.parse();
        let name = name.map_err(|_| Error::Corrupt(self.page.row.agent.clone()))?;
        self.agent = match self.desk.registry.get(&name).await {
            Ok(agent) => Some(agent),
            Err(Error::Unknown(_)) => None,
            Err(error) => return Err(error),
        };
        let stands = self
            .agent
            .as_ref()
            .is_some_and(|agent| stands(agent.standing));
        if !stands && !self.seen.withdrawn {
            self.seen.withdrawn = true;
            self.say("the agent was revoked meanwhile");
        }
        Ok(())
    }

    pub(super) async fn look(&mut self) {
        let Some(agent) = &self.agent else {
            self.seen.holds = Some(Holds::Nothing);
            return;
        };
        let held = self.desk.entry(agent).await;
        let holds = match held {
            Ok(entry) => {
                let holds = self.page.holds(&entry);
                match holds {
                    Holds::OldAndNext => self.value.clone_from(&entry.next),
                    Holds::New | Holds::NewAndFormer => self.value = Some(entry.token.clone()),
                    Holds::Nothing | Holds::Old | Holds::Other | Holds::Unreadable => {}
                }
                self.entry = Some(entry);
                holds
            }
            Err(Error::Store(secrets::Error::Missing { .. })) => {
                self.entry = None;
                Holds::Nothing
            }
            Err(Error::NoEntry(_)) => Holds::Other,
            Err(_) => Holds::Unreadable,
        };
        self.seen.holds = Some(holds);
        self.seen.value |= matches!(holds, Holds::OldAndNext | Holds::New | Holds::NewAndFormer);
    }

    /// Undone: what may still be there at Make is written down.
    async fn close(&mut self) -> Result<Report, Error> {
        let new_agent = self.page.journal.replaces == Replaces::Nothing;
        if let (Some(Creation::Refused), Some(id)) = (self.seen.creation, self.page.row.pending) {
            self.desk.state().erase_pending_revocation(id).await?;
        }
        let forget = new_agent && !self.seen.withdrawn;
        let agent = self.page.row.agent.clone();
        self.desk.state().end_rotation(&agent, forget).await?;
        self.desk.reached("close");
        let undone = match self.seen.spare {
            Some(Removal::Left | Removal::Never) => {
                "undone here; the new token may still be at Make and stays marked for deletion"
            }
            Some(Removal::Gone) | None if forget => "undone: there is no such agent",
            Some(Removal::Gone) | None if self.seen.withdrawn => "ended",
            Some(Removal::Gone) | None => "undone: the agent works with the token it had",
        };
        self.say(undone);
        Ok(self.report(Ended::Undone))
    }

    async fn finish(&mut self) -> Result<Report, Error> {
        let agent = self.page.row.agent.clone();
        self.desk.state().end_rotation(&agent, false).await?;
        self.desk.reached("finish");
        self.desk.note(Note::Rotated(&agent, "done")).await;
        Ok(self.report(Ended::Done))
    }

    fn stop(&mut self, why: Why) -> Report {
        let why = because(why);
        self.say(format!(
            "unfinished: {why}; the next command takes it up again"
        ));
        self.report(Ended::Unfinished)
    }
}
