//! Approvals: calls that wait for a person at the terminal, kept for a day, signed. Asked for by
//! the way of a call, decided by the commands `approve` and `reject`.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::forms::Forms;
use super::keys::{KeySource, Keys};
use super::plan::Plan;
use super::refused::By;
use crate::clock::{Clock, Moment};
use crate::state::{self, ApprovalRow, Kept, Room, State};

/// How long a call waits for a person.
const WAITS_S: i64 = 24 * 60 * 60;
/// How long what a person decided holds.
const HOLDS_S: i64 = 60 * 60;
/// An agent that asks for more is not read by anybody any more.
const ROOM: Room = Room {
    of_one: 20,
    in_all: 1_000,
    waits_s: WAITS_S,
    kept_s: WAITS_S + HOLDS_S,
};
/// Without letters and digits that are taken for each other.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const ID_CHARS: usize = 6;
/// It waits.
const WAITING: &str = "waiting";
/// It waits at the terminal alone: the client has said no.
const DECLINED: &str = "declined";
const REJECTED: &str = "rejected";

/// Why approvals cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Their key.
    #[error("the key of approvals cannot be used: {0}")]
    Key(String),
    /// Where they are kept.
    #[error(transparent)]
    State(#[from] state::Error),
    /// One that somebody else wrote.
    #[error("the approval {0} was not written by this program or was changed since")]
    Forged(String),
    /// No random numbers.
    #[error("the system has no random numbers")]
    Random,
    /// A call of an agent that cannot be told from others.
    #[error("an agent without a token has nothing to ask for")]
    NoHolder,
    /// As many calls of this agent wait as may.
    #[error("{} calls of this agent wait for a person", ROOM.of_one)]
    TooManyOfOne,
    /// As many calls are kept as may be.
    #[error("{} calls are kept", ROOM.in_all)]
    TooMany,
    /// What should be kept cannot be written.
    #[error("a plan could not be written")]
    Plan,
}

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A person has to decide.
    Waiting,
    /// A person said yes; the call may be made once.
    Approved,
    /// A person said no.
    Rejected,
    /// The call was made, or the yes was for something that is not so any more.
    Used,
    /// Its time is over.
    Over,
}

/// A call that waits, or what was decided about it.
#[derive(Debug, Clone)]
pub struct Approval {
    /// What a person types.
    pub id: String,
    /// Who called.
    pub agent: String,
    /// The tool.
    pub tool: String,
    /// What would happen.
    pub plan: Plan,
    /// When it was asked for, in seconds since 1970.
    pub created: i64,
    /// Who decided.
    pub who: Option<String>,
    row: ApprovalRow,
}

impl Approval {
    /// Where it stands at this time. A yes that cannot be said to hold does not; a no that cannot
    /// be said to be over holds.
    pub fn standing(&self, now: &Moment) -> Standing {
        let (created, decided) = (&self.row.created, self.row.decided.as_ref());
        let yes_holds = || decided.is_some_and(|at| at.is_within(HOLDS_S, now));
        let no_holds = || decided.is_none_or(|at| !at.is_past(HOLDS_S, now));
        match self.row.standing.as_str() {
            WAITING | DECLINED if created.is_within(WAITS_S, now) => Standing::Waiting,
            "approved" if yes_holds() => Standing::Approved,
            REJECTED if no_holds() => Standing::Rejected,
            "used" => Standing::Used,
            _ => Standing::Over,
        }
    }

    /// Whether the client has said no to it, so that it is not to ask about it again for now.
    pub(super) fn is_declined(&self, now: &Moment) -> bool {
        let decided = self.row.decided.as_ref();
        self.row.standing == DECLINED && decided.is_none_or(|at| !at.is_past(HOLDS_S, now))
    }

    /// When it was refused, and by whom. However long ago.
    pub(super) fn refused(&self) -> Option<(i64, By)> {
        let by = match self.row.standing.as_str() {
            REJECTED => By::Terminal,
            DECLINED => By::Client,
            _ => return None,
        };
        Some((self.row.decided.as_ref()?.wall, by))
    }

    /// Which agent called.
    pub(super) fn holder(&self) -> &str {
        &self.row.holder
    }
}

