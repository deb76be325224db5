//! Taking a token away at Make: only one whose label, first characters and time of creation are all
//! ours, and until Make refuses it. What is not gone stays written down.

use std::time::{Duration, Instant, SystemTime};

use super::desk::{Desk, ask};
use super::notes::Note;
use super::operator::Operator;
use super::patience::Patience;
use super::{Error, Registered};
use crate::grants::Standing;
use crate::ids::TokenStamp;
use crate::make::users::{self, ApiToken};
use crate::make::{self, Access, tokens};
use crate::secret::Secret;
use crate::state::PendingRevocation;

/// How often a deletion is sent again while the list still shows the token.
const DELETIONS: u32 = 3;

/// What became of a token that has to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retired {
    /// It is gone: Make refuses it, or has never made it.
    Gone,
    /// Make did not take it away, or did not answer.
    StillThere,
    /// Make does not show it. It may come late, so it is looked for again later.
    Unseen,
    /// Make shows two tokens that cannot be told apart. Neither was touched.
    Ambiguous,
    /// The token at Make with our label is not the one that we made. It was not touched.
    NotOurs,
}

/// What Make's list says of a token.
#[derive(Debug, PartialEq, Eq)]
enum Listed {
    Absent,
    Ours(TokenStamp),
    Ambiguous,
    NotOurs,
}

/// Looks a token up in Make's list. Only one with our label can be ours; two with our label, or
/// another one made in the same millisecond, cannot be told apart by what Make deletes by.
fn find(token: &PendingRevocation, list: &[ApiToken]) -> Listed {
    let labelled: Vec<&ApiToken> = list.iter().filter(|one| one.label == token.label).collect();
    let found = match labelled.as_slice() {
        [] => return Listed::Absent,
        [found] => *found,
        _ => return Listed::Ambiguous,
    };
    let begins = |prefix: &String| found.token.starts_with(prefix.as_str());
    let same_time = |created: &String| found.created == *created;
    let ours = token.prefix.as_ref().is_none_or(begins)
        && token.created.as_ref().is_none_or(same_time)
        && !token.label.is_empty();
    let Ok(stamp) = found.created.parse::<TokenStamp>() else {
        return Listed::NotOurs;
    };
    if !ours {
        return Listed::NotOurs;
    }
    let twins = list.iter().filter(|one| one.created == found.created);
    if twins.count() > 1 {
        return Listed::Ambiguous;
    }
    Listed::Ours(stamp)
}

/// Takes a token away at Make and waits until Make refuses it; then its row is erased. `token` is
/// the token itself, where it is still known.
pub async fn retire(
    desk: &Desk,
    operator: &Operator,
    pending: &PendingRevocation,
    token: Option<&Secret>,
) -> Result<Retired, Error> {
    let retired = Retiring {
        desk,
        operator,
        pending,
        token,
        patience: Patience::of(operator.zone()),
    };
    let retired = retired.run().await;
    if retired == Retired::Gone {
        desk.reached("retired");
        desk.state().erase_pending_revocation(pending.id).await?;
    }
    Ok(retired)
}

struct Retiring<'a> {
    desk: &'a Desk,
    operator: &'a Operator,
    pending: &'a PendingRevocation,
    token: Option<&'a Secret>,
    patience: Patience,
}

impl Retiring<'_> {
    async fn run(&self) -> Retired {
        let started = Instant::now();
        let (mut deletions, mut confirmed) = (0, false);
        let mut absent_since: Option<Instant> = None;
        loop {
            match self.look().await {
                None => {}
                Some(Listed::Ambiguous) => return Retired::Ambiguous,
                Some(Listed::NotOurs) => return Retired::NotOurs,
                Some(Listed::Ours(stamp)) => {
                    absent_since = None;
                    if deletions < DELETIONS {
                        deletions += 1;
                        confirmed |= self.delete(&stamp).await;
                    }
                }
                Some(Listed::Absent) => {
                    absent_since.get_or_insert_with(Instant::now);
                }
            }
            // One list may be behind, or leave something out.
            let absent = absent_since.is_some_and(|at| at.elapsed() >= self.patience.settle);
            if (confirmed || absent) && self.is_gone(confirmed, absent).await {
                return Retired::Gone;
            }
            if started.elapsed() >= self.patience.gone {
                let never_seen = absent_since.is_some() && deletions == 0;
                return if never_seen && self.token.is_none() {
                    Retired::Unseen
                } else {
                    Retired::StillThere
                };
            }
            tokio::time::sleep(self.patience.pause).await;
        }
    }

    async fn look(&self) -> Option<Listed> {
        let list = ask(self.operator.client(), users::api_tokens())
            .await
            .ok()?;
        Some(find(self.pending, &list.api_tokens))
    }

    /// Whether Make said that it took the token away. What came of a lost answer, the next look
    /// shows.
    async fn delete(&self, stamp: &TokenStamp) -> bool {
        let deleted = ask(self.operator.client(), tokens::delete(stamp)).await;
        self.desk.reached("delete");
        matches!(deleted, Ok(_) | Err(make::Error::NotFound(_)))
    }

    /// Whether a token that Make has taken away, or does not list, is gone.
    async fn is_gone(&self, confirmed: bool, absent: bool) -> bool {
        if let Some(token) = self.token {
            let client = self.desk.client(Access {
                token: token.clone(),
                zone: self.operator.zone().clone(),
            });
            let tried = ask(&client, users::current_authorization()).await;
            return matches!(tried, Err(make::Error::Unauthorized(_)));
        }
        // Without the token only the list can say it, and one that was never seen may still come.
        absent && (confirmed || self.pending.created.is_some() || self.is_old())
    }

    fn is_old(&self) -> bool {
        let since = Duration::from_secs(u64::try_from(self.pending.since).unwrap_or_default());
        let age = (SystemTime::UNIX_EPOCH + since).elapsed();
        // The row says whole seconds.
        age.is_ok_and(|age| age >= self.patience.certain + Duration::from_secs(1))
    }
}

