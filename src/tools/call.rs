//! What a tool gets for one call: the agent, the permit, the way to Make, the page to answer
//! with, progress, and a place for the next step.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;

use super::consent::Consenting;
use super::named::{self, Uses};
use super::recording::Recording;
use super::session::Snapshot;
use super::{Failure, Spec, ToolError, target};
use crate::audit::ConfirmedBy;
use crate::grants::{Agent, Object, Scope, Teams};
use crate::ids::TeamId;
use crate::make::keys::KeyType;
use crate::make::organizations::Organization;
use crate::make::users::User;
use crate::make::{self, Client, Parts, Request, Response, Slot};
use crate::policy::{self, Permit};

/// Reports progress to whoever called; resolves when the report is out.
pub type Progress =
    Arc<dyn Fn(u64, String) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Where the body of an answer goes.
type Body<'a> = &'a mut dyn Slot;

/// The rows to answer with.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Rows before the first.
    pub offset: u64,
    /// Rows at most.
    pub limit: u64,
}

/// One call of a tool.
pub struct Call<'a> {
    pub(super) session: &'a Snapshot,
    pub(super) tool: &'static Spec,
    pub(super) permit: Permit,
    pub(super) consenting: Consenting,
    pub(super) recording: &'a Recording<'a>,
    pub(super) team: Option<TeamId>,
    pub(super) window: Window,
    pub(super) progress: Option<Progress>,
    pub(super) next: Mutex<Option<String>>,
    pub(super) checked: Mutex<Option<Object>>,
}

