//! Reading the trail: all its files as they are at one moment, without writing anything.

use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use super::files::{self, CURRENT, HEAD, LOCK, Open};
use super::head::HEAD_BYTES;
use super::lines::Lines;
use super::{Error, PATIENCE};

/// All files of the trail at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// In the order of the trail; the current one, when there is one, is the last.
    pub(super) files: Vec<TrailFile>,
    /// The bytes of the head; `None` when there is none.
    pub(super) head: Option<Vec<u8>>,
}

/// A file of the trail.
#[derive(Debug)]
pub(super) struct TrailFile {
    pub(super) name: String,
    /// The number in the name; `None` for the current one.
    pub(super) number: Option<u64>,
    file: File,
    length: u64,
}

/// The lines of a file, as far as it went when the snapshot was taken.
pub(super) type FileLines<'a> = Lines<BufReader<io::Take<&'a File>>>;

impl TrailFile {
    pub(super) fn lines(&self) -> io::Result<FileLines<'_>> {
        self.lines_from(0)
    }

    fn lines_from(&self, at: u64) -> io::Result<FileLines<'_>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at))?;
        let left = file.take(self.length.saturating_sub(at));
        Ok(Lines::new(BufReader::with_capacity(64 << 10, left), at))
    }
}

impl Snapshot {
    /// Opens what is there. Holds the lock, shared with other readers, only meanwhile.
    ///
    /// # Errors
    /// When a file cannot be opened, or a writer does not give the lock back.
    pub fn take(home: &Path) -> Result<Self, Error> {
        let lock = files::open_if_there(&home.join(LOCK), Open::Reading)
            .map_err(|error| Error::open(LOCK, &error))?;
        if let Some(lock) = &lock {
            share(lock)?;
        }
        // The lock is given back when its file is closed.
        Self::open(home)
    }

    fn open(home: &Path) -> Result<Self, Error> {
        let failed = |error| Error::open(CURRENT, &error);
        let older = match files::numbers(home) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            numbers => numbers.map_err(failed)?,
        };
        let names = older.into_iter().map(|n| (Some(n), files::older(n)));
        let mut found = Vec::new();
        for (number, name) in names.chain([(None, CURRENT.to_owned())]) {
            let file = files::open_if_there(&home.join(&name), Open::Reading)
                .map_err(|error| Error::open(&name, &error))?;
            if let Some(file) = file {
                let length = file.metadata().map_err(failed)?.len();
                found.push(TrailFile {
                    name,
                    number,
                    file,
                    length,
                });
            }
        }
        let head = read_head(home).map_err(|error| Error::open(HEAD, &error))?;
        Ok(Self { files: found, head })
    }

    /// Whether there is no trail at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.head.is_none()
    }

    /// Hands each whole line behind `mark` to `take`, until it says to stop. Returns the place
    /// to go on from.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn lines(&self, mark: Mark, take: &mut dyn FnMut(&[u8]) -> bool) -> io::Result<Mark> {
        let mut mark = mark;
        for file in &self.files {
            let id = files::identity(&file.file.metadata()?);
            if id.is_some() && mark.read.contains(&id) {
                continue;
            }
            let from = if mark.file == id && id.is_some() {
                mark.at
            } else {
                0
            };
            let mut lines = file.lines_from(from)?;
            mark.at = from;
            while let Some(line) = lines.next()?.filter(|line| line.whole) {
                mark.at = line.ends;
                if !take(line.bytes) {
                    return Ok(mark);
                }
            }
            mark.file = id;
            if file.number.is_some() {
                mark.read.push(id);
            }
        }
        Ok(mark)
    }
}

/// How far somebody has read.
#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// Files that were read to their end and are not written any more.
    read: Vec<Option<(u64, u64)>>,
    file: Option<(u64, u64)>,
    at: u64,
}

fn share(lock: &File) -> Result<(), Error> {
    let begun = Instant::now();
    loop {
        match lock.try_lock_shared() {
            Ok(()) => return Ok(()),
            Err(std::fs::TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(std::fs::TryLockError::WouldBlock) => return Err(Error::Busy),
            Err(std::fs::TryLockError::Error(error)) => return Err(Error::open(LOCK, &error)),
        }
    }
}

fn read_head(home: &Path) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = files::open_if_there(&home.join(HEAD), Open::Reading)? else {
        return Ok(None);
    };
    let mut record = Vec::new();
    // One byte more, so that a longer file is no head of ours.
    file.take(HEAD_BYTES as u64 + 1).read_to_end(&mut record)?;
    Ok(Some(record))
}
