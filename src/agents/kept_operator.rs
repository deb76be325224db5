//! The operator's token, kept by `operator login` in a folder of its own. Nothing that serves an
//! agent opens it.

use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::{Error, now};
use crate::ids::UserId;
use crate::make::{self, Access, Zone};
use crate::secret::{Secret, Strength};
use crate::secrets::{self, SecretReference};

/// What every name of an operator's entry begins with.
const BEGINNING: &str = "operator/";

/// An operator's token that is kept.
#[derive(Debug, Clone)]
pub struct KeptOperator {
    /// The token with its zone.
    pub access: Access,
    /// The Make user.
    pub user: UserId,
    /// Since when it is kept, in seconds since 1970.
    pub since: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    #[serde(deserialize_with = "make::tokens::token")]
    token: Secret,
    zone: String,
    make_user_id: UserId,
    since: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    token: &'a str,
    zone: String,
    make_user_id: UserId,
    since: i64,
}

fn place(zone: &Zone, user: UserId) -> SecretReference {
    SecretReference::default_for(&format!("{BEGINNING}{}/{user}", zone.host()))
}

impl Desk {
    /// Keeps an operator's token.
    pub async fn keep_operator(&self, access: &Access, user: UserId) -> Result<String, Error> {
        let at = place(&access.zone, user);
        let written = Written {
            // EXPOSE: into the entry, which is a secret itself.
            token: access.token.expose(),
            zone: access.zone.to_string(),
            make_user_id: user,
            since: now(),
        };
        let text = serde_json::to_string(&written).unwrap_or_default();
        self.operator_stores.put(&at, &Secret::new(text)).await?;
        Ok(at.to_string())
    }

    /// The operators' tokens that are kept.
    pub async fn kept_operators(&self) -> Result<Vec<KeptOperator>, Error> {
        let mut found = Vec::new();
        for at in self.operator_places().await? {
            let kept = self.operator_stores.get(&at).await?;
            // EXPOSE: to read it; serde's words, which may repeat a part of it, are dropped.
            let kept: Kept = serde_json::from_str(kept.expose()).map_err(|_| Error::BadOperator)?;
            self.scrubber.add(&kept.token, Strength::Token);
            found.push(KeptOperator {
                access: Access {
                    token: kept.token,
                    zone: Zone::kept(&kept.zone).map_err(|_| Error::BadOperator)?,
                },
                user: kept.make_user_id,
                since: kept.since,
            });
        }
        Ok(found)
    }

    /// Forgets the operators of this zone, or all; also what cannot be read any more. The tokens go
    /// on working at Make. Returns where they were.
    pub async fn forget_operators(&self, zone: Option<&Zone>) -> Result<Vec<String>, Error> {
        let mut forgotten = Vec::new();
        for at in self.operator_places().await? {
            let name = at.to_string();
            let of_zone = |zone: &Zone| name.contains(&format!("{BEGINNING}{}/", zone.host()));
            if zone.is_none_or(of_zone) {
                self.operator_stores.delete(&at).await?;
                forgotten.push(name);
            }
        }
        Ok(forgotten)
    }

    async fn operator_places(&self) -> Result<Vec<SecretReference>, Error> {
        let like = SecretReference::default_for(BEGINNING);
        let names = match self.operator_stores.names(&like).await {
            Ok(names) => names,
            Err(secrets::Error::Missing { .. } | secrets::Error::NoHome) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let ours = names.iter().filter(|name| name.starts_with(BEGINNING));
        ours.map(|name| super::desk::reference(&format!("{}:{name}", like.scheme())))
            .collect()
    }
}
