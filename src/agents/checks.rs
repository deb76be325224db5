//! What a token is, asked with the token itself: whose it is, what it may do, and whether it may
//! do more than it was made for.

use std::collections::BTreeSet;
use std::time::Instant;

use super::desk::ask;
use super::patience::Patience;
use super::rotate::Trial;
use super::{Error, TokenFacts};
use crate::ids::TokenStamp;
use crate::make::users::User;
use crate::make::{self, Client, tokens, users};

/// A moment at which Make made no token: deleting it harms nothing, and a token without
/// `user:write` is refused before Make looks for it.
const NO_TOKEN: &str = "1970-01-01T00:00:00.000Z";

/// Whose a token is and what it may do.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Its user, with the roles in teams and organizations.
    pub user: User,
    /// Its scopes.
    pub scopes: Vec<String>,
}

/// Asks Make whose the token is and what it may do. Both need no scope.
///
/// # Errors
/// [`Error::TokenRefused`] when Make does not know it in this zone.
pub async fn holder(client: &Client) -> Result<Holder, Error> {
    let refused = |error: make::Error| {
        if !matches!(error, make::Error::Unauthorized(_)) {
            return Error::Make(error);
        }
        Error::TokenRefused {
            prefix: client.token_prefix().unwrap_or_default().to_owned(),
            zone: client.zone().to_string(),
        }
    };
    let authorization = ask(client, users::current_authorization()).await;
    let user = ask(client, users::me()).await.map_err(refused)?.auth_user;
    let scopes = authorization.map_err(refused)?.authorization.scope;
    Ok(Holder { user, scopes })
}

/// Tries a new token until it works or patience ends: right after it was made, not every part of
/// Make knows it yet.
pub(super) async fn trial(client: &Client, new: &TokenFacts, given: bool) -> Trial {
    let patience = Patience::of(client.zone());
    let started = Instant::now();
    loop {
        let trial = try_once(client, new, given).await;
        if trial == Trial::Works || started.elapsed() >= patience.settle {
            return trial;
        }
        tokio::time::sleep(patience.pause).await;
    }
}

async fn try_once(client: &Client, new: &TokenFacts, given: bool) -> Trial {
    let holder = match holder(client).await {
        Ok(holder) => holder,
        Err(Error::TokenRefused { .. } | Error::Make(make::Error::Forbidden(_))) => {
            return Trial::Bad;
        }
        Err(_) => return Trial::Silent,
    };
    if holder.user.id != new.make_user_id {
        return Trial::Bad;
    }
    if given {
        return Trial::Works;
    }
    let set = |scopes: &[String]| scopes.iter().cloned().collect::<BTreeSet<_>>();
    if set(&holder.scopes) != set(&new.scopes) {
        return Trial::Bad;
    }
    is_refused(client).await
}

/// Whether Make refuses the token what it must not do.
async fn is_refused(client: &Client) -> Trial {
    let Ok(stamp) = NO_TOKEN.parse::<TokenStamp>() else {
        return Trial::Silent;
    };
    match ask(client, tokens::delete(&stamp)).await {
        Err(make::Error::Forbidden(_)) => Trial::Works,
        // It was let through, so the token may do more than Make said; or it does not work.
        Ok(_)
        | Err(make::Error::NotFound(_) | make::Error::Rejected(_) | make::Error::Unauthorized(_)) => {
            Trial::Bad
        }
        Err(_) => Trial::Silent,
    }
}
