//! `file:/absolute/path`: a file with one secret, as container platforms mount and systemd hands
//! over. Read-only. Links are followed, because Kubernetes mounts secrets as links. Files that
//! others may read are accepted: Kubernetes mounts them 0644 and Docker 0444, and there the
//! container is the wall. Files that others may change are refused.

use std::time::Duration;

use super::reference::AbsolutePath;
use super::store::{LARGEST_VALUE, Store, blocking, text_of};
use super::{Error, SecretReference, files};
use crate::secret::Secret;

/// A network mount may hang.
const LIMIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct File;

impl Store for File {
    type At = AbsolutePath;
    const SCHEME: &'static str = "file";

    async fn get(&self, at: &AbsolutePath) -> Result<Secret, Error> {
        let at = at.clone();
        blocking(Self::SCHEME, LIMIT, move || {
            let name = || SecretReference::File(at.clone()).to_string();
            let bytes = files::read_mounted(at.as_path(), LARGEST_VALUE)?;
            let bytes = bytes.ok_or_else(|| Error::Missing { at: name() })?;
            text_of(bytes).ok_or_else(|| Error::NotText { at: name() })
        })
        .await
    }
}
