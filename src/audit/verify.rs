//! Is the trail as it was written? Follows the chain through all files to the head, and says
//! where it does not hold. Goes on behind a fault, so that one fault is not taken for many.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use super::files;
use super::head::Position;
use super::key::Keys;
use super::line::{Parted, Place, Reason, mac_in};
use super::lines::Line;
use super::reader::{Snapshot, TrailFile};
use super::{Anchor, ending};

/// More are counted and not kept.
const MOST_FINDINGS: usize = 100;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many files there are.
    pub files: u64,
    /// How many lines.
    pub lines: u64,
    /// The last line that is ours.
    pub last: Option<Anchor>,
    /// What is wrong, in the order of the trail.
    pub findings: Vec<Finding>,
    /// How much more is wrong.
    pub more: u64,
    /// What a crash explains and the trail has dealt with.
    pub notes: Vec<Finding>,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line in it, from 1; `None` when it is about the file.
    pub line: Option<u64>,
    /// The sequence number that the place should have or has.
    pub sequence: Option<u64>,
    /// What it is.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(sequence) = self.sequence {
            write!(f, " (sequence {sequence})")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Report {
    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// That the state was found to be older before: by now it may count as high as the trail.
    pub fn remember_put_back(&mut self) {
        if self.findings.iter().all(|one| one.file != "state.db") {
            self.wrong(Finding {
                file: "state.db".to_owned(),
                line: None,
                sequence: None,
                what: "was older than the trail when it was looked at; it was put back or removed"
                    .to_owned(),
            });
        }
    }

    pub(super) fn wrong(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// What is kept of the trail elsewhere; generation and sequence are 0 when nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// How often it was kept.
    pub generation: u64,
    /// The last line that was kept.
    pub anchor: Anchor,
    /// How often any agent was changed.
    pub changes: u64,
}

/// Verifies a snapshot. `kept` is what the state says; `None` when it was not asked.
pub(super) fn verify(snapshot: &Snapshot, keys: &Keys, kept: Option<&Kept>) -> io::Result<Report> {
    let mut walk = Walk {
        keys,
        kept,
        report: Report::default(),
        file: files::CURRENT.to_owned(),
        line: 0,
        opened: 0,
        last: Position::default(),
        one_before: Position::default(),
        behind: vec![String::new()],
        torn: None,
        seen_kept: false,
        generation: 0,
        changes: 0,
        kept_lines: BTreeMap::new(),
    };
    for file in &snapshot.files {
        walk.file(file)?;
    }
    ending::check(&mut walk, snapshot);
    Ok(walk.report)
}

/// Where the walk along the chain is.
pub(super) struct Walk<'a> {
    keys: &'a Keys,
    pub(super) kept: Option<&'a Kept>,
    pub(super) report: Report,
    file: String,
    line: u64,
    /// The number of the file according to its first line.
    opened: u64,
    /// Where the last line ends, and what it says it is.
    pub(super) last: Position,
    /// The same of the line before it: a killed writer may leave the head there.
    pub(super) one_before: Position,
    /// What the next line may stand behind: the MAC that stands in the last line, the one that
    /// it should have, that of the last good line.
    behind: Vec<String>,
    /// An unfinished line.
    pub(super) torn: Option<Vec<u8>>,
    /// Whether the line that is kept elsewhere was seen.
    pub(super) seen_kept: bool,
    /// The highest generation that a line names.
    pub(super) generation: u64,
    /// How often any agent was changed, as far as a line says.
    pub(super) changes: u64,
    /// The lines that were kept elsewhere, and how often that had been done by then.
    kept_lines: BTreeMap<u64, u64>,
}

