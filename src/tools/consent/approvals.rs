//! Approvals: calls that wait for a person at the terminal, kept for a day, signed. Asked for by
//! the way of a call, decided by the commands `approve` and `reject`.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::keys::{KeySource, Keys};
use super::plan::Plan;
use crate::state::{self, ApprovalRow, State};
use crate::tools::session::now;

/// How long a call waits for a person.
const WAITS_S: i64 = 24 * 60 * 60;
/// How long what a person decided holds.
const HOLDS_S: i64 = 60 * 60;
/// Without letters and digits that are taken for each other.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const ID_CHARS: usize = 6;

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
    /// Where it stands at this time.
    pub fn standing(&self, now: i64) -> Standing {
        let fresh = self.row.decided.is_some_and(|at| now < at + HOLDS_S);
        match self.row.standing.as_str() {
            "waiting" if now < self.created + WAITS_S => Standing::Waiting,
            "approved" if fresh => Standing::Approved,
            "rejected" if fresh => Standing::Rejected,
            "used" => Standing::Used,
            _ => Standing::Over,
        }
    }
}

/// The approvals of this machine. Cheap to clone.
#[derive(Clone)]
pub struct Approvals(Arc<Inner>);

struct Inner {
    state: State,
    source: KeySource,
    keys: OnceCell<Keys>,
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
            keys: OnceCell::new(),
        }))
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
        agent: &str,
        tool: &str,
        binding: &str,
        plan: &Plan,
    ) -> Result<Approval, Error> {
        let now = now();
        let known = self.of_call(binding).await?;
        let same = |a: &&Approval| a.standing(now) == Standing::Waiting && a.plan == *plan;
        if let Some(waiting) = known.iter().find(same) {
            return Ok(waiting.clone());
        }
        let mut row = ApprovalRow {
            id: fresh_id()?,
            agent: agent.to_owned(),
            tool: tool.to_owned(),
            binding: binding.to_owned(),
            plan: serde_json::to_string(plan).map_err(|_| Error::Plan)?,
            standing: "waiting".to_owned(),
            created: now,
            decided: None,
            who: None,
            mac: String::new(),
        };
        row.mac = sign(self.keys().await?, &row);
        let stale = now - WAITS_S - HOLDS_S;
        self.0.state.keep_approval(row.clone(), stale).await?;
        read(self.keys().await?, row)
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
            standing: if yes { "approved" } else { "rejected" }.to_owned(),
            decided: Some(now()),
            who: Some(who.to_owned()),
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

    async fn write(&self, approval: &Approval, mut row: ApprovalRow) -> Result<bool, Error> {
        row.mac = sign(self.keys().await?, &row);
        let before = &approval.row.mac;
        Ok(self.0.state.decide_approval(row, before).await?)
    }

    /// Redeems a number, once on this machine.
    pub(super) async fn redeem(&self, number: &str, until: i64) -> Result<bool, Error> {
        Ok(self.0.state.redeem(number, until, now()).await?)
    }
}

fn sign(keys: &Keys, row: &ApprovalRow) -> String {
    let (created, decided) = times(row);
    keys.row(&fields(row, &created, &decided))
}

fn times(row: &ApprovalRow) -> (String, String) {
    let decided = row.decided.map(|at| at.to_string());
    (row.created.to_string(), decided.unwrap_or_default())
}

fn fields<'a>(row: &'a ApprovalRow, created: &'a str, decided: &'a str) -> [&'a str; 9] {
    [
        &row.id,
        &row.agent,
        &row.tool,
        &row.binding,
        &row.plan,
        &row.standing,
        created,
        decided,
        row.who.as_deref().unwrap_or_default(),
    ]
}

fn read(keys: &Keys, row: ApprovalRow) -> Result<Approval, Error> {
    let (created, decided) = times(&row);
    let forged = || Error::Forged(row.id.clone());
    if !keys.is_row(&fields(&row, &created, &decided), &row.mac) {
        return Err(forged());
    }
    let plan: Plan = serde_json::from_str(&row.plan).map_err(|_| forged())?;
    Ok(Approval {
        id: row.id.clone(),
        agent: row.agent.clone(),
        tool: row.tool.clone(),
        plan,
        created: row.created,
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
