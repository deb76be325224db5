//! A store that was left out of this build: its references are read, and every use says which
//! feature brings it.

use std::marker::PhantomData;

use super::Error;
use super::store::Store;
use crate::secret::Secret;

#[derive(Debug)]
pub(super) struct Absent<At> {
    feature: &'static str,
    place: PhantomData<fn(&At)>,
}

impl<At> Absent<At> {
    pub(super) fn new(feature: &'static str) -> Self {
        Self {
            feature,
            place: PhantomData,
        }
    }

    fn error(&self) -> Error {
        Error::NotBuilt {
            feature: self.feature,
        }
    }
}

impl<At: Sync> Store for Absent<At> {
    type At = At;
    const SCHEME: &'static str = "absent";

    async fn get(&self, _: &At) -> Result<Secret, Error> {
        Err(self.error())
    }

    async fn put(&self, _: &At, _: &Secret) -> Result<(), Error> {
        Err(self.error())
    }

    async fn delete(&self, _: &At) -> Result<(), Error> {
        Err(self.error())
    }

    async fn names(&self, _: &At) -> Result<Vec<String>, Error> {
        Err(self.error())
    }
}
