//! Why Make said 403. Nothing is guessed: what can be checked with the token itself is checked
//! (and remembered), the rest is called possible. Other zones are never tried.

use super::error::{Cause, Failure, Verdict};
use super::session::Snapshot;
use super::{Code, Spec};
use crate::grants::Scope;
use crate::ids::TeamId;
use crate::make::organizations::{License, Organization};
use crate::make::{self, Client};
use crate::policy::Permit;

/// The failure for a 403, with its causes.
pub(super) async fn diagnose(
    session: &Snapshot,
    spec: &Spec,
    team: Option<TeamId>,
    refusal: &make::Refusal,
) -> Failure {
    let mut failure = Failure::make(&make::Error::Forbidden(refusal.clone()));
    let (Ok(make), Ok(permit)) = (session.make(), session.lookup_permit()) else {
        return failure;
    };
    failure.causes = vec![
        scope(session, make, &permit, (spec, refusal)).await,
        membership(session, make, &permit, team).await,
        zone(session, make, &permit, team).await,
        plan(session, spec, team),
        Cause {
            cause: "role",
            verdict: Verdict::Possible,
            detail: "The role of the token's user may not allow it.".to_owned(),
        },
    ];
    if let Some(found) = failure
        .causes
        .iter()
        .find(|cause| cause.verdict == Verdict::Found)
    {
        failure.message = format!("Make refused access. {}", found.detail);
        let next = match found.cause {
            "missing_scope" => "Ask the operator for a token with the missing scope.",
            "not_a_member" => "Ask the operator to add the token's user to the team at Make.",
            "wrong_zone" => "Ask the operator for a token of that zone.",
            _ => "Tell the person; no other tool gets around it.",
        };
        next.clone_into(&mut failure.next);
        if found.cause == "plan" {
            failure.code = Code::PlanGate;
        }
    }
    failure
}

/// The failure for a token without the scope that reading wants.
pub(super) fn lacking(scope: Scope) -> Failure {
    let detail = format!("The token lacks the scope {}.", scope.name());
    let mut failure = Failure::new(
        Code::Forbidden,
        detail.clone(),
        "Ask the operator for a token with the missing scope.",
    );
    failure.causes = vec![Cause {
        cause: "missing_scope",
        verdict: Verdict::Found,
        detail,
    }];
    failure
}

/// The scopes of the tool, and of the request that was refused: a tool may have read something
/// first.
async fn scope(
    session: &Snapshot,
    make: &Client,
    permit: &Permit,
    (spec, refusal): (&Spec, &make::Refusal),
) -> Cause {
    let mut names: Vec<&str> = spec.scopes.iter().map(|scope| scope.name()).collect();
    if let Some(wanted) = refusal.wants.filter(|wanted| !names.contains(wanted)) {
        names.push(wanted);
    }
    let (verdict, detail) = match session.facts().authorization(make, permit).await {
        Ok(known) => {
            let missing: Vec<&str> = names
                .iter()
                .copied()
                .filter(|name| !known.scope.iter().any(|s| s == name))
                .collect();
            if missing.is_empty() {
                (
                    Verdict::RuledOut,
                    "The token holds every scope that this needs.".to_owned(),
                )
            } else {
                (
                    Verdict::Found,
                    format!("The token lacks the scope {}.", missing.join(" and ")),
                )
            }
        }
        Err(_) => (
            Verdict::Possible,
            format!("Could not be checked; it needs {}.", names.join(" and ")),
        ),
    };
    Cause {
        cause: "missing_scope",
        verdict,
        detail,
    }
}

async fn membership(
    session: &Snapshot,
    make: &Client,
    permit: &Permit,
    team: Option<TeamId>,
) -> Cause {
    let whose = if team.is_some() {
        "the team"
    } else {
        "the team or organization"
    };
    let unknown = (
        Verdict::Possible,
        format!("The token's user may be no member of {whose}."),
    );
    let (verdict, detail) = match team {
        None => unknown,
        Some(team) => match session
            .facts()
            .me(make, permit)
            .await
            .map(|me| me.user_team_roles.clone())
        {
            Ok(Some(roles)) if roles.iter().any(|role| role.team_id == team) => (
                Verdict::RuledOut,
                format!("The token's user is a member of team {team}."),
            ),
            // A role in the organization may reach its teams all the same, and Make lists them then.
            Ok(Some(_)) if lists_team(session, make, permit, team).await => (
                Verdict::Possible,
                format!(
                    "The token's user has no role in team {team}; one in its organization may not be enough."
                ),
            ),
            Ok(Some(_)) => (
                Verdict::Found,
                format!("The token's user is no member of team {team}."),
            ),
            Ok(None) | Err(_) => unknown,
        },
    };
    Cause {
        cause: "not_a_member",
        verdict,
        detail,
    }
}

/// Whether the team is among those of the organizations that the token reads.
async fn lists_team(session: &Snapshot, make: &Client, permit: &Permit, team: TeamId) -> bool {
    let organizations = session.facts().organizations_if_told(make, permit).await;
    organizations.is_some_and(|all| all.iter().any(|o| holds(o, team)))
}

fn holds(organization: &Organization, team: TeamId) -> bool {
    let teams = organization.teams.iter().flatten();
    teams.into_iter().any(|known| known.id == team)
}

async fn zone(session: &Snapshot, make: &Client, permit: &Permit, team: Option<TeamId>) -> Cause {
    let ours = make.zone().host();
    let organizations = session.facts().organizations_if_told(make, permit).await;
    let owner = organizations
        .as_ref()
        .zip(team)
        .and_then(|(organizations, team)| organizations.iter().find(|o| holds(o, team)));
    let (verdict, detail) = match owner.and_then(|owner| owner.zone.as_deref()) {
        Some(zone) if zone == ours => (
            Verdict::RuledOut,
            "The team's organization is in the token's zone.".to_owned(),
        ),
        Some(_) => (
            Verdict::Found,
            format!("The team's organization is in another zone than the token ({ours})."),
        ),
        None => {
            let which = if team.is_some() {
                "The team"
            } else {
                "The team or organization"
            };
            let detail = format!("{which} may live in another zone than {ours}.");
            (Verdict::Possible, detail)
        }
    };
    Cause {
        cause: "wrong_zone",
        verdict,
        detail,
    }
}

/// What a license flag decides: `None` where none is known for the tool.
fn allowed(tool: &str, license: &License) -> Option<(&'static str, bool)> {
    match tool {
        "templates_create" => Some(("creating templates", license.creating_templates?)),
        // Make names two flags for Bridge and not which of them decides.
        "template_flows_start" => match (license.portal?, license.portal_module_bridge?) {
            (false, false) => Some(("Make Bridge", false)),
            _ => None,
        },
        _ => None,
    }
}

fn plan(session: &Snapshot, spec: &Spec, team: Option<TeamId>) -> Cause {
    let organizations = session.facts().known_organizations();
    let license = organizations.as_ref().and_then(|organizations| {
        let mut owners = organizations
            .iter()
            .filter(|o| team.is_none_or(|team| holds(o, team)));
        owners.next().and_then(|owner| owner.license.clone())
    });
    let (verdict, detail) = match license.and_then(|license| allowed(spec.name, &license)) {
        Some((what, false)) => (
            Verdict::Found,
            format!("The organization's plan does not allow {what}."),
        ),
        Some((what, true)) => (
            Verdict::RuledOut,
            format!("The organization's plan allows {what}."),
        ),
        None => (
            Verdict::Possible,
            "The organization's plan may not have this feature.".to_owned(),
        ),
    };
    Cause {
        cause: "plan",
        verdict,
        detail,
    }
}