/// What was done about one token that had to go.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The token.
    pub pending: PendingRevocation,
    /// What became of it.
    pub retired: Retired,
}

/// Takes away all tokens of this operator's Make user that have to go and do not belong to a
/// rotation under way, and those of agents whose time is over.
pub async fn retry_all(desk: &Desk, operator: &Operator) -> Result<Vec<Attempt>, Error> {
    expire(desk, operator).await?;
    let rotations = desk.state().rotations().await?;
    let mut attempts = Vec::new();
    for pending in desk.state().pending_revocations().await? {
        let busy = rotations.iter().any(|one| one.pending == Some(pending.id));
        let ours = pending.zone == operator.zone().to_string()
            && u64::try_from(pending.make_user) == Ok(operator.user().number());
        if busy || !ours {
            continue;
        }
        let token = token_of(desk, &pending).await;
        let retired = retire(desk, operator, &pending, token.as_ref()).await?;
        attempts.push(Attempt { pending, retired });
    }
    Ok(attempts)
}

/// The token itself, where the agent's entry still holds it.
async fn token_of(desk: &Desk, pending: &PendingRevocation) -> Option<Secret> {
    let agent = desk.registry.get(&pending.agent.parse().ok()?).await.ok()?;
    let entry = desk.entry(&agent).await.ok()?;
    let prefix = pending.prefix.as_deref()?;
    [Some(entry.token), entry.next, entry.former]
        .into_iter()
        .flatten()
        .find(|token| token.prefix() == prefix)
        .map(|token| token.token)
}

/// An agent whose time is over has no use for its token.
async fn expire(desk: &Desk, operator: &Operator) -> Result<(), Error> {
    let now = super::now();
    for agent in desk.registry.list().await? {
        let over = agent.grants.expires_at.is_some_and(|end| now >= end);
        if over && agent.standing == Standing::Active && agent.zone == *operator.zone() {
            let why = "the agent's time is over";
            desk.registry.mark_revoked(&agent.name, why).await?;
            let prefix = agent.token.as_ref().map(|token| token.prefix.as_str());
            desk.note(Note::Revoked(agent.name.as_str(), prefix, "expired"))
                .await;
        }
    }
    Ok(())
}

/// The row that says an agent's token has to go; `None` for one that is not ours to take away.
pub fn pending_of(agent: &Registered, reason: &str) -> Option<PendingRevocation> {
    let token = agent.token.as_ref()?;
    Some(PendingRevocation {
        id: 0,
        agent: agent.name.to_string(),
        zone: agent.zone.to_string(),
        make_user: super::row_number(token.make_user_id),
        label: token.label.clone()?,
        prefix: Some(token.prefix.clone()),
        created: token.created.as_ref().map(ToString::to_string),
        reason: reason.to_owned(),
        since: super::now(),
    })
}

/// What became of a token, for the operator.
pub fn told(retired: Retired, which: &str, prefix: &str) -> String {
    let named = if prefix.is_empty() {
        which.to_owned()
    } else {
        format!("{which} {prefix}…")
    };
    match retired {
        Retired::Gone => format!("{named} is gone at Make"),
        Retired::StillThere => format!("{named} is not gone at Make yet"),
        Retired::Unseen => format!("{named} was not seen at Make, and might still come to exist"),
        Retired::Ambiguous => format!(
            "{named} was left alone: Make has two tokens that cannot be told apart, so delete it by hand"
        ),
        Retired::NotOurs => format!(
            "{named} was left alone: the token at Make with its label is not the one made here"
        ),
    }
}
