//! From where a call says it lands to the team it lands on. An agent of certain teams gets every
//! object looked up before anything else happens; an agent of all teams pays for no look-up. What
//! such an agent may not use is not there for it: one answer, after the same requests at Make.

use super::ToolError;
use super::error::{Code, Failure, Hidden};
use super::forbidden;
use super::session::Snapshot;
use crate::grants::{Object, Scope, Target, Teams};
use crate::ids::{CredentialId, RequestId, TeamId};
use crate::make::{self, Departure, Request};

/// The team that a call lands on; `None` when it lands on no team, when the answer will say it,
/// or when the agent may touch every team.
pub(super) async fn resolve(
    session: &Snapshot,
    target: &Target,
) -> Result<Option<TeamId>, ToolError> {
    match target {
        Target::Account | Target::Answer(_) => Ok(None),
        Target::Team(Some(team)) => Ok(Some(*team)),
        Target::Team(None) => only_team(session).map(Some),
        Target::Object(object) => match session.agent().grants.teams {
            Teams::All => Ok(session.owners().team(object)),
            Teams::Only(_) => {
                let team = owner(session, object).await?;
                let seen = crate::policy::may_see(session.agent(), team);
                seen.map_err(|_| not_yours(object)).map(|()| Some(team))
            }
        },
        Target::Credential(id, request) => {
            let object = Object::Credential(id.clone());
            match session.agent().grants.teams {
                Teams::All => {
                    let request = session.owners().request(id).map(Object::Request);
                    Ok(request.and_then(|request| session.owners().team(&request)))
                }
                Teams::Only(_) => {
                    if let (None, Some(request)) = (session.owners().request(id), request) {
                        Box::pin(check_membership(session, id, request)).await?;
                    }
                    let team = owner(session, &object).await?;
                    let seen = crate::policy::may_see(session.agent(), team);
                    seen.map_err(|_| not_yours(&object)).map(|()| Some(team))
                }
            }
        }
    }
}

/// The team that a refused call was about, for the reasons of the refusal: one look, and `None`
/// where that is refused too.
pub(super) async fn team_of(session: &Snapshot, target: &Target) -> Option<TeamId> {
    match target {
        Target::Account => None,
        Target::Team(team) => *team,
        Target::Object(object) | Target::Answer(object) => owner(session, object).await.ok(),
        Target::Credential(id, _) => owner(session, &Object::Credential(id.clone())).await.ok(),
    }
}

fn only_team(session: &Snapshot) -> Result<TeamId, ToolError> {
    let missing = |problem: String| {
        ToolError::argument(
            "teamId",
            problem,
            "Call teams_list for ids, then pass `teamId`.",
        )
    };
    match &session.agent().grants.teams {
        Teams::All => Err(missing(
            "is missing: this agent is bound to no single team".to_owned(),
        )),
        Teams::Only(teams) => match teams.iter().collect::<Vec<_>>().as_slice() {
            [team] => Ok(**team),
            teams => {
                let names: Vec<String> = teams.iter().map(ToString::to_string).collect();
                Err(missing(format!(
                    "is missing; the teams of this agent are {}",
                    names.join(", ")
                )))
            }
        },
    }
}

/// The team of an object, remembered or looked up.
pub(super) async fn owner(session: &Snapshot, object: &Object) -> Result<TeamId, ToolError> {
    if let Some(team) = session.owners().team(object) {
        return Ok(team);
    }
    let team = match object {
        Object::Connection(id) => {
            look_up(session, make::connections::owner(*id))
                .await?
                .connection
                .team_id
        }
        Object::Request(id) => {
            look_up(session, make::credential_requests::owner(id))
                .await?
                .request
                .team_id
        }
        Object::Key(id) => look_up(session, make::keys::owner(*id)).await?.key.team_id,
        Object::Template(id) => look_up(session, make::templates::owner(*id))
            .await?
            .template
            .team_id
            .ok_or_else(|| not_yours(object))?,
        Object::Credential(id) => return owner_of_credential(session, id).await,
        Object::Flow(_) => owner_of_flow(session, object).await?,
    };
    session.remember(object.clone(), team);
    Ok(team)
}

impl Snapshot {
    /// Remembers whose an object is. Of another team's nothing is remembered, or the second
    /// question about it would cost Make fewer requests than one about an object that is not there.
    pub(super) fn remember(&self, object: Object, team: TeamId) {
        if crate::policy::may_see(self.agent(), team).is_ok() {
            self.owners().remember(object, team);
        }
    }
}

