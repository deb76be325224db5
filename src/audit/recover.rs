//! Where the next line belongs, whatever state the files are in. Nothing that has an end is ever
//! removed: a line that is not ours stays where it is, for `verify` to find.

use std::fs::File;
use std::io::{self, BufReader, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::Error;
use super::files::{self, CURRENT, HEAD, Open};
use super::head::{Head, Position};
use super::key::Keys;
use super::line::{Parted, Reason, Resumed, Stamp};
use super::lines::Lines;
use super::writer::{Opened, read_head};

/// Where the next line belongs.
pub(super) enum Begin {
    /// In the file that is there.
    There(Opened, Option<Resumed>),
    /// In a new file behind this end.
    NewFile(Head, Arc<File>, Option<Resumed>),
}

impl Begin {
    pub(super) fn resumed(&self) -> Option<&Resumed> {
        match self {
            Self::There(_, resumed) | Self::NewFile(_, _, resumed) => resumed.as_ref(),
        }
    }
}

/// What the head file holds.
enum Found {
    Valid(Head),
    Bad(Reason),
}

/// Finds the end of the trail. `known` is the last line that this process knows.
pub(super) fn find(home: &Path, keys: &Keys, known: Option<&Position>) -> Result<Begin, Error> {
    let (head_file, found) = open_head(home, keys).map_err(|error| Error::open(HEAD, &error))?;
    let failed = |error| Error::open(CURRENT, &error);
    let log = files::open_if_there(&home.join(CURRENT), Open::Writing).map_err(failed)?;
    let older = files::numbers(home).map_err(failed)?;
    let state = Files {
        home,
        keys,
        known,
        older: &older,
        head_file,
    };
    match log {
        None => state.without_file(found),
        Some(log) => state.with_file(found, log),
    }
    .map_err(failed)
}

fn open_head(home: &Path, keys: &Keys) -> io::Result<(Arc<File>, Found)> {
    let path = home.join(HEAD);
    let Some(file) = files::open_if_there(&path, Open::Writing)? else {
        let file = files::open(&path, Open::Making)?;
        return Ok((Arc::new(file), Found::Bad(Reason::HeadMissing)));
    };
    let found = if let Some(head) = Head::read(&read_head(&file)?, keys) {
        Found::Valid(head)
    } else {
        // Of a longer file only the first bytes are written over.
        file.set_len(0)?;
        Found::Bad(Reason::HeadInvalid)
    };
    Ok((Arc::new(file), found))
}

struct Files<'a> {
    home: &'a Path,
    keys: &'a Keys,
    known: Option<&'a Position>,
    older: &'a [u64],
    head_file: Arc<File>,
}

