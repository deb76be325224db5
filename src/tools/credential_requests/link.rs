//! The address of a request's page: Make tells it once, so it is kept here while somebody can use
//! it, and erased when nobody can any more.

use crate::grants::Object;
use crate::ids::RequestId;
use crate::make::PageAddress;
use crate::make::credential_requests::Standing;
use crate::tools::{Call, links};

/// The address while the request is open, for the agent that made it. Erases it when it is over.
pub(super) async fn of(
    call: &Call<'_>,
    request: &RequestId,
    standing: Standing,
) -> Option<PageAddress> {
    let (session, object) = (call.session(), Object::Request(request.clone()));
    match standing {
        Standing::Open => links::kept(session, &object).await?.page,
        Standing::Over => {
            links::erase(session, &object).await;
            None
        }
        Standing::Unknown => None,
    }
}
