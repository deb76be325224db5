//! From where a call says it lands to the team it lands on. An agent of certain teams gets every
//! object looked up before anything else happens; an agent of all teams pays for no look-up.

use super::ToolError;
use super::error::{Code, Failure};
use super::session::Snapshot;
use crate::grants::{Object, Target, Teams};
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
    session.owners().remember(object.clone(), team);
    Ok(team)
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
    kept.and_then(|link| link.team).ok_or_else(|| {
        Failure::new(
            Code::NotGranted,
            "This agent did not start that flow on this machine, so its team is not known.",
            "Use a `flowId` that template_flows_start gave.",
        )
        .into()
    })
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
    session.owners().remember(object, team);
    for credential in found.credentials {
        session
            .owners()
            .remember_credential(credential.id, request.clone());
    }
    match session.owners().request(id) {
        Some(_) => Ok(()),
        None => Err(unknown_credential()),
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

/// The refusal of an object of another team. Says nothing of the team.
pub(super) fn not_yours(object: &Object) -> ToolError {
    Failure::new(
        Code::NotGranted,
        format!("The {object} is in no team that this agent may use."),
        "Call agent_status for the teams of this agent.",
    )
    .into()
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