/// The approvals of this machine. Cheap to clone.
#[derive(Clone)]
pub struct Approvals(Arc<Inner>);

struct Inner {
    state: State,
    source: KeySource,
    clock: Clock,
    keys: OnceCell<Keys>,
    forms: Forms,
}

impl std::fmt::Debug for Approvals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Approvals")
    }
}

impl Approvals {
    /// The approvals in this state, signed with this key. Does no I/O.
    pub fn at(state: State, source: KeySource) -> Self {
        Self(Arc::new(Inner {
            state,
            source,
            clock: Arc::new(Moment::now),
            keys: OnceCell::new(),
            forms: Forms::default(),
        }))
    }

    /// The same, telling the time by this clock.
    #[must_use]
    pub fn by(self, clock: Clock) -> Self {
        let (state, source) = (self.0.state.clone(), self.0.source.clone());
        Self(Arc::new(Inner {
            state,
            source,
            clock,
            keys: OnceCell::new(),
            forms: Forms::default(),
        }))
    }

    /// The time that counts here.
    pub fn now(&self) -> Moment {
        (self.0.clock)()
    }

    /// Whether this agent may have a person asked in its client now; else in how many seconds.
    pub(super) fn admits_form(&self, holder: &str) -> Result<(), i64> {
        self.0.forms.admit(holder, &self.now())
    }

    pub(super) async fn keys(&self) -> Result<&Keys, Error> {
        let make = || async {
            let key = (self.0.source)().await.map_err(Error::Key)?;
            Keys::of(&key).ok_or_else(|| Error::Key("it is none of ours".to_owned()))
        };
        self.0.keys.get_or_try_init(make).await
    }

    /// Lets a call wait for a person: the one that waits already when it says the same, or a new
    /// one.
    pub(super) async fn ask(
        &self,
        (holder, agent): (&str, &str),
        tool: &str,
        binding: &str,
        plan: &Plan,
    ) -> Result<Approval, Error> {
        let now = self.now();
        let known = self.of_call(binding).await?;
        let waits = |a: &Approval| a.standing(&now) == Standing::Waiting;
        let same = |a: &&Approval| waits(a) && a.plan.tells_the_same(plan);
        if let Some(waiting) = known.iter().find(same) {
            return Ok(waiting.clone());
        }
        // The client's no is to the effect, whatever the plan says by now.
        let declined = known.iter().find(|a| a.is_declined(&now));
        let mut row = ApprovalRow {
            id: fresh_id()?,
            holder: holder.to_owned(),
            agent: agent.to_owned(),
            tool: tool.to_owned(),
            binding: binding.to_owned(),
            plan: serde_json::to_string(plan).map_err(|_| Error::Plan)?,
            standing: declined.map_or(WAITING, |_| DECLINED).to_owned(),
            created: now,
            decided: declined.and_then(|a| a.row.decided.clone()),
            who: None,
            mac: String::new(),
        };
        row.mac = sign(self.keys().await?, &row);
        match self.0.state.keep_approval(row.clone(), ROOM).await? {
            Kept::Waits => read(self.keys().await?, row),
            Kept::TooManyOfOne => Err(Error::TooManyOfOne),
            Kept::TooMany => Err(Error::TooMany),
        }
    }

    /// Those of one call that are ours, the newest first.
    pub(super) async fn of_call(&self, binding: &str) -> Result<Vec<Approval>, Error> {
        let rows = self.0.state.approvals_of(binding).await?;
        self.ours(rows).await
    }

    /// All that are ours, the oldest first. Others are not shown: nobody can say yes to them.
    pub async fn all(&self) -> Result<Vec<Approval>, Error> {
        let rows = self.0.state.approvals().await?;
        self.ours(rows).await
    }