/// A credential has no address of its own at Make: its request must have been seen.
async fn owner_of_credential(session: &Snapshot, id: &CredentialId) -> Result<TeamId, ToolError> {
    let Some(request) = session.owners().request(id) else {
        return Err(unknown_credential());
    };
    let object = Object::Request(request);
    Box::pin(owner(session, &object)).await
}

/// Make does not say whose a flow is: it is known to the agent that started it, on this machine.
async fn owner_of_flow(session: &Snapshot, flow: &Object) -> Result<TeamId, ToolError> {
    let kept = super::links::kept(session, flow).await;
    let team = kept.and_then(|link| link.team);
    team.ok_or_else(|| hidden(flow))
}

/// Believes that a request holds a credential only when Make's answer says so.
async fn check_membership(
    session: &Snapshot,
    id: &CredentialId,
    request: &RequestId,
) -> Result<(), ToolError> {
    let detail = look_up(session, make::credential_requests::detail(request)).await?;
    let found = detail.request_detail;
    let object = Object::Request(request.clone());
    let team = found.team_id.ok_or_else(|| not_yours(&object))?;
    crate::policy::may_see(session.agent(), team).map_err(|_| not_yours(&object))?;
    session.remember(object, team);
    for credential in found.credentials {
        session
            .owners()
            .remember_credential(credential.id, request.clone());
    }
    match session.owners().request(id) {
        Some(_) => Ok(()),
        None => Err(hidden(&Object::Credential(id.clone()))),
    }
}

/// The refusal of a credential whose request is not known.
pub(super) fn unknown_credential() -> ToolError {
    Failure::new(
        Code::UnknownCredential,
        "It is not known which request this credential belongs to.",
        "Call credential_requests_get with its `requestId` first, or pass `requestId`.",
    )
    .into()
}

/// The refusal of an object of another team, or of one whose team is not known.
pub(super) fn not_yours(object: &Object) -> ToolError {
    ToolError::Hidden(Hidden {
        scope: reads(object),
        by_policy: true,
    })
}

/// The refusal of an object that Make does not show.
fn hidden(object: &Object) -> ToolError {
    ToolError::Hidden(Hidden {
        scope: reads(object),
        by_policy: false,
    })
}

/// The scope that reading the object wants; `None` for a flow, whose team Make is not asked for.
fn reads(object: &Object) -> Option<Scope> {
    Some(match object {
        Object::Connection(_) => Scope::ConnectionsRead,
        Object::Key(_) => Scope::KeysRead,
        Object::Template(_) => Scope::TemplatesRead,
        Object::Request(_) | Object::Credential(_) => Scope::CredentialRequestsRead,
        Object::Flow(_) => return None,
    })
}

/// The error of a call about this target as an agent of certain teams may have it: Make's own
/// refusal of an object that is not known to be the agent's would tell whether it is there.
pub(super) fn hide(
    session: &Snapshot,
    (target, team): (&Target, Option<TeamId>),
    error: ToolError,
) -> ToolError {
    match target {
        Target::Object(object) | Target::Answer(object) if team.is_none() => {
            hide_object(session, object, error)
        }
        Target::Credential(id, _) if team.is_none() => {
            hide_object(session, &Object::Credential(id.clone()), error)
        }
        Target::Object(_)
        | Target::Answer(_)
        | Target::Credential(..)
        | Target::Account
        | Target::Team(_) => error,
    }
}

/// The same for one object that the arguments name.
pub(super) fn hide_object(session: &Snapshot, object: &Object, error: ToolError) -> ToolError {
    let is_told = session.agent().grants.teams == Teams::All
        || session.owners().team(object).is_some()
        || !is_refusal(&error);
    if is_told { error } else { hidden(object) }
}

/// Whether Make refuses an object with this: it is not there, or not for this token.
pub(super) fn is_refusal(error: &ToolError) -> bool {
    matches!(
        error,
        ToolError::Make(make::Error::NotFound(_) | make::Error::Forbidden(_))
    )
}

/// The failure of a call about something that is not there for the agent. Where the token cannot
/// read things of that kind at all, that is the reason, and it says nothing of the one.
pub(super) async fn not_found(session: &Snapshot, hidden: &Hidden) -> Failure {
    let mut failure = match hidden.scope {
        Some(scope) if lacks(session, scope).await => forbidden::lacking(scope),
        Some(_) | None => Failure::new(
            Code::NotFound,
            "There is no such object, or this agent and its token do not reach it.",
            "Take the id from a list tool; agent_status says which teams this agent has.",
        ),
    };
    failure.by_policy = hidden.by_policy;
    failure
}

