//! `env:NAME`: secrets that whoever starts us puts into the environment, as container platforms
//! do. Read-only.

use super::reference::Variable;
use super::store::{LARGEST_VALUE, Store};
use super::{Error, SecretReference};
use crate::config::Variables;
use crate::secret::Secret;

#[derive(Debug)]
pub(super) struct Env(pub(super) Variables);

impl Store for Env {
    type At = Variable;
    const SCHEME: &'static str = "env";

    async fn get(&self, at: &Variable) -> Result<Secret, Error> {
        let value = self.0.get(at.as_str()).ok_or_else(|| Error::Missing {
            at: SecretReference::Env(at.clone()).to_string(),
        })?;
        if value.len() > LARGEST_VALUE {
            return Err(Error::TooLarge {
                store: Self::SCHEME,
                most_bytes: LARGEST_VALUE,
            });
        }
        Ok(Secret::new(value))
    }
}
