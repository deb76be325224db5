//! The head: where the trail ends, signed. One record of a fixed size, written over in one go
//! after each line, so that a cut tail is found.

use super::key::Keys;
use super::writer::read_head;
use super::{Trail, files};
use crate::file_trust::{self, Others, Untrusted};

/// The size of the record: inside a sector, so that no crash leaves a half of it.
pub(super) const HEAD_BYTES: usize = 256;

/// Where the trail ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Position {
    /// The number of the file that holds the last line.
    pub(super) file: u64,
    /// How long that file is.
    pub(super) length: u64,
    /// The sequence number of the last line.
    pub(super) sequence: u64,
    /// Its MAC.
    pub(super) mac: String,
}

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Head {
    pub(super) position: Position,
    /// The last line that is known to be on disk, whatever happens to the power.
    pub(super) synced: u64,
    /// How often any agent had been changed, as far as a line says.
    pub(super) changes: u64,
}

impl Head {
    /// The record.
    pub(super) fn record(&self, keys: &Keys) -> Vec<u8> {
        let Position {
            file,
            length,
            sequence,
            mac,
        } = &self.position;
        let (synced, changes) = (self.synced, self.changes);
        let text = format!("trail-head-2 {file} {length} {sequence} {synced} {changes} {mac}");
        let signature = keys.head(text.as_bytes());
        let mut record = format!("{text} {signature}").into_bytes();
        record.resize(HEAD_BYTES - 1, b' ');
        record.push(b'\n');
        record
    }

    /// What a record says; `None` when its signature is not ours or a byte of it is off.
    pub(super) fn read(record: &[u8], keys: &Keys) -> Option<Self> {
        let head = Self::unchecked(record)?;
        (head.record(keys) == record).then_some(head)
    }

    /// The same without the signature, for who has no key.
    pub(super) fn unchecked(record: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(record).ok()?;
        let mut words = text.trim_end().split(' ');
        if words.next() != Some("trail-head-2") {
            return None;
        }
        let mut number = || words.next()?.parse::<u64>().ok();
        let (file, length, sequence) = (number()?, number()?, number()?);
        let (synced, changes) = (number()?, number()?);
        let mac = words.next()?.to_owned();
        Some(Self {
            position: Position {
                file,
                length,
                sequence,
                mac,
            },
            synced,
            changes,
        })
    }
}

impl Trail {
    /// Whether no other user can have written the head; a missing one is none of theirs.
    ///
    /// # Errors
    /// Who owns it, or what others may do to it.
    pub fn check_head(&self) -> Result<(), Untrusted> {
        let Some(home) = &self.0.home else {
            return Ok(());
        };
        match file_trust::check(&home.join(files::HEAD), Others::Read) {
            Err(why) if !why.is_missing() => Err(why),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// How often any agent had been changed when that was last written down; `None` where there is
    /// no trail, or its head is not ours.
    pub async fn agent_changes(&self) -> Option<u64> {
        let path = self.0.home.as_ref()?.join(files::HEAD);
        let read = move || {
            let file = files::open_if_there(&path, files::Open::Reading).ok()??;
            read_head(&file).ok()
        };
        // Without a trail its key is not asked for: it would be made.
        let record = tokio::task::spawn_blocking(read).await.ok()??;
        let keys = self.keys().await.ok()?;
        Head::read(&record, &keys).map(|head| head.changes)
    }
}
