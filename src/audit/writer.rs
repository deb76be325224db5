//! Appending: under the lock, behind the last line of whichever process wrote last, and cut back
//! when not all of a line could be written.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Error;
use super::files::{self, CURRENT, HEAD, Look, Open};
use super::head::{HEAD_BYTES, Head, Position};
use super::key::Keys;
use super::line::{self, Body, Opening, Resumed, Stamp, Upkeep};
use super::lock::Lock;
use super::recover::{self, Begin};

/// One process's way to write. All I/O blocks.
#[derive(Debug)]
pub(super) struct Writer {
    home: PathBuf,
    rotate_at: u64,
    lock: Lock,
    open: Option<Opened>,
    /// The last line that this process has written or seen.
    known: Option<Position>,
    /// The last line that this process has made durable.
    synced: u64,
    /// Something that was found and could not be written down yet.
    owed: Option<Resumed>,
}

/// The open files, and what the head said when we last saw it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) log: Arc<File>,
    pub(super) log_id: Option<(u64, u64)>,
    pub(super) head_file: Arc<File>,
    pub(super) head_id: Option<(u64, u64)>,
    pub(super) head: Head,
    pub(super) record: Vec<u8>,
    /// When the names were last seen to lead to these files.
    pub(super) looked: Instant,
    pub(super) stamp: Stamp,
}

/// A line that was written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) sequence: u64,
    log: Arc<File>,
    head: Arc<File>,
}

impl Written {
    /// Waits until the line, and all before it, are on disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.log.sync_data()?;
        self.head.sync_data()
    }
}

impl Writer {
    pub(super) fn new(home: PathBuf, rotate_at: u64) -> Self {
        Self {
            home,
            rotate_at,
            lock: Lock::default(),
            open: None,
            known: None,
            synced: 0,
            owed: None,
        }
    }

    /// Whether the next line is likely to be written without opening or reading anything.
    pub(super) fn is_warm(&self) -> bool {
        self.open.is_some()
    }

    /// The last line that this process has written or seen.
    pub(super) fn known(&self) -> Option<&Position> {
        self.known.as_ref()
    }

    /// A line of this process is on disk.
    pub(super) fn synced(&mut self, sequence: u64) {
        self.synced = self.synced.max(sequence);
    }

    /// Appends a line with this body.
    pub(super) fn append(
        &mut self,
        keys: &Keys,
        body: &Body,
        patience: Duration,
        look: Look,
    ) -> Result<Written, Error> {
        let mut taken = std::mem::take(&mut self.lock);
        let written = taken
            .acquire(&self.home, patience, look)
            .and_then(|_held| self.append_alone(keys, body, look));
        self.lock = taken;
        written
    }

    fn append_alone(&mut self, keys: &Keys, body: &Body, look: Look) -> Result<Written, Error> {
        let mut kept = self.open.take();
        let open = kept.take_if(|open| self.is_current(open, keys, look));
        let mut open = match open {
            Some(open) => open,
            None => self.find_place(keys)?,
        };
        if open.head.position.length >= self.rotate_at {
            open = self.rotate(open, keys)?;
        }
        open.head.synced = open.head.synced.max(self.synced);
        let sequence = open.write(keys, body)?;
        self.known = Some(open.head.position.clone());
        let written = Written {
            sequence,
            log: Arc::clone(&open.log),
            head: Arc::clone(&open.head_file),
        };
        self.open = Some(open);
        Ok(written)
    }

    /// Whether the files are the ones that we have open and end where the head says; takes over
    /// what other processes wrote.
    fn is_current(&self, open: &mut Opened, keys: &Keys, look: Look) -> bool {
        let Ok(found) = open.log.metadata() else {
            return false;
        };
        let as_left = found.len() == open.head.position.length;
        // Whoever wrote a line made the file longer, and nobody starts the next file before this
        // one is full: so the head says nothing new.
        if as_left && found.len() < self.rotate_at && look.believes(open.looked, &found) {
            return true;
        }
        let there = files::is_at(&self.home.join(CURRENT), open.log_id)
            && files::is_at(&self.home.join(HEAD), open.head_id);
        if !there {
            return false;
        }
        let Ok(record) = read_head(&open.head_file) else {
            return false;
        };
        if record != open.record {
            match Head::read(&record, keys) {
                Some(head)
                    if head.position.file == open.head.position.file
                        && head.position.sequence > open.head.position.sequence =>
                {
                    open.head = head;
                    open.record = record;
                }
                _ => return false,
            }
        }
        open.looked = Instant::now();
        found.len() == open.head.position.length
    }

    /// Opens the files and finds the end of the trail, whatever state they are in.
    fn find_place(&mut self, keys: &Keys) -> Result<Opened, Error> {
        let begin = recover::find(&self.home, keys, self.known.as_ref())?;
        if let Some(resumed) = begin.resumed() {
            self.owed = Some(resumed.clone());
        }
        let mut open = match begin {
            Begin::There(mut open, None) if self.owed.is_none() => {
                // A killed writer may have left the head a line behind. It is written before the
                // next line is: were this process killed between the two as well, the head would
                // be two behind, which no writer leaves and `verify` takes for an older one.
                open.write_head(keys)
                    .map_err(|error| Error::write(HEAD, &error))?;
                open
            }
            Begin::There(open, _) => open,
            Begin::NewFile(head, head_file, _) => new_file(&self.home, head, head_file, keys)?,
        };
        if let Some(resumed) = &self.owed {
            let reason = resumed.reason;
            let mut resumed = resumed.clone();
            // In a new file its first line is already there.
            resumed.before.clone_from(&open.head.position.mac);
            open.write(keys, &Body::of(&Upkeep::Resumed(resumed)))?;
            tracing::warn!(
                ?reason,
                "the trail was not as it was left; see `audit verify`"
            );
            self.owed = None;
        }
        Ok(open)
    }