impl Call<'_> {
    /// Who calls.
    pub fn agent(&self) -> &Agent {
        self.session.agent()
    }

    /// The session that the call belongs to.
    pub(super) fn session(&self) -> &Snapshot {
        self.session
    }

    /// The team that the call lands on.
    pub fn team(&self) -> Result<TeamId, ToolError> {
        self.team.ok_or(ToolError::Internal(
            "a call without the team it was authorized for",
        ))
    }

    /// The rows that Make is asked for, where Make cuts the pages: one more than is shown, so
    /// that the last page is known to be the last.
    pub fn window(&self) -> Window {
        Window {
            limit: self.window.limit + 1,
            ..self.window
        }
    }

    /// Sends a request under the permit of this call.
    pub async fn send<T: DeserializeOwned + Send>(
        &self,
        request: Request<T>,
    ) -> Result<T, ToolError> {
        Ok(self.try_send(&request).await?.body)
    }

    /// The same, where the tool itself deals with what went wrong or reads the headers.
    pub async fn try_send<T: DeserializeOwned + Send>(
        &self,
        request: &Request<T>,
    ) -> Result<Response<T>, make::Error> {
        self.try_send_with(request, &Uses::default()).await
    }

    /// The same with named secrets in it, which are read when its intent is on disk.
    pub(super) async fn try_send_with<T: DeserializeOwned + Send>(
        &self,
        request: &Request<T>,
        secrets: &Uses,
    ) -> Result<Response<T>, make::Error> {
        let mut body = None;
        // On the heap, so that every tool's future does not grow by all of it.
        let sending = Box::pin(self.send_parts(request.parts(), secrets, &mut body));
        sending.await?.with(body)
    }

    /// The way of every request, whatever the type of its answer is.
    async fn send_parts(
        &self,
        request: &Parts,
        secrets: &Uses,
        body: Body<'_>,
    ) -> Result<Response<()>, make::Error> {
        self.recording.carries(secrets.names());
        let changes = request.changes();
        if !changes {
            self.consenting.moves_on();
        } else if !self.consenting.lets_pass(request) {
            return Err(make::Error::NotPermitted);
        }
        let sending = self.fill_and_send(request, secrets, body);
        if changes {
            let confirmed = self.consenting.confirmed().filter(|confirmed| {
                // A standing yes counts where one is needed.
                confirmed.confirmed_by != ConfirmedBy::Policy || request.destroys()
            });
            Box::pin(self.recording.change(request, confirmed, sending)).await
        } else {
            let answer = sending.await;
            self.recording.read(request, &answer);
            answer
        }
    }

    async fn fill_and_send(
        &self,
        request: &Parts,
        secrets: &Uses,
        body: Body<'_>,
    ) -> Result<Response<()>, make::Error> {
        if secrets.is_empty() {
            return self.send_or_reload(request, body).await;
        }
        let filled = Box::pin(named::fill(self, request, secrets)).await?;
        Box::pin(self.send_or_reload(&filled, body)).await
    }

    async fn send_or_reload(
        &self,
        request: &Parts,
        body: Body<'_>,
    ) -> Result<Response<()>, make::Error> {
        let make = self.session.make().map_err(|_| make::Error::NoClient)?;
        let (permit, departure) = (&self.permit, self.recording.departure());
        let answer = make.send_parts(permit, departure, request, body).await;
        if !matches!(answer, Err(make::Error::Unauthorized(_))) {
            return answer;
        }
        // Refused at the door, so nothing was done: repeating is harmless.
        match self.session.reload(make).await {
            Some(make) => Box::pin(make.send_parts(permit, departure, request, body)).await,
            None => answer,
        }
    }

    /// Reads something that stays inside, such as candidates after an unknown outcome.
    pub async fn look_up<T: DeserializeOwned + Send>(
        &self,
        request: Request<T>,
    ) -> Result<T, ToolError> {
        let (make, permit) = self.inside()?;
        Ok(make
            .send(&permit, self.recording.departure(), &request)
            .await?
            .body)
    }

    /// The team of an object, looked up once.
    pub async fn owner(&self, object: &Object) -> Result<TeamId, ToolError> {
        self.consenting.moves_on();
        target::owner(self.session, object).await
    }

    /// The Make user of the token, remembered.
    pub async fn me(&self) -> Result<Arc<User>, ToolError> {
        let (make, permit) = self.inside()?;
        Ok(self.session.facts().me(make, &permit).await?)
    }

    /// Whether the agent was given this tool and its token, as far as that is known, can do it.
    pub fn offers(&self, tool: &str) -> bool {
        self.session.offers(tool)
    }

    /// The organizations that the token reaches, remembered.
    pub async fn organizations(&self) -> Result<Arc<Vec<Organization>>, ToolError> {
        let (make, permit) = self.inside()?;
        Ok(self.session.facts().organizations(make, &permit).await?)
    }

    /// The same where they are a courtesy; `None` where Make does not tell them.
    pub async fn organizations_if_told(&self) -> Option<Arc<Vec<Organization>>> {
        let (make, permit) = self.inside().ok()?;
        self.session
            .facts()
            .organizations_if_told(make, &permit)
            .await
    }

    /// Whether connections can be read, as far as that is known.
    pub fn may_read_connections(&self) -> bool {
        let known = self.session.facts().known_authorization();
        known.is_none_or(|known| {
            let name = Scope::ConnectionsRead.name();
            known.scope.iter().any(|held| held == name)
        })
    }

    /// The kinds of keys there are, remembered.
    pub async fn key_types(&self) -> Result<Arc<Vec<KeyType>>, ToolError> {
        let (make, permit) = self.inside()?;
        Ok(self.session.facts().key_types(make, &permit).await?)
    }

    /// Whether the token has this scope; `false` when Make does not tell.
    pub async fn token_may(&self, scope: &str) -> bool {
        let Ok((make, permit)) = self.inside() else {
            return false;
        };
        let known = self.session.facts().authorization(make, &permit).await;
        known.is_ok_and(|known| known.scope.iter().any(|held| held == scope))
    }

    /// The way to Make for what stays inside.
    fn inside(&self) -> Result<(&Client, Permit), ToolError> {
        self.consenting.moves_on();
        let make = self.session.make().map_err(|_| make::Error::NoClient)?;
        Ok((make, self.session.lookup_permit()?))
    }

    /// Make said that this object belongs to the team: its owner needs no look-up any more.
    pub fn saw(&self, object: Object, team: TeamId) {
        self.session.remember(object, team);
    }

    /// The answer says whose the object is: refuses it when the agent may not see that team.
    /// Without this an answer addressed by id is not released to an agent of certain teams.
    pub fn belongs(&self, object: Object, team: Option<TeamId>) -> Result<(), ToolError> {
        let Some(team) = team else {
            return match self.agent().grants.teams {
                Teams::All => Ok(()),
                Teams::Only(_) => Err(target::not_yours(&object)),
            };
        };
        policy::may_see(self.agent(), team).map_err(|_| target::not_yours(&object))?;
        self.session.remember(object.clone(), team);
        *self.checked.lock().unwrap_or_else(PoisonError::into_inner) = Some(object);
        Ok(())
    }

    /// Tells the agent what to do next: which tool, with what; at most 120 characters.
    pub fn suggest(&self, next: impl Into<String>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(next.into());
    }

    /// The failure that an error will be, for a tool that has more to say about it.
    pub(super) async fn explain(&self, error: ToolError) -> Failure {
        self.session.failure(self.tool, self.team, error).await
    }

    /// Reports progress, when somebody listens.
    pub async fn report(&self, done: u64, message: String) {
        if let Some(progress) = &self.progress {
            progress(done, message).await;
        }
    }
}
