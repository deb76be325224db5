//! `file:/absolute/path`: a file with one secret, as container platforms mount and systemd hands
//! over. Read-only. Links are followed, because Kubernetes mounts secrets as links. Files that
//! others may read are accepted: Kubernetes mounts them 0644 and Docker 0444, and there the
//! container is the wall. Files that others may change are refused.

use std::io::{ErrorKind, Read as _};
use std::path::Path;
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
            let bytes = read(at.as_path(), name)?;
            text_of(bytes).ok_or_else(|| Error::NotText { at: name() })
        })
        .await
    }
}

fn read(path: &Path, name: impl Fn() -> String) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| {
        if error.kind() == ErrorKind::NotFound {
            Error::Missing { at: name() }
        } else {
            Error::Io {
                path: path.to_owned(),
                action: "read",
            }
        }
    };
    // Opened without waiting: a pipe that nobody writes would hang.
    let file = files::open_following(path).map_err(failed)?;
    let facts = file.metadata().map_err(failed)?;
    if !facts.is_file() {
        return Err(Error::NotPlain(path.to_owned()));
    }
    files::only_owner_may_write(path, &facts)?;
    // Two more bytes than a value: an end of line.
    let most = LARGEST_VALUE + 2;
    let mut bytes = Vec::with_capacity(most + 1);
    let most = u64::try_from(most + 1).unwrap_or(u64::MAX);
    file.take(most).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > LARGEST_VALUE + 2 {
        return Err(Error::TooLarge {
            store: File::SCHEME,
            most_bytes: LARGEST_VALUE,
        });
    }
    Ok(bytes)
}
