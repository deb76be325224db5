//! How a token's way to an agent begins: the first one issued or adopted, a later one issued or
//! given. Everything that can be refused is refused here, before anything exists.

use super::machine::{Holds, Seen};
use super::work::Work;
use super::{Report, stands};
use crate::agents::checks::{self, Holder};
use crate::agents::desk::{Desk, is_there, reference};
use crate::agents::entry::{Token, token_alone};
use crate::agents::notes::Note;
use crate::agents::operator::Operator;
use crate::agents::{Error, Registered, TokenFacts, now, row_number};
use crate::grants::{Grants, Scope, Standing};
use crate::ids::AgentName;
use crate::make::{Access, Client, Zone};
use crate::secret::Secret;
use crate::secrets::SecretReference;
use crate::state::{PendingRevocation, RotationRow};

/// An agent that gets its first token.
#[derive(Debug, Clone)]
pub struct First {
    /// Its name.
    pub name: AgentName,
    /// What it may do.
    pub grants: Grants,
    /// Where its token goes, or is.
    pub store: SecretReference,
}

impl First {
    fn registered(&self, zone: &Zone) -> Result<Registered, Error> {
        Ok(Registered {
            name: self.name.clone(),
            standing: Standing::Pending,
            grants: self.grants.clone(),
            zone: zone.clone(),
            store: self.store.to_string(),
            token: None,
            created: now(),
            creation: creation_id()?,
            generation: 0,
        })
    }

