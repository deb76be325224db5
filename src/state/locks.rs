//! Locks between processes: files that the system lets go of when their process ends, however it
//! ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Error, State};

/// How long until another process is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// A lock that is held; given back when it is dropped or the process is gone.
#[derive(Debug)]
pub struct Lock {
    name: String,
    _file: File,
}

impl Lock {
    /// The name it was taken by.
    pub fn name(&self) -> &str {
        &self.name
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
        let file = tokio::task::spawn_blocking(move || open(&folder, &path));
        let file = file
            .await
            .map_err(|_| Error::Ending)?
            .map_err(|_| failed())?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Some(Lock {
                        name: name.to_owned(),
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

fn open(folder: &Path, path: &Path) -> io::Result<File> {
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
    make.create(folder)?;
    file.open(path)
}