impl Walk<'_> {
    pub(super) fn keys(&self) -> &Keys {
        self.keys
    }

    /// The file where the walk is.
    pub(super) fn file_name(&self) -> String {
        self.file.clone()
    }

    /// What is wrong with the line where the walk is.
    fn wrong(&mut self, sequence: u64, what: impl Into<String>) {
        let finding = Finding {
            file: self.file.clone(),
            line: Some(self.line),
            sequence: Some(sequence),
            what: what.into(),
        };
        self.report.wrong(finding);
    }

    fn file(&mut self, file: &TrailFile) -> io::Result<()> {
        if self.torn.take().is_some() {
            self.wrong(self.last.sequence + 1, "the last line has no end");
        }
        self.report.files += 1;
        self.file.clone_from(&file.name);
        self.line = 0;
        let mut lines = file.lines()?;
        while let Some(line) = lines.next()? {
            self.line += 1;
            self.any_line(&line, file.number);
        }
        Ok(())
    }

    fn any_line(&mut self, line: &Line<'_>, number: Option<u64>) {
        if !line.whole {
            self.torn = Some(line.bytes.to_vec());
            return;
        }
        self.report.lines += 1;
        let Some(parted) = Parted::of(line.bytes) else {
            self.wrong(self.last.sequence + 1, "is not a line of the trail");
            self.go_on_behind(mac_in(line.bytes), None);
            return;
        };
        if self.line == 1 && parted.place.kind != "file" {
            self.wrong(
                parted.place.sequence,
                "the file does not begin with its first line",
            );
        }
        let good = match &parted.place.before {
            Some(before) if parted.follows(before, self.keys) => {
                self.upkeep(&parted.place, before, number);
                true
            }
            _ => self.usual(&parted),
        };
        if good {
            self.accept(&parted, line.ends);
        }
    }

    /// A line that says itself what it stands behind: the first of a file, or one that a writer
    /// left that had to find its place again.
    fn upkeep(&mut self, place: &Place, before: &str, number: Option<u64>) {
        let follows = self.behind.first().is_some_and(|mac| mac == before)
            && place.sequence == self.last.sequence + 1;
        let missing = missing(self.last.sequence, place.sequence);
        if place.kind == "file" {
            let opens = place.file.unwrap_or(0);
            let next = self.opened + 1;
            if self.line != 1 {
                self.wrong(place.sequence, "a file begins in the middle of another");
            } else if number.is_some_and(|number| number != opens) {
                self.wrong(
                    place.sequence,
                    format!("this is file {opens} by its first line"),
                );
            } else if opens > next {
                let names: Vec<String> = (next..opens).take(10).map(files::older).collect();
                self.wrong(
                    place.sequence,
                    format!("{} is missing{missing}", names.join(", ")),
                );
            } else if !follows {
                self.wrong(
                    place.sequence,
                    format!("the end of the file before is missing{missing}"),
                );
            }
            self.opened = opens;
        } else if follows && place.reason.as_deref() == Some("torn_tail") {
            self.report.notes.push(Finding {
                file: self.file.clone(),
                line: Some(self.line),
                sequence: Some(place.sequence),
                what: "a writer was killed here; the torn tail was repaired".to_owned(),
            });
        } else {
            let what = story(place);
            self.wrong(place.sequence, format!("{what}{missing}"));
        }
    }

    /// Any other line: it has to stand behind the one before it.
    fn usual(&mut self, parted: &Parted<'_>) -> bool {
        let keys = self.keys;
        if self
            .behind
            .iter()
            .any(|before| parted.follows(before, keys))
        {
            return true;
        }
        let (place, next) = (&parted.place, self.last.sequence + 1);
        let what = match place.sequence.cmp(&next) {
            std::cmp::Ordering::Equal => "was changed, or the line before it was".to_owned(),
            std::cmp::Ordering::Greater => format!(
                "does not follow the line before it{}",
                missing(self.last.sequence, place.sequence)
            ),
            std::cmp::Ordering::Less => {
                format!("is out of its place: {next} should stand here")
            }
        };
        self.wrong(place.sequence, what);
        let should = self
            .behind
            .first()
            .map(|mac| keys.line(mac, parted.covered));
        self.go_on_behind(Some(parted.mac.to_owned()), should);
        false
    }

    fn go_on_behind(&mut self, stands: Option<String>, should: Option<String>) {
        let good = self.behind.pop();
        self.behind = stands.into_iter().chain(should).chain(good).collect();
    }

    fn accept(&mut self, parted: &Parted<'_>, ends: u64) {
        let place = &parted.place;
        let here = Position {
            file: self.opened,
            length: ends,
            sequence: place.sequence,
            mac: parted.mac.to_owned(),
        };
        self.one_before = std::mem::replace(&mut self.last, here);
        self.behind = vec![parted.mac.to_owned()];
        self.changes = self.changes.max(place.changes.unwrap_or(0));
        if let (Some(generation), Some(kept)) = (place.generation, place.kept) {
            self.count(place.sequence, generation, kept);
        }
        if let Some(kept) = self.kept
            && kept.anchor.sequence == place.sequence
        {
            self.seen_kept = true;
            if kept.anchor.mac != parted.mac {
                self.wrong(
                    place.sequence,
                    "is another line than the one that state.db knows: the trail was replaced",
                );
            }
        }
    }
}

impl Walk<'_> {
    /// The later a line is that was kept elsewhere, the more often that had been done: where it
    /// is not so, the count was set back.
    fn count(&mut self, sequence: u64, generation: u64, kept: u64) {
        self.generation = self.generation.max(generation);
        let lower = self.kept_lines.range(..kept).next_back();
        let higher = self.kept_lines.range(kept + 1..).next();
        let grows = lower.is_none_or(|(_, below)| *below < generation)
            && higher.is_none_or(|(_, above)| *above > generation);
        let before = self.kept_lines.insert(kept, generation);
        if !grows || before.is_some_and(|before| before != generation) {
            self.wrong(
                sequence,
                "state.db had been put back before this was written",
            );
        }
    }
}

/// The lines between two sequence numbers, in words.
pub(super) fn missing(last: u64, next: u64) -> String {
    match next.saturating_sub(last) {
        0 | 1 => String::new(),
        2 => format!(": line {} is missing", last + 1),
        _ => format!(": lines {} to {} are missing", last + 1, next - 1),
    }
}

/// Why a writer had to find its place again.
fn story(place: &Place) -> String {
    let reason = place
        .reason
        .clone()
        .and_then(|reason| serde_json::from_value(reason.into()).ok());
    let found = place.found.unwrap_or(0);
    match reason {
        Some(Reason::TornTail) => "a torn tail was repaired at another place".to_owned(),
        Some(Reason::TailMissing) => {
            format!(
                "the trail ended at {found} when this was written, and should have gone on; {}",
                on_disk(place.synced.unwrap_or(0), found)
            )
        }
        Some(Reason::ForeignLines) => "there were lines that are not the trail's".to_owned(),
        Some(Reason::HeadMissing) => "the head was missing: the end was not known".to_owned(),
        Some(Reason::HeadInvalid) => {
            "the head was not the trail's (or the key is another one)".to_owned()
        }
        Some(Reason::HeadOfAnotherFile) => "the head was that of another file".to_owned(),
        Some(Reason::FileMissing) => "the file was missing".to_owned(),
        Some(Reason::RolledBack) => "an older trail had been put back".to_owned(),
        None => "the writer had to find its place again".to_owned(),
    }
}

/// Whether losing power explains that lines behind `last` are missing.
pub(super) fn on_disk(synced: u64, last: u64) -> String {
    if synced <= last {
        "none of the missing lines was on disk for sure, so lost power explains it".to_owned()
    } else {
        format!("up to {synced} they were on disk for sure")
    }
}
