//! Locks between processes: files that the system lets go of when their process ends, however it
//! ends.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Error, State};
use crate::file_trust::{self, OpenError, Others};

/// How long until another process is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// A lock that is held; given back when it is dropped or the process is gone.
#[derive(Debug)]
pub struct Lock {
    name: String,
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// The name it was taken by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives it back for good, and leaves no file behind. Only where whoever waits for it, or
    /// takes it by a new file of that name, finds that nothing is left to do.
    pub fn end(self) {
        let _left_behind = std::fs::remove_file(&self.path);
        if let Some(folder) = self.path.parent() {
            // Others may be in it.
            let _in_use = std::fs::remove_dir(folder);
        }
    }
}

impl State {
    /// Takes the lock of this name. `None` when another process does not let go of it in time.
    ///
    /// # Errors
    /// When there is no folder for it, or the file cannot be made.
    pub async fn lock(&self, name: &str, patience: Duration) -> Result<Option<Lock>, Error> {
        let home = self.0.home.clone().ok_or(Error::NoHome)?;
        // Part of a file name: a port is written behind a colon, which not every system allows.
        let plain: String = name
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '.' {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        let folder = home.join("locks");
        let path = folder.join(format!("{plain}.lock"));
        let failed = || Error::Open(home.clone());
        let at = path.clone();
        let file = tokio::task::spawn_blocking(move || {
            // The folder may be gone again in between: see `Lock::end`.
            open(&folder, &at).or_else(|_| open(&folder, &at))
        });
        let file = file
            .await
            .map_err(|_| Error::Ending)?
            .map_err(|error| match error {
                OpenError::Untrusted(why) => why.into(),
                OpenError::NotPlain | OpenError::Io(_) => failed(),
            })?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Some(Lock {
                        name: name.to_owned(),
                        path,
                        _file: file,
                    }));
                }
                Err(std::fs::TryLockError::WouldBlock) => {}
                Err(std::fs::TryLockError::Error(_)) => return Err(failed()),
            }
            if started.elapsed() >= patience {
                return Ok(None);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn open(folder: &Path, path: &Path) -> Result<File, OpenError> {
    let mut make = std::fs::DirBuilder::new();
    let mut file = OpenOptions::new();
    make.recursive(true);
    file.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        make.mode(0o700);
        file.mode(0o600);
    }
    file_trust::parents(folder).map_err(OpenError::Untrusted)?;
    make.create(folder).map_err(OpenError::Io)?;
    file_trust::open(path, &file, Others::Read)
}
