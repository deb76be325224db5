//! The lock that all processes of one home share while a line is written.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Error;
use super::files::{self, Open};

const FIRST_PAUSE: Duration = Duration::from_micros(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(2);

/// The lock file, opened once and again when somebody removed it.
#[derive(Debug, Default)]
pub(super) struct Lock(Option<(File, Option<(u64, u64)>)>);

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
    pub(super) fn acquire(&mut self, home: &Path, patience: Duration) -> Result<Held<'_>, Error> {
        let path = home.join(files::LOCK);
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let (file, id) = match self.0.take() {
                Some(kept) => kept,
                None => opened(home, &path).map_err(|error| Error::open(files::LOCK, &error))?,
            };
            let locked = file.try_lock();
            // A removed lock file locks nobody out: whoever comes next makes another.
            let current = files::is_at(&path, id);
            match locked {
                Ok(()) if current => {
                    let (file, _) = self.0.insert((file, id));
                    return Ok(Held(file));
                }
                Ok(()) => continue,
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(Error::open(files::LOCK, &error)),
            }
            if begun.elapsed() >= patience {
                return Err(Error::Busy);
            }
            if current {
                self.0 = Some((file, id));
            }
            std::thread::sleep(pause);
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

fn opened(home: &Path, path: &Path) -> io::Result<(File, Option<(u64, u64)>)> {
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
    let id = files::identity(&file.metadata()?);
    Ok((file, id))
}