impl Files<'_> {
    fn without_file(self, found: Found) -> io::Result<Begin> {
        let last = self.older.last().copied().unwrap_or(0);
        let (mut head, mut reason) = match found {
            Found::Valid(head) => {
                // Between two steps of a rotation, or before the first line of all.
                let rotated = head.position.file == last;
                (head, (!rotated).then_some(Reason::FileMissing))
            }
            Found::Bad(_) if last == 0 && self.known.is_none() => (Head::default(), None),
            Found::Bad(reason) => (self.end_of_older(last)?, Some(reason)),
        };
        head.position.file = head.position.file.max(last);
        let found = head.position.sequence;
        self.not_before_known(&mut head.position, &mut reason);
        let resumed = reason.map(|reason| resumed(reason, found, &head, 0));
        Ok(Begin::NewFile(head, self.head_file, resumed))
    }

    fn with_file(self, found: Found, log: File) -> io::Result<Begin> {
        let length = log.metadata()?.len();
        let Some(first) = first_line(&log)? else {
            // Not one whole line: a file that was being made.
            return self.without_file(found);
        };
        let (mut head, from, mut reason) = match found {
            Found::Valid(head) if first.file == Some(head.position.file) => {
                if head.position.length > length {
                    (head, end_of_whole_lines(&log)?, Some(Reason::TailMissing))
                } else {
                    let from = head.position.length;
                    (head, from, None)
                }
            }
            // Its first line was written, and the head was not any more.
            Found::Valid(mut head) if first.file == Some(head.position.file + 1) => {
                head.position.file += 1;
                (head, 0, None)
            }
            Found::Valid(head) => (head, 0, Some(Reason::HeadOfAnotherFile)),
            Found::Bad(reason) => (Head::default(), 0, Some(reason)),
        };
        if from == 0 && reason.is_some() && reason != Some(Reason::TailMissing) {
            // Nothing is known of the end: what the file says of its beginning has to do.
            head.position.file = first.file.unwrap_or(0);
            head.position.sequence = first.sequence.saturating_sub(1);
            head.position.mac = first.before.unwrap_or_default();
        }
        let scan = scan(&log, from, &head.position, self.keys)?;
        let cut_bytes = length - scan.whole;
        if cut_bytes > 0 {
            log.set_len(scan.whole)?;
        }
        head.changes = head.changes.max(scan.changes);
        head.position = scan.end;
        let found = scan.last;
        if scan.foreign {
            reason = reason.or(Some(Reason::ForeignLines));
        }
        if cut_bytes > 0 {
            reason = reason.or(Some(Reason::TornTail));
        }
        self.not_before_known(&mut head.position, &mut reason);
        let resumed = reason.map(|reason| resumed(reason, found, &head, cut_bytes));
        let open = Opened {
            log_id: files::identity(&log.metadata()?),
            head_id: files::identity(&self.head_file.metadata()?),
            record: head.record(self.keys),
            log: Arc::new(log),
            head_file: self.head_file,
            head,
            looked: Instant::now(),
            stamp: Stamp::new(),
        };
        Ok(Begin::There(open, resumed))
    }

    /// Goes on behind what this process knows, when the files are older than that.
    fn not_before_known(&self, position: &mut Position, reason: &mut Option<Reason>) {
        if let Some(known) = self.known
            && known.sequence > position.sequence
        {
            position.sequence = known.sequence;
            position.mac.clone_from(&known.mac);
            *reason = reason.or(Some(Reason::RolledBack));
        }
    }

    /// Where the last of the older files ends.
    fn end_of_older(&self, number: u64) -> io::Result<Head> {
        let mut head = Head::default();
        head.position.file = number;
        let path = self.home.join(files::older(number));
        if let Some(file) = files::open_if_there(&path, Open::Reading)?
            && let Some(first) = first_line(&file)?
        {
            head.position.sequence = first.sequence.saturating_sub(1);
            head.position.mac = first.before.unwrap_or_default();
            let scan = scan(&file, 0, &head.position, self.keys)?;
            head.changes = scan.changes;
            head.position = scan.end;
        }
        Ok(head)
    }
}

fn resumed(reason: Reason, found: u64, head: &Head, cut_bytes: u64) -> Resumed {
    Resumed {
        reason,
        before: head.position.mac.clone(),
        found,
        synced: head.synced,
        cut_bytes,
    }
}

/// What the first line of a file says; `None` when the file has no whole line.
fn first_line(log: &File) -> io::Result<Option<super::line::Place>> {
    let mut file = log;
    file.seek(SeekFrom::Start(0))?;
    let mut lines = Lines::new(BufReader::new(file), 0);
    let Some(line) = lines.next()?.filter(|line| line.whole) else {
        return Ok(None);
    };
    let place = Parted::of(line.bytes).map(|parted| parted.place);
    Ok(Some(place.unwrap_or_default()))
}

/// Where an unfinished line begins, or the end of the file.
fn end_of_whole_lines(log: &File) -> io::Result<u64> {
    let mut file = log;
    file.seek(SeekFrom::Start(0))?;
    let mut lines = Lines::new(BufReader::new(file), 0);
    let mut end = 0;
    while let Some(line) = lines.next()?.filter(|line| line.whole) {
        end = line.ends;
    }
    Ok(end)
}

struct Scan {
    /// Where the lines that are ours end.
    end: Position,
    /// Where the whole lines end.
    whole: u64,
    /// The last sequence number that stands there.
    last: u64,
    /// Whether there are lines that are not ours.
    foreign: bool,
    /// How often any agent had been changed, as far as they say.
    changes: u64,
}

/// Follows the chain from here to the end of the file.
fn scan(log: &File, from: u64, position: &Position, keys: &Keys) -> io::Result<Scan> {
    let mut file = log;
    file.seek(SeekFrom::Start(from))?;
    let mut lines = Lines::new(BufReader::new(file), from);
    let mut scan = Scan {
        end: position.clone(),
        whole: from,
        last: position.sequence,
        foreign: false,
        changes: 0,
    };
    while let Some(line) = lines.next()?.filter(|line| line.whole) {
        scan.whole = line.ends;
        match Parted::of(line.bytes) {
            Some(parted) if !scan.foreign && parted.follows(&scan.end.mac, keys) => {
                scan.end.sequence = parted.place.sequence;
                parted.mac.clone_into(&mut scan.end.mac);
                scan.last = parted.place.sequence;
                scan.changes = scan.changes.max(parted.place.changes.unwrap_or(0));
            }
            _ => scan.foreign = true,
        }
    }
    scan.end.length = scan.whole;
    Ok(scan)
}
