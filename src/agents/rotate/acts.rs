//! The single actions: each does one thing, at Make, in the store or in state.db, and says what came
//! of it.

use super::machine::{Creation, Holds, Removal, Replaces, Step, Trial};
use super::stands;
use super::work::Work;
use crate::agents::desk::ask;
use crate::agents::entry::{Entry, Token};
use crate::agents::notes::Note;
use crate::agents::patience::Patience;
use crate::agents::retire::{self, Retired};
use crate::agents::{Error, Registered, checks, now};
use crate::grants::Standing;
use crate::make::{self, Access, tokens};
use crate::secret::{Secret, Strength};
use crate::state::{PendingRevocation, Switch};

/// How often the change is tried again when something else about the agent changes meanwhile.
const RECORDS: u32 = 5;

impl Work<'_> {
    pub(super) async fn create(&mut self) -> Result<(), Error> {
        self.seen.fresh = false;
        let Some(operator) = self.operator else {
            self.seen.creation = Some(Creation::Refused);
            return Ok(());
        };
        let label = self.page.new.label.clone().unwrap_or_default();
        let scopes: Vec<&str> = self.page.new.scopes.iter().map(String::as_str).collect();
        let made = ask(operator.client(), tokens::create(&label, &scopes)).await;
        self.desk.reached("create");
        match made {
            Ok(made) => {
                let made = made.api_token;
                let token = Token {
                    token: made.token,
                    created: Some(made.created.clone()),
                    label: Some(label),
                };
                let secret = token.token.clone();
                self.desk.scrubber.add(&secret, Strength::Token);
                self.page.new.prefix = token.prefix();
                self.page.new.created = Some(made.created);
                self.value = Some(token);
                self.seen.value = true;
                self.seen.creation = Some(Creation::Made);
                let line = format!("Make issued the token {}…", self.page.new.prefix);
                self.say(line);
                self.name_token().await?;
            }
            Err(error) if nothing_made(&error) => {
                self.seen.creation = Some(Creation::Refused);
                self.say(format!("Make issued no token: {error}"));
                if matches!(error, make::Error::Forbidden(_)) {
                    self.say("perhaps Make gives a token no more than its maker has: tick the agent's scopes on the operator's token too");
                }
            }
            Err(error) => {
                self.seen.creation = Some(Creation::Lost);
                self.say(format!("nobody knows whether Make issued a token: {error}"));
            }
        }
        Ok(())
    }

    /// What Make knows the token by, written down before anything else happens to it.
    async fn name_token(&mut self) -> Result<(), Error> {
        let new = &self.page.new;
        self.page.row.new = serde_json::to_string(new).unwrap_or_default();
        if let (Some(id), Some(created)) = (self.page.row.pending, &new.created) {
            let (prefix, created) = (new.prefix.clone(), created.to_string());
            let state = self.desk.state();
            state.name_pending_revocation(id, prefix, created).await?;
        }
        self.desk
            .state()
            .note_rotation(self.page.row.clone())
            .await?;
        self.desk.reached("named");
        Ok(())
    }

    /// Writes an entry; what came of a failed write, the next look shows.
    pub(super) async fn put(&mut self, entry: Entry, holds: Holds, place: &str) {
        let Some(agent) = &self.agent else { return };
        let kept = self.desk.keep(&agent.store, &entry).await;
        self.desk.reached(place);
        match kept {
            Ok(()) => {
                self.entry = Some(entry);
                self.seen.holds = Some(holds);
            }
            Err(error) => {
                self.seen.holds = None;
                self.say(format!("the store did not take the token: {error}"));
            }
        }
    }

    pub(super) async fn store(&mut self) {
        self.seen.tried.store = true;
        let (Some(value), Some(agent)) = (self.value.clone(), &self.agent) else {
            return;
        };
        if self.page.journal.replaces == Replaces::Nothing {
            let entry = Entry {
                token: value,
                zone: agent.zone.clone(),
                make_user_id: Some(self.page.new.make_user_id),
                next: None,
                former: None,
            };
            return self.put(entry, Holds::New, "store").await;
        }
        self.look().await;
        if let (Some(entry), Some(Holds::Old)) = (self.entry.clone(), self.seen.holds) {
            let entry = Entry {
                next: Some(value),
                former: None,
                ..entry
            };
            self.put(entry, Holds::OldAndNext, "store").await;
        }
    }

    pub(super) async fn switch(&mut self) {
        self.seen.tried.switch = true;
        let Some(entry) = self.entry.clone() else {
            return;
        };
        let Some(next) = entry.next else { return };
        let entry = Entry {
            token: next,
            make_user_id: Some(self.page.new.make_user_id),
            zone: entry.zone,
            next: None,
            former: Some(entry.token),
        };
        self.put(entry, Holds::NewAndFormer, "switch").await;
    }

    pub(super) async fn unstore(&mut self) {
        self.seen.tried.unstore = true;
        let (Some(entry), Some(agent)) = (self.entry.clone(), &self.agent) else {
            return;
        };
        if self.page.journal.replaces != Replaces::Nothing {
            let entry = Entry {
                next: None,
                ..entry
            };
            return self.put(entry, Holds::Old, "unstore").await;
        }
        let forgotten = self.desk.forget(&agent.store).await;
        self.desk.reached("unstore");
        match forgotten {
            Ok(()) => {
                self.entry = None;
                self.seen.holds = Some(Holds::Nothing);
            }
            Err(error) => {
                self.seen.holds = None;
                self.say(format!("the store did not forget the token: {error}"));
            }
        }
    }

    pub(super) async fn tidy(&mut self) {
        self.seen.tried.tidy = true;
        if let Some(entry) = self.entry.clone() {
            let entry = Entry {
                former: None,
                ..entry
            };
            self.put(entry, Holds::New, "tidy").await;
        }
    }

    pub(super) async fn try_new(&mut self) -> Trial {
        let (Some(value), Some(agent)) = (&self.value, &self.agent) else {
            return Trial::Bad;
        };
        let client = self.desk.client(Access {
            token: value.token.clone(),
            zone: agent.zone.clone(),
        });
        let trial = checks::trial(&client, &self.page.new, self.page.journal.given).await;
        self.desk.reached("try");
        match trial {
            Trial::Works if self.page.journal.given => self.say("the token works"),
            Trial::Works => self.say("the new token works, with the scopes it was made for"),
            Trial::Bad => {
                self.say("Make refuses the new token, or it can do other things than asked for");
            }
            Trial::Silent => self.say("Make did not say whether the new token works"),
        }
        trial
    }

    /// Gives the agent its new token, unless it was revoked; other changes meanwhile are kept.
    pub(super) async fn record(&mut self) -> Result<(), Error> {
        for _ in 0..RECORDS {
            self.meet().await?;
            let Some(agent) = self.agent.clone().filter(|agent| stands(agent.standing)) else {
                return Ok(());
            };
            self.page.new.since = now();
            let mut changed = agent.clone();
            changed.standing = Standing::Active;
            changed.token = Some(self.page.new.clone());
            let former = self.former(&agent);
            let mut row = self.page.row.clone();
            super::name(Step::Switched).clone_into(&mut row.step);
            let switch = Switch {
                agent: changed.row()?,
                former,
            };
            if self
                .desk
                .state()
                .switch_rotation(row, switch)
                .await?
                .is_some()
            {
                self.desk.reached("switched");
                self.page.turn(Step::Switched);
                self.page.row.pending = self.pending_row().await?;
                self.meet().await?;
                let prefix = self.page.new.prefix.clone();
                self.say(format!("the agent works with the token {prefix}… now"));
                self.desk
                    .note(Note::Rotated(&self.page.row.agent, "switched"))
                    .await;
                return Ok(());
            }
        }
        Err(Error::Changed(
            self.page.row.agent.parse().map_err(|_| Error::Reserved)?,
        ))
    }

    /// The row about the token that has to go, as state.db knows it.
    async fn pending_row(&self) -> Result<Option<i64>, Error> {
        let rows = self.desk.state().rotations().await?;
        let row = rows
            .into_iter()
            .find(|row| row.agent == self.page.row.agent);
        Ok(row.and_then(|row| row.pending))
    }

    /// The former token, when it is ours to take away.
    fn former(&self, agent: &Registered) -> Option<PendingRevocation> {
        let before = Registered {
            token: self.page.old.clone(),
            ..agent.clone()
        };
        retire::pending_of(&before, "a new token took its place")
    }

    pub(super) async fn await_servers(&mut self) -> Result<(), Error> {
        let Some(agent) = self.agent.clone() else {
            return self.meet().await;
        };
        let patience = Patience::of(&agent.zone).served;
        let waited = self
            .desk
            .wait_until_seen(&agent.name, agent.generation, patience);
        self.seen.served = Some(waited.await?);
        self.desk.reached("served");
        Ok(())
    }

    /// Takes the token away that the journal says has to go: before the switch the new one, after
    /// it the former one.
    pub(super) async fn retire(&mut self, which: &str) -> Result<Removal, Error> {
        let Some(pending) = self.pending().await? else {
            return Ok(Removal::Gone);
        };
        let Some(operator) = self.operator else {
            self.say(format!(
                "{which} has to go, and that needs the operator's token"
            ));
            return Ok(Removal::Left);
        };
        let value = self.value_of(&pending);
        let retired = retire::retire(self.desk, operator, &pending, value.as_ref()).await?;
        let prefix = pending.prefix.clone().unwrap_or_default();
        self.say(retire::told(retired, which, &prefix));
        Ok(match retired {
            Retired::Gone => Removal::Gone,
            Retired::StillThere | Retired::Unseen => Removal::Left,
            Retired::Ambiguous | Retired::NotOurs => Removal::Never,
        })
    }

    async fn pending(&self) -> Result<Option<PendingRevocation>, Error> {
        let rows = self.desk.state().pending_revocations().await?;
        let id = self.page.row.pending;
        Ok(rows.into_iter().find(|row| Some(row.id) == id))
    }

    /// The token itself, where this process or the store knows it.
    fn value_of(&self, pending: &PendingRevocation) -> Option<Secret> {
        let entry = self.entry.as_ref();
        let known = [
            self.value.as_ref(),
            entry.map(|entry| &entry.token),
            entry.and_then(|entry| entry.next.as_ref()),
            entry.and_then(|entry| entry.former.as_ref()),
        ];
        let label = Some(&pending.label);
        let mut known = known.into_iter().flatten();
        let found = known.find(|token| token.label.as_ref() == label);
        found.map(|token| token.token.clone())
    }
}

/// Whether an answer says for sure that nothing was made.
fn nothing_made(error: &make::Error) -> bool {
    error.refusal().is_some()
        || matches!(
            error,
            make::Error::Unreachable
                | make::Error::EdgeFilter
                | make::Error::RateLimited { .. }
                | make::Error::NotOurPath
                | make::Error::TooLong
                | make::Error::NotPermitted
                | make::Error::Cancelled
                | make::Error::Withheld
                | make::Error::Unrecorded
                | make::Error::NoClient
        )
}
