//! The files of state.db: made for their owner alone, and opened only where no other user can have
//! written them.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;

use super::{Error, State};
use crate::file_trust::{self, OpenError, Others};

/// What `SQLite` puts beside the file, and reads when it opens it.
const BESIDE: [&str; 3] = ["state.db-wal", "state.db-shm", "state.db-journal"];

impl State {
    /// Whether the home folder can be believed, where there is one.
    pub(super) fn check_home(&self) -> Result<(), Error> {
        match &self.0.home {
            Some(home) => checked(home).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// Makes the folder 0700 and the file 0600 where they are not there, before `SQLite` opens it.
pub(super) fn make(home: &Path, path: &Path) -> Result<(), Error> {
    let failed = |_: std::io::Error| Error::Open(home.to_owned());
    let mut folder = std::fs::DirBuilder::new();
    let mut file = std::fs::OpenOptions::new();
    folder.recursive(true);
    file.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if !checked(home)? {
        folder.create(home).map_err(failed)?;
        file_trust::check(home, Others::Read)?;
    }
    for name in BESIDE {
        let beside = home.join(name);
        match std::fs::symlink_metadata(&beside) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Ok(_) | Err(_) => match file_trust::check(&beside, Others::Nothing) {
                // Another process was the last one to close the database.
                Err(why) if why.is_missing() => {}
                Err(why) => return Err(why.into()),
                Ok(_) => {}
            },
        }
    }
    match file_trust::open(path, &file, Others::Nothing) {
        Ok(_) => Ok(()),
        Err(OpenError::Untrusted(why)) => Err(why.into()),
        Err(error) => Err(failed(error.into())),
    }
}

/// What tells this folder from a copy of it, as far as the system says: its number and when it was
/// made. An archive that is unpacked elsewhere has neither.
pub(super) fn mark(home: &Path) -> std::io::Result<String> {
    let facts = std::fs::metadata(home)?;
    let made = facts.created().ok();
    let made = made.and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    let made = made.map_or(0, |since| since.as_nanos());
    let number = identity(&facts).map_or(0, |(_, number)| number);
    Ok(format!("{number}:{made}"))
}

/// Whether this is the home folder that the system's own list of users gives this user, which no
/// variable of the environment changes.
pub(super) fn is_own(home: &Path) -> bool {
    let folder = file_trust::user_folder();
    folder.is_some_and(|folder| folder.join(".make-credentials-mcp") == home)
}

/// Whether the home folder is there. An error when another user can write there.
fn checked(home: &Path) -> Result<bool, Error> {
    match file_trust::check(home, Others::Read) {
        Ok(_) => Ok(true),
        Err(why) if why.is_missing() => Ok(false),
        // In a device or a file there is nothing to believe; opening it says so.
        Err(_) if std::fs::metadata(home).is_ok_and(|facts| !facts.is_dir()) => Ok(true),
        Err(why) => Err(why.into()),
    }
}

/// Which file this is, whatever its name; `None` where the system does not say.
#[cfg_attr(
    unix,
    expect(clippy::unnecessary_wraps, reason = "other systems do not say it")
)]
pub(super) fn identity(facts: &Metadata) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some((facts.dev(), facts.ino()))
    }
    #[cfg(not(unix))]
    {
        let _no_stable_way = facts;
        None
    }
}
