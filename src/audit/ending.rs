//! The end of the trail: does the head sign the last line, and does the state know no later one?

use super::Anchor;
use super::files::{CURRENT, HEAD};
use super::head::{Head, Position};
use super::reader::Snapshot;
use super::verify::{Finding, Walk, missing, on_disk};

/// Compares the end that was found with what head and state say.
pub(super) fn check(walk: &mut Walk<'_>, snapshot: &Snapshot) {
    let last = walk.last.clone();
    walk.report.last = (last.sequence > 0).then(|| Anchor {
        sequence: last.sequence,
        mac: last.mac.clone(),
    });
    let fits = head(walk, snapshot, &last);
    torn(walk, snapshot, &last, fits);
    state(walk, &last);
}

/// Whether the head fits the end.
fn head(walk: &mut Walk<'_>, snapshot: &Snapshot, last: &Position) -> bool {
    let Some(record) = &snapshot.head else {
        if !snapshot.is_empty() {
            wrong(
                walk,
                HEAD,
                None,
                "is missing: nothing says where the trail ends",
            );
        }
        return false;
    };
    let Some(head) = Head::read(record, walk.keys()) else {
        // Killed between its first two steps, a writer leaves an empty one and nothing else.
        if record.is_empty() && last.sequence == 0 {
            note(walk, HEAD, "was being made when its writer was killed");
            return true;
        }
        wrong(walk, HEAD, None, "was changed, or the key is another one");
        return false;
    };
    let says = &head.position;
    if says == last {
        return true;
    }
    if *says == walk.one_before {
        note(
            walk,
            HEAD,
            "is one line behind: a writer was killed before it could write it",
        );
        return true;
    }
    if says.sequence < last.sequence {
        let lines = last.sequence - says.sequence;
        wrong(
            walk,
            HEAD,
            Some(says.sequence),
            format!(
                "is {lines} lines older than the trail: an older one was put back, or power was lost"
            ),
        );
        return false;
    }
    let what = if says.sequence == last.sequence {
        "the end is not the one that the head signs".to_owned()
    } else {
        format!(
            "the end is cut{}; {}",
            missing(last.sequence, says.sequence + 1),
            on_disk(head.synced, last.sequence)
        )
    };
    wrong(walk, &walk.file_name(), Some(last.sequence + 1), what);
    false
}

/// An unfinished line at the very end: a killed writer's, or somebody else's bytes.
fn torn(walk: &mut Walk<'_>, snapshot: &Snapshot, last: &Position, head_fits: bool) {
    let Some(bytes) = walk.torn.take() else {
        return;
    };
    let in_current = snapshot
        .files
        .last()
        .is_some_and(|file| file.number.is_none());
    let start = format!("{{\"seq\":{},\"at\":\"", last.sequence + 1).into_bytes();
    let ours = bytes.starts_with(&start) || start.starts_with(&bytes);
    if head_fits && in_current && ours {
        note(
            walk,
            CURRENT,
            "ends in a torn line: a writer was killed; the next one repairs it",
        );
    } else {
        let file = walk.file_name();
        wrong(
            walk,
            &file,
            Some(last.sequence + 1),
            "ends in the middle of a line",
        );
    }
}

/// What `state.db` remembers of the trail, and the trail of `state.db`.
fn state(walk: &mut Walk<'_>, last: &Position) {
    let Some(kept) = walk.kept else { return };
    let known = kept.anchor.sequence;
    if known > last.sequence {
        let what = format!(
            "state.db knows the line {known}, and the trail ends at {}: an older one was put back, or it was removed",
            last.sequence
        );
        wrong(walk, CURRENT, Some(known), what);
    } else if known > 0 && !walk.seen_kept && walk.report.holds() {
        wrong(
            walk,
            CURRENT,
            Some(known),
            "the line that state.db knows is missing",
        );
    }
    if kept.changes < walk.changes {
        let what = format!(
            "is older than the trail: agents were changed {} times in it, and the trail says {}; it was put back or removed",
            kept.changes, walk.changes
        );
        wrong(walk, "state.db", None, what);
    }
    if kept.generation < walk.generation {
        let what = format!(
            "is older than the trail: it was kept {} times, and the trail says {}; it was put back or removed",
            kept.generation, walk.generation
        );
        wrong(walk, "state.db", None, what);
    }
}

fn finding(file: &str, sequence: Option<u64>, what: impl Into<String>) -> Finding {
    Finding {
        file: file.to_owned(),
        line: None,
        sequence,
        what: what.into(),
    }
}

fn wrong(walk: &mut Walk<'_>, file: &str, sequence: Option<u64>, what: impl Into<String>) {
    walk.report.wrong(finding(file, sequence, what));
}

fn note(walk: &mut Walk<'_>, file: &str, what: &str) {
    walk.report.notes.push(finding(file, None, what));
}
