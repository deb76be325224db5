//! The lock that all processes of one home share while a line is written.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Error;
use super::files::{self, Look, Open};

const FIRST_PAUSE: Duration = Duration::from_micros(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(2);

/// The lock file, opened once and again when somebody removed it.
#[derive(Debug, Default)]
pub(super) struct Lock(Option<LockFile>);

#[derive(Debug)]
struct LockFile {
    file: File,
    id: Option<(u64, u64)>,
    /// When the name was last seen to lead to it.
    looked: Instant,
}

/// Held; given back when dropped.
pub(super) struct Held<'a>(&'a File);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Closing the file would give it back as well.
        let _given_back = self.0.unlock();
    }
}

impl Lock {
    /// Waits for the lock, at most this long.
    pub(super) fn acquire(
        &mut self,
        home: &Path,
        patience: Duration,
        look: Look,
    ) -> Result<Held<'_>, Error> {
        let path = home.join(files::LOCK);
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let mut kept = match self.0.take() {
                Some(kept) => kept,
                None => opened(home, &path).map_err(|error| Error::open(files::LOCK, &error))?,
            };
            let locked = kept.file.try_lock();
            // A removed lock file locks nobody out: whoever comes next makes another.
            let current = kept.is_current(&path, look);
            match locked {
                Ok(()) if current => {
                    return Ok(Held(&self.0.insert(kept).file));
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(Error::open(files::LOCK, &error)),
            }
            if begun.elapsed() >= patience {
                return Err(Error::Busy);
            }
            if current {
                self.0 = Some(kept);
            }
            std::thread::sleep(pause);
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

impl LockFile {
    fn is_current(&mut self, path: &Path, look: Look) -> bool {
        let found = self.file.metadata();
        if found.is_ok_and(|found| look.believes(self.looked, &found)) {
            return true;
        }
        self.looked = Instant::now();
        files::is_at(path, self.id)
    }
}

fn opened(home: &Path, path: &Path) -> io::Result<LockFile> {
    files::make_home(home)?;
    let file = match files::open_if_there(path, Open::Writing)? {
        Some(file) => file,
        None => match files::open(path, Open::Making) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                files::open(path, Open::Writing)?
            }
            Err(error) => return Err(error),
        },
    };
    Ok(LockFile {
        id: files::identity(&file.metadata()?),
        looked: Instant::now(),
        file,
    })
}
