//! The address of a request's page. Make tells it once, so it is kept on this machine for the
//! agent that made the request, and erased when nobody can use it any more.

use crate::ids::{RequestId, TeamId};
use crate::make::Client;
use crate::make::credential_requests::Standing;
use crate::state::Link;
use crate::tools::Call;
use crate::tools::session::now;

fn object(request: &RequestId) -> String {
    format!("request {request}")
}

fn token(call: &Call<'_>) -> Option<String> {
    call.session().make().ok().map(Client::fingerprint)
}

/// Keeps the address; `false` when that failed. The request is there all the same, so this never
/// fails a call.
pub(super) async fn keep(
    call: &Call<'_>,
    request: &RequestId,
    url: &str,
    team: Option<TeamId>,
) -> bool {
    let Some(token) = token(call) else {
        return false;
    };
    let (object, agent, link) = (
        object(request),
        call.agent().name.as_str(),
        Link {
            url: url.to_owned(),
            team,
        },
    );
    let state = call.session().state();
    let kept = state.keep_link(&token, &object, agent, link, now()).await;
    if let Err(error) = &kept {
        tracing::warn!(%error, "a link could not be kept");
    }
    kept.is_ok()
}

/// The address while the request is open and this agent made it. Erases it when it is over.
pub(super) async fn of(call: &Call<'_>, request: &RequestId, standing: Standing) -> Option<String> {
    let token = token(call)?;
    let (state, object) = (call.session().state(), object(request));
    let result = match standing {
        Standing::Open => {
            let agent = call.agent().name.as_str();
            let link = state.link(&token, &object, agent).await;
            link.map(|link| link.map(|link| link.url))
        }
        Standing::Over => state.erase_link(&token, &object).await.map(|()| None),
        Standing::Unknown => Ok(None),
    };
    result.unwrap_or_else(|error| {
        tracing::warn!(%error, "a kept link could not be read");
        None
    })
}