    /// Refuses what cannot be an agent, before anything exists.
    ///
    /// # Errors
    /// [`Error::Reserved`], [`Error::NameTaken`].
    pub async fn check(&self, desk: &Desk) -> Result<(), Error> {
        if self.name.as_str() == "env" {
            return Err(Error::Reserved);
        }
        match desk.registry.get(&self.name).await {
            // Left unfinished; that is finished or undone before this one begins.
            Ok(agent) if agent.standing == Standing::Pending => Ok(()),
            Ok(_) => Err(Error::NameTaken(self.name.clone())),
            Err(Error::Unknown(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// An id that no other agent has had.
fn creation_id() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Issues a token with these scopes for a new agent.
///
/// # Errors
/// What is refused before anything exists; later failures are in the report.
pub async fn issue(
    desk: &Desk,
    operator: &Operator,
    first: &First,
    scopes: &[Scope],
) -> Result<Report, Error> {
    first.check(desk).await?;
    if !first.store.is_writable() {
        return Err(Error::ReadOnly(first.store.to_string()));
    }
    if is_there(&desk.stores, &first.store).await? {
        return Err(Error::Occupied(first.store.to_string()));
    }
    let agent = first.registered(operator.zone())?;
    let intent = Intent::issue(desk, operator, &agent, names(scopes)).await?;
    let work = intent.begin(desk, Some(operator), Some(&agent)).await?;
    let report = run(work, true).await?;
    if report.ended == super::Ended::Done {
        desk.note(Note::Added(first.name.as_str(), "issued")).await;
    }
    Ok(report)
}

/// Gives an agent a new token with these scopes in the place of the one that was issued to it.
///
/// # Errors
/// As [`issue`].
pub async fn replace(
    desk: &Desk,
    operator: &Operator,
    agent: &Registered,
    scopes: &[Scope],
) -> Result<Report, Error> {
    if !stands(agent.standing) {
        return Err(Error::Revoked(agent.name.clone()));
    }
    let token = agent.token.as_ref().ok_or(Error::Unfinished)?;
    if token.label.is_none() {
        return Err(Error::Adopted(agent.name.clone()));
    }
    if token.make_user_id != operator.user() || agent.zone != *operator.zone() {
        return Err(Error::OtherUser {
            agent: agent.name.clone(),
            user: token.make_user_id,
            zone: agent.zone.to_string(),
        });
    }
    let entry = desk.entry(agent).await?;
    let intent = Intent::issue(desk, operator, agent, names(scopes)).await?;
    let mut work = intent.begin(desk, Some(operator), None).await?;
    work.entry = Some(entry);
    run(work, true).await
}

async fn run(mut work: Work<'_>, fresh: bool) -> Result<Report, Error> {
    work.seen = Seen { fresh, ..work.seen };
    work.run().await
}

/// A token that somebody else made, which Make has said works.
#[derive(Debug, Clone)]
pub struct Given {
    token: Token,
    /// The store is read-only and holds it already.
    in_place: bool,
    client: Client,
    /// Whose it is and what it may do.
    pub holder: Holder,
}

impl Given {
    /// A token for a new agent: `token`, or the one at the place where the store only reads.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], and whatever else keeps it from being taken up.
    pub async fn first(
        desk: &Desk,
        store: &SecretReference,
        zone: &Zone,
        token: Option<Secret>,
    ) -> Result<Self, Error> {
        match token {
            Some(_) if !store.is_writable() => Err(Error::ReadOnly(store.to_string())),
            Some(_) if is_there(&desk.stores, store).await? => {
                Err(Error::Occupied(store.to_string()))
            }
            token => Self::asked(desk, store, zone, token).await,
        }
    }

    /// The next token of an agent that was adopted.
    ///
    /// # Errors
    /// As [`Given::first`], and [`Error::SameToken`], [`Error::Issued`].
    pub async fn next(
        desk: &Desk,
        agent: &Registered,
        token: Option<Secret>,
    ) -> Result<Self, Error> {
        if !stands(agent.standing) {
            return Err(Error::Revoked(agent.name.clone()));
        }
        let known = agent.token.as_ref().ok_or(Error::Unfinished)?;
        if known.label.is_some() {
            return Err(Error::Issued(agent.name.clone()));
        }
        let store = reference(&agent.store)?;
        if token.is_some() && !store.is_writable() {
            return Err(Error::ReadOnly(agent.store.clone()));
        }
        let given = Self::asked(desk, &store, &agent.zone, token).await?;
        if known.prefix == given.token.prefix() {
            return Err(Error::SameToken(agent.name.clone()));
        }
        Ok(given)
    }

    async fn asked(
        desk: &Desk,
        store: &SecretReference,
        zone: &Zone,
        token: Option<Secret>,
    ) -> Result<Self, Error> {
        let in_place = token.is_none();
        let token = if let Some(token) = token {
            token
        } else {
            let kept = desk.stores.get(store).await?;
            token_alone(&kept).ok_or_else(|| Error::NoToken(store.to_string()))?
        };
        let client = desk.client(Access {
            token: token.clone(),
            zone: zone.clone(),
        });
        let holder = checks::holder(&client).await?;
        let token = Token {
            token,
            created: None,
            label: None,
        };
        Ok(Self {
            token,
            in_place,
            client,
            holder,
        })
    }

    /// The way to Make with it.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// Takes up a token that somebody else made, for a new agent.
///
/// # Errors
/// What is refused before anything exists; later failures are in the report.
pub async fn adopt(desk: &Desk, first: &First, given: Given) -> Result<Report, Error> {
    first.check(desk).await?;
    let agent = first.registered(given.client.zone())?;
    let report = take_up(desk, &agent, given, Some(&agent)).await?;
    if report.ended == super::Ended::Done {
        desk.note(Note::Added(first.name.as_str(), "adopted")).await;
    }
    Ok(report)
}

/// Gives an agent a token that somebody else made, in the place of the one it has.
///
/// # Errors
/// As [`adopt`].
pub async fn take_over(desk: &Desk, agent: &Registered, given: Given) -> Result<Report, Error> {
    take_up(desk, agent, given, None).await
}

async fn take_up(
    desk: &Desk,
    agent: &Registered,
    given: Given,
    new: Option<&Registered>,
) -> Result<Report, Error> {
    let lock = desk.lock(&agent.zone, given.holder.user.id).await?;
    super::recover(desk, None, &lock).await?;
    let intent = Intent::given(agent, &given.token, &given.holder);
    let mut work = intent.begin(desk, None, new).await?;
    work.take(given.token, given.in_place);
    run(work, false).await
}

fn names(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(|scope| scope.name().to_owned()).collect()
}

/// What is going to be made.
struct Intent {
    row: RotationRow,
    pending: Option<PendingRevocation>,
}

impl Intent {
    /// A token with a label that no other one ever has: two machines never touch each other's.
    async fn issue(
        desk: &Desk,
        operator: &Operator,
        agent: &Registered,
        scopes: Vec<String>,
    ) -> Result<Self, Error> {
        let installation = desk.state().installation().await?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Error::Random)?;
        let random = u64::from_le_bytes(random);
        let label = format!(
            "make-credentials-mcp/{}/{installation}/{random:016x}",
            agent.name
        );
        let new = TokenFacts {
            prefix: String::new(),
            label: Some(label.clone()),
            created: None,
            since: now(),
            scopes,
            make_user_id: operator.user(),
        };
        let pending = PendingRevocation {
            id: 0,
            agent: agent.name.to_string(),
            zone: operator.zone().to_string(),
            make_user: row_number(operator.user()),
            label,
            prefix: None,
            created: None,
            reason: "it was never taken into use".to_owned(),
            since: now(),
        };
        Ok(Self {
            row: row(agent, &new, false),
            pending: Some(pending),
        })
    }

    fn given(agent: &Registered, token: &Token, holder: &Holder) -> Self {
        let new = TokenFacts {
            prefix: token.prefix(),
            label: None,
            created: None,
            since: now(),
            scopes: holder.scopes.clone(),
            make_user_id: holder.user.id,
        };
        Self {
            row: row(agent, &new, true),
            pending: None,
        }
    }

    /// Writes it down, before anything exists.
    async fn begin<'a>(
        self,
        desk: &'a Desk,
        operator: Option<&'a Operator>,
        agent: Option<&Registered>,
    ) -> Result<Work<'a>, Error> {
        let agent = agent.map(Registered::row).transpose()?;
        let begun = desk.state().begin_rotation(self.row, agent, self.pending);
        let row = begun.await?.ok_or(Error::Unfinished)?;
        desk.reached("intent");
        Work::take_up(desk, operator, row).await
    }
}

fn row(agent: &Registered, new: &TokenFacts, given: bool) -> RotationRow {
    RotationRow {
        agent: agent.name.to_string(),
        zone: agent.zone.to_string(),
        make_user: row_number(new.make_user_id),
        step: "intent".to_owned(),
        given,
        // Only text and numbers, so there is nothing that could fail.
        old: serde_json::to_string(&agent.token).unwrap_or_default(),
        new: serde_json::to_string(new).unwrap_or_default(),
        pending: None,
        since: now(),
    }
}

impl Work<'_> {
    /// Takes a token that was given, or one that its owner has put in place already.
    fn take(&mut self, token: Token, in_place: bool) {
        self.value = Some(token);
        self.seen.value = true;
        self.seen.holds = in_place.then_some(Holds::New);
    }
}