    /// Starts the next file.
    fn rotate(&self, open: Opened, keys: &Keys) -> Result<Opened, Error> {
        let number = open.head.position.file;
        let failed = |error| Error::open(&files::older(number), &error);
        let name = self.home.join(files::older(number));
        open.log.sync_data().map_err(failed)?;
        if name.symlink_metadata().is_ok() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        std::fs::rename(self.home.join(CURRENT), name).map_err(failed)?;
        new_file(&self.home, open.head, open.head_file, keys)
    }
}

impl Opened {
    /// Writes a line and then the head; leaves the file as it was when that fails.
    fn write(&mut self, keys: &Keys, body: &Body) -> Result<u64, Error> {
        let before_it = self.head.clone();
        let before = &before_it.position;
        let sequence = before.sequence + 1;
        let mut text = line::begun(sequence, &mut self.stamp, body);
        let mac = line::end(&mut text, &before.mac, keys);
        let written = put(&self.log, before.length, &text)
            .map_err(|error| Error::write(CURRENT, &error))
            .and_then(|()| {
                self.head.position.length += text.len() as u64;
                self.head.position.sequence = sequence;
                self.head.position.mac = mac;
                self.head.changes = self.head.changes.max(body.changes);
                self.write_head(keys)
                    .map_err(|error| Error::write(HEAD, &error))
            });
        if let Err(error) = written {
            // What cannot be cut back now is cut by the next writer.
            let _cut_later = self.log.set_len(before.length);
            self.head = before_it;
            let _old_one = put(&self.head_file, 0, &self.record);
            return Err(error);
        }
        Ok(sequence)
    }

    fn write_head(&mut self, keys: &Keys) -> io::Result<()> {
        let record = self.head.record(keys);
        put(&self.head_file, 0, &record)?;
        self.record = record;
        Ok(())
    }
}

/// Makes the current file with its first line. `head` is where the file before it ended.
fn new_file(home: &Path, head: Head, head_file: Arc<File>, keys: &Keys) -> Result<Opened, Error> {
    let failed = |error| Error::open(CURRENT, &error);
    let path = home.join(CURRENT);
    let log = match files::open(&path, Open::Making) {
        // A file that was only just made when its writer was killed.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            files::open(&path, Open::Writing)
        }
        made => made,
    };
    let log = Arc::new(log.map_err(failed)?);
    log.set_len(0).map_err(failed)?;
    let opening = Upkeep::File(Opening {
        file: head.position.file + 1,
        before: head.position.mac.clone(),
    });
    let mut open = Opened {
        log_id: files::identity(&log.metadata().map_err(failed)?),
        head_id: files::identity(&head_file.metadata().map_err(failed)?),
        record: head.record(keys),
        log,
        head_file,
        head,
        looked: Instant::now(),
        stamp: Stamp::new(),
    };
    open.head.position.file += 1;
    open.head.position.length = 0;
    open.write(keys, &Body::of(&opening))?;
    open.log.sync_data().map_err(failed)?;
    files::sync_folder(home).map_err(failed)?;
    Ok(open)
}

pub(super) fn read_head(file: &File) -> io::Result<Vec<u8>> {
    // One byte more, so that a longer file is no head of ours.
    let mut record = vec![0; HEAD_BYTES + 1];
    let read = get(file, 0, &mut record)?;
    record.truncate(read);
    Ok(record)
}

/// Reads what there is at this place, in one system call.
#[cfg(unix)]
fn get(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(not(unix))]
fn get(mut file: &File, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
    use std::io::{Read as _, Seek as _};
    file.seek(io::SeekFrom::Start(at))?;
    file.read(bytes)
}

/// Writes all of it at this place.
#[cfg(unix)]
fn put(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(not(unix))]
fn put(mut file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek as _, Write as _};
    file.seek(io::SeekFrom::Start(at))?;
    file.write_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::reader::Snapshot;
    use super::super::verify::verify;
    use super::*;
    use crate::secret::RootKey;

    /// One writer after the other is killed between its line and the head.
    #[test]
    fn writers_killed_before_the_head_leave_it_one_line_behind() {
        let home = std::env::temp_dir().join(format!("mcm-writer-{}", std::process::id()));
        let _left_over = std::fs::remove_dir_all(&home);
        let keys = Keys::of(&RootKey::fresh().unwrap()).unwrap();
        let read = || std::fs::read(home.join(HEAD)).unwrap();
        for killed in 0..5 {
            let mut writer = Writer::new(home.clone(), 1 << 20);
            // What the head said when the line had been written.
            let before = if killed == 0 {
                None
            } else {
                let found = writer.find_place(&keys).unwrap();
                assert!(read() == found.record, "{killed}");
                Some(found)
            };
            let body = Body {
                json: br#"{"kind":"call"}"#.to_vec(),
                changes: 0,
            };
            writer
                .append(&keys, &body, Duration::from_secs(2), Look::Anew)
                .unwrap();
            if let Some(before) = before {
                put(&before.head_file, 0, &before.record).unwrap();
            }
            let report = verify(&Snapshot::take(&home).unwrap(), &keys, None).unwrap();
            assert!(report.holds(), "{killed}: {report:?}");
            assert_eq!(
                report.notes.len(),
                usize::from(killed > 0),
                "{killed}: {report:?}"
            );
        }
        std::fs::remove_dir_all(&home).unwrap();
    }
}
