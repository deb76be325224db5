//! Requests to other people are not on every plan. What Make refused for that reason is not tried
//! again for a day, or for ten minutes where the role of the token's user may be the reason, and nothing else is tried instead: the agent is told what works.

use super::made::{self, Trace};
use crate::ids::TeamId;
use crate::make::credential_requests::{Created, Head, Provider};
use crate::make::{Error, Refusal, Request};
use crate::tools::error::{Cause, Code, Failure, Verdict};
use crate::tools::session::now;
use crate::tools::{Call, ToolError};

/// How long a plan counts that Make has named.
const CLOSED_S: i64 = 24 * 60 * 60;
/// How long it counts where it may have been the role, which somebody can mend.
const DOUBTFUL_S: i64 = 10 * 60;
/// The name of the plan's feature in Make's refusals (public reports).
const FEATURE: &str = "allow_credential_requests";
const INSTEAD: &str = "credential_requests_create_by_credentials or credential_requests_create: the token's own user signs in.";

/// Exactly one of the two ways to name a person.
pub(super) fn check(provider: &Provider) -> Result<(), ToolError> {
    if provider.provider_make_user_id.is_some() == provider.new_user.is_some() {
        return Err(ToolError::argument(
            "provider",
            "must hold exactly one of `providerMakeUserId` and `newUser`",
            "Pass the id of a Make user, or the name and email of somebody to invite.",
        ));
    }
    Ok(())
}

/// Sends a request to somebody else, unless it is known that the plan does not have it.
pub(super) async fn send(
    call: &Call<'_>,
    request: &Request<Created>,
    head: Head<'_>,
) -> Result<Created, ToolError> {
    refuse_closed(call, head.team).await?;
    match made::send(call, request, Trace::Head(head), true).await {
        Err(ToolError::Make(Error::Forbidden(refusal))) => {
            Err(refused(call, head.team, refusal).await.into())
        }
        other => other,
    }
}

/// Refuses what the plan is known not to have.
pub(super) async fn refuse_closed(call: &Call<'_>, team: TeamId) -> Result<(), ToolError> {
    if is_closed(call, team).await {
        Err(closed().into())
    } else {
        Ok(())
    }
}

fn place(team: TeamId) -> String {
    format!("credential requests to others, team {team}")
}

async fn is_closed(call: &Call<'_>, team: TeamId) -> bool {
    let Ok(make) = call.session().make() else {
        return false;
    };
    let (token, place) = (make.fingerprint(), place(team));
    let closed = call.session().state().gate_is_closed(&token, &place, now());
    closed.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a closed gate could not be looked up");
        false
    })
}

fn closed() -> Failure {
    let mut failure = Failure::new(
        Code::PlanGate,
        "Make has refused requests to other people in this team lately; nothing was sent.",
        INSTEAD,
    );
    failure.causes = vec![plan(
        Verdict::Possible,
        "The plan may not have requests to other people, or the user's role not allow them.",
    )];
    failure
}

fn plan(verdict: Verdict, detail: &str) -> Cause {
    Cause {
        cause: "plan",
        verdict,
        detail: detail.to_owned(),
    }
}

/// The failure for a 403: the plan's fault when Make says so, or when it gives no reason, the
/// token has the scope and its user is in the team.
async fn refused(call: &Call<'_>, team: TeamId, refusal: Refusal) -> Failure {
    let said = refusal
        .message
        .as_deref()
        .is_some_and(|m| m.contains(FEATURE));
    let says_why = refusal.gives_a_reason();
    let mut failure = call.explain(Error::Forbidden(refusal).into()).await;
    let ruled_out = |name: &str| {
        let mut causes = failure.causes.iter();
        causes.any(|c| c.cause == name && c.verdict == Verdict::RuledOut)
    };
    let elsewhere = failure.causes.iter().any(|c| c.verdict == Verdict::Found);
    let left_over =
        !says_why && !elsewhere && ruled_out("missing_scope") && ruled_out("not_a_member");
    if !said && !left_over {
        return failure;
    }
    failure.code = Code::PlanGate;
    INSTEAD.clone_into(&mut failure.next);
    let cause = if said {
        "Make refused requests to other people: the plan does not have them."
            .clone_into(&mut failure.message);
        plan(
            Verdict::Found,
            "Make names the missing feature of the plan.",
        )
    } else {
        "Make refused requests to other people although scope and membership are in order: the plan does not have them, or the role of the token's user does not allow them."
            .clone_into(&mut failure.message);
        plan(
            Verdict::Possible,
            "The plan may not have requests to other people.",
        )
    };
    failure.causes.retain(|c| c.cause != "plan");
    failure.causes.push(cause);
    remember(call, team, if said { CLOSED_S } else { DOUBTFUL_S }).await;
    failure
}

async fn remember(call: &Call<'_>, team: TeamId, seconds: i64) {
    let Ok(make) = call.session().make() else {
        return;
    };
    let state = call.session().state();
    let until = now() + seconds;
    if let Err(error) = state
        .close_gate(&make.fingerprint(), &place(team), until)
        .await
    {
        tracing::warn!(%error, "a closed gate could not be remembered");
    }
}