    async fn ours(&self, rows: Vec<ApprovalRow>) -> Result<Vec<Approval>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys().await?;
        let ours = rows.into_iter().filter_map(|row| read(keys, row).ok());
        Ok(ours.collect())
    }

    /// One by its id.
    ///
    /// # Errors
    /// [`Error::Forged`] for one that somebody else wrote.
    pub async fn get(&self, id: &str) -> Result<Option<Approval>, Error> {
        match self.0.state.approval(id).await? {
            Some(row) => read(self.keys().await?, row).map(Some),
            None => Ok(None),
        }
    }

    /// Writes a person's decision, unless something else was decided meanwhile: then `false`.
    pub async fn decide(&self, approval: &Approval, yes: bool, who: &str) -> Result<bool, Error> {
        let row = ApprovalRow {
            standing: if yes { "approved" } else { REJECTED }.to_owned(),
            decided: Some(self.now()),
            who: Some(who.to_owned()),
            ..approval.row.clone()
        };
        self.write(approval, row).await
    }

    /// Notes that the client has said no to one that waits.
    pub(super) async fn decline(&self, approval: &Approval) -> Result<bool, Error> {
        let row = ApprovalRow {
            standing: DECLINED.to_owned(),
            decided: Some(self.now()),
            ..approval.row.clone()
        };
        self.write(approval, row).await
    }

    /// Uses a yes up, once on this machine: `false` when somebody has done so.
    pub(super) async fn use_up(&self, approval: &Approval) -> Result<bool, Error> {
        let row = ApprovalRow {
            standing: "used".to_owned(),
            ..approval.row.clone()
        };
        self.write(approval, row).await
    }

    /// Uses up all that waits or was agreed to of a call that got its yes in the client.
    pub(super) async fn answered(&self, binding: &str) -> Result<(), Error> {
        let now = self.now();
        for approval in self.of_call(binding).await? {
            let standing = approval.standing(&now);
            if matches!(standing, Standing::Waiting | Standing::Approved) {
                self.use_up(&approval).await?;
            }
        }
        Ok(())
    }

    async fn write(&self, approval: &Approval, mut row: ApprovalRow) -> Result<bool, Error> {
        row.mac = sign(self.keys().await?, &row);
        let before = &approval.row.mac;
        Ok(self.0.state.decide_approval(row, before).await?)
    }

    /// Redeems a number, once on this machine.
    pub(super) async fn redeem(&self, number: &str, until: Moment) -> Result<bool, Error> {
        Ok(self.0.state.redeem(number, until, self.now()).await?)
    }
}

fn sign(keys: &Keys, row: &ApprovalRow) -> String {
    let fields = fields(row);
    keys.row(&fields.each_ref().map(String::as_str))
}

/// All that a row says, which its MAC is over.
fn fields(row: &ApprovalRow) -> [String; 11] {
    let moment = |at: &Moment| {
        let boot = at.boot.as_ref();
        boot.map_or_else(
            || at.wall.to_string(),
            |boot| format!("{} {} {}", at.wall, boot.ms, boot.id),
        )
    };
    [
        row.id.clone(),
        row.holder.clone(),
        row.agent.clone(),
        row.tool.clone(),
        row.binding.clone(),
        row.plan.clone(),
        row.standing.clone(),
        moment(&row.created),
        row.decided.as_ref().map(moment).unwrap_or_default(),
        row.who.clone().unwrap_or_default(),
        // So that nobody and a person without a name are two.
        row.who.is_some().to_string(),
    ]
}

fn read(keys: &Keys, row: ApprovalRow) -> Result<Approval, Error> {
    let forged = || Error::Forged(row.id.clone());
    let said = fields(&row);
    if !keys.is_row(&said.each_ref().map(String::as_str), &row.mac) {
        return Err(forged());
    }
    let plan: Plan = serde_json::from_str(&row.plan).map_err(|_| forged())?;
    Ok(Approval {
        id: row.id.clone(),
        agent: row.agent.clone(),
        tool: row.tool.clone(),
        plan,
        created: row.created.wall,
        who: row.who.clone(),
        row,
    })
}

/// Whether it has the form of the id of an approval.
pub fn is_id(text: &str) -> bool {
    text.len() == ID_CHARS && text.bytes().all(|byte| LETTERS.contains(&byte))
}

fn fresh_id() -> Result<String, Error> {
    let mut bytes = [0; ID_CHARS];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    let letters = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    Ok(letters.map(|letter| char::from(*letter)).collect())
}

#[cfg(test)]
mod tests;