/// Whether the token is known to lack the scope. Asked whatever the reason of the refusal is, so
/// that all of them cost Make the same.
async fn lacks(session: &Snapshot, scope: Scope) -> bool {
    let (Ok(make), Ok(permit)) = (session.make(), session.lookup_permit()) else {
        return false;
    };
    let known = session.facts().authorization(make, &permit).await;
    known.is_ok_and(|known| !known.scope.iter().any(|held| held == scope.name()))
}

async fn look_up<T: serde::de::DeserializeOwned + Send>(
    session: &Snapshot,
    request: Request<T>,
) -> Result<T, ToolError> {
    let permit = session.lookup_permit()?;
    let make = session.make().map_err(|_| make::Error::NoClient)?;
    Ok(make
        .send(&permit, &Departure::default(), &request)
        .await?
        .body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::ConnectionId;
    use crate::tools::scripted_zone::{Prepared, ScriptedZone};

    fn team(number: u64) -> TeamId {
        TeamId::new(number).unwrap()
    }

    fn connection() -> Object {
        Object::Connection(ConnectionId::new(101).unwrap())
    }

    fn of_team(number: u64) -> Prepared {
        Prepared::Answer(200, json!({"connection": {"id": 101, "teamId": number}}))
    }

    fn credential() -> (CredentialId, RequestId) {
        ("c-1".parse().unwrap(), "r-1".parse().unwrap())
    }

    /// The request `r-1` of a team, which holds this credential.
    fn holding(credential: &str, number: u64) -> Prepared {
        let detail = json!({"id": "r-1", "name": "R", "status": "pending", "teamId": number,
            "credentials": [{"id": credential}]});
        Prepared::Answer(200, json!({"requestDetail": detail}))
    }

    /// Where a call of an agent of team 22 lands when Make answers like this, and what Make was asked.
    async fn landing(target: &Target, answers: Vec<Prepared>) -> (Option<Option<TeamId>>, usize) {
        let zone = ScriptedZone::answering(answers).await;
        let session = zone.session(Teams::Only([team(22)].into()));
        let (snapshot, _pass) = session.now().await.unwrap();
        let landed = resolve(&snapshot, target).await;
        (landed.ok(), zone.heard().len())
    }

    #[tokio::test]
    async fn a_call_lands_on_the_team_that_make_says_the_object_is_of() {
        let target = Target::Object(connection());
        let own = landing(&target, vec![of_team(22)]).await;
        assert_eq!(own, (Some(Some(team(22))), 1));
        let foreign = landing(&target, vec![of_team(23)]).await;
        assert_eq!(foreign, (None, 1));
    }

    #[tokio::test]
    async fn a_credential_is_of_the_team_of_the_request_that_holds_it() {
        let (id, request) = credential();
        let named = Target::Credential(id.clone(), Some(request));
        let own = landing(&named, vec![holding("c-1", 22)]).await;
        assert_eq!(own, (Some(Some(team(22))), 1));
        let another = landing(&named, vec![holding("c-2", 22)]).await;
        assert_eq!(another, (None, 1));
        let foreign = landing(&named, vec![holding("c-1", 23)]).await;
        assert_eq!(foreign, (None, 1));
    }

    #[tokio::test]
    async fn an_agent_of_one_team_needs_not_name_it() {
        let only = landing(&Target::Team(None), Vec::new()).await;
        assert_eq!(only, (Some(Some(team(22))), 0));
        let named = landing(&Target::Team(Some(team(23))), Vec::new()).await;
        assert_eq!(named, (Some(Some(team(23))), 0), "policy refuses it");
        let account = landing(&Target::Account, Vec::new()).await;
        assert_eq!(account, (Some(None), 0));
    }

    #[tokio::test]
    async fn the_team_of_a_refused_call_is_looked_up_where_it_was_not_named() {
        for (target, answers, found) in [
            (Target::Account, Vec::new(), None),
            (Target::Team(Some(team(22))), Vec::new(), Some(22)),
            (Target::Object(connection()), vec![of_team(22)], Some(22)),
            (Target::Answer(connection()), vec![of_team(23)], Some(23)),
            (Target::Answer(connection()), Vec::new(), None),
        ] {
            let zone = ScriptedZone::answering(answers).await;
            let session = zone.session(Teams::All);
            let (snapshot, _pass) = session.now().await.unwrap();
            let team = team_of(&snapshot, &target).await;
            assert_eq!(team.map(TeamId::number), found, "{target:?}");
        }
    }
}
