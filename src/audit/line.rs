//! One line as bytes: what every line begins and ends with, and what is read back of it.

use serde::{Deserialize, Serialize};

use super::key::{Keys, MAC_CHARS};

/// No line of ours comes near it.
pub(super) const LONGEST_LINE: usize = 256 << 10;

/// What a line needs beside its body: at most its place, its stamp and its MAC.
const BESIDE_BODY: usize = 160;

const BEFORE_MAC: &[u8] = b",\"mac\":\"";
const BEHIND_MAC: &[u8] = b"\"}";

/// What a line says beside its place.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// A JSON object.
    pub(super) json: Vec<u8>,
    /// How often any agent had been changed by then, where the line says it.
    pub(super) changes: u64,
}

impl Body {
    pub(super) fn of(said: &impl Serialize) -> Self {
        Self {
            // Plain fields always are JSON.
            json: serde_json::to_vec(said).unwrap_or_default(),
            changes: 0,
        }
    }
}

/// What the trail writes about itself.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum Upkeep {
    /// The first line of each file.
    File(Opening),
    /// Something was not as the last writer left it.
    Resumed(Resumed),
}

/// The first line of a file.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Opening {
    /// The number of the file.
    pub(super) file: u64,
    /// The MAC of the line before, in the file before; empty for the first file.
    pub(super) before: String,
}

/// Why the writer had to find its place again.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resumed {
    pub(super) reason: Reason,
    /// The MAC of the line that should have been the last.
    pub(super) before: String,
    /// The sequence number of the last line that was found.
    pub(super) found: u64,
    /// The last line that was known to be on disk.
    pub(super) synced: u64,
    /// How many bytes of an unfinished line were cut.
    pub(super) cut_bytes: u64,
}

/// Why the writer had to find its place again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    /// A line was not finished: its writer was killed.
    TornTail,
    /// Lines that the head knows are not there.
    TailMissing,
    /// There are lines behind the head that are not ours.
    ForeignLines,
    /// There was no head.
    HeadMissing,
    /// The head was not ours.
    HeadInvalid,
    /// The head was of another file than the one that is there.
    HeadOfAnotherFile,
    /// The file was gone.
    FileMissing,
    /// Head and file were older than what this process had written.
    RolledBack,
}

/// What lines say of when and by whom they were written. Kept from line to line: many share their
/// second, and all their process.
#[derive(Debug)]
pub(super) struct Stamp {
    second: i64,
    text: String,
    pid: u32,
}

impl Stamp {
    pub(super) fn new() -> Self {
        Self {
            second: 0,
            text: String::new(),
            pid: std::process::id(),
        }
    }

    /// `2026-11-22T09:21:23.007Z`, as `"at":…,"pid":…`.
    fn of(&mut self, now: jiff::Timestamp) -> String {
        let second = now.as_second();
        if second != self.second || self.text.is_empty() {
            self.text = format!("{now:.0}");
            self.second = second;
        }
        let (until_second, pid) = (self.text.trim_end_matches('Z'), self.pid);
        let millis = now.subsec_millisecond();
        format!("\"at\":\"{until_second}.{millis:03}Z\",\"pid\":{pid}")
    }
}

/// A line without its end: `{"seq":…,"at":…,"pid":…,` and what `body` says.
pub(super) fn begun(sequence: u64, stamp: &mut Stamp, body: &Body) -> Vec<u8> {
    let body = &body.json;
    let stamp = stamp.of(jiff::Timestamp::now());
    let mut line = Vec::with_capacity(body.len() + BESIDE_BODY);
    line.extend_from_slice(b"{\"seq\":");
    line.extend_from_slice(sequence.to_string().as_bytes());
    line.push(b',');
    line.extend_from_slice(stamp.as_bytes());
    line.push(b',');
    // The body is an object: its fields go on where ours end.
    line.extend_from_slice(
        body.get(1..body.len().saturating_sub(1))
            .unwrap_or_default(),
    );
    line
}

/// Ends a line; returns its MAC.
pub(super) fn end(line: &mut Vec<u8>, before: &str, keys: &Keys) -> String {
    let mac = keys.line(before, line);
    line.extend_from_slice(BEFORE_MAC);
    line.extend_from_slice(mac.as_bytes());
    line.extend_from_slice(BEHIND_MAC);
    line.push(b'\n');
    mac
}

/// What a line says of its place.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Place {
    #[serde(rename = "seq")]
    pub(super) sequence: u64,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) file: Option<u64>,
    #[serde(default)]
    pub(super) before: Option<String>,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) found: Option<u64>,
    #[serde(default)]
    pub(super) synced: Option<u64>,
    #[serde(default)]
    pub(super) generation: Option<u64>,
    #[serde(default)]
    pub(super) kept: Option<u64>,
    #[serde(default)]
    pub(super) changes: Option<u64>,
}

/// A line without its line end, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Parted<'a> {
    /// What the MAC covers.
    pub(super) covered: &'a [u8],
    /// The MAC as it stands there.
    pub(super) mac: &'a str,
    pub(super) place: Place,
}

impl<'a> Parted<'a> {
    /// `None` for what has not the form of a line of ours.
    pub(super) fn of(line: &'a [u8]) -> Option<Self> {
        let rest = line.strip_suffix(BEHIND_MAC)?;
        let (rest, mac) = rest.split_at_checked(rest.len().checked_sub(MAC_CHARS)?)?;
        Some(Self {
            covered: rest.strip_suffix(BEFORE_MAC)?,
            mac: std::str::from_utf8(mac).ok()?,
            place: serde_json::from_slice(line).ok()?,
        })
    }

    /// Whether it is ours and stands behind the line with this MAC.
    pub(super) fn follows(&self, before: &str, keys: &Keys) -> bool {
        keys.line(before, self.covered) == self.mac
    }
}

/// The MAC in a line that has not the form of one, where it can be seen.
pub(super) fn mac_in(line: &[u8]) -> Option<String> {
    let at = line
        .windows(BEFORE_MAC.len())
        .rposition(|piece| piece == BEFORE_MAC)?;
    let mac = line.get(at + BEFORE_MAC.len()..)?.get(..MAC_CHARS)?;
    String::from_utf8(mac.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_says_the_time_as_its_own_second_does() {
        let mut stamp = Stamp::new();
        let pid = std::process::id();
        for (millis, text) in [
            (1_795_339_283_007, "2026-11-22T09:21:23.007Z"),
            (1_795_339_283_999, "2026-11-22T09:21:23.999Z"),
            (1_795_339_284_000, "2026-11-22T09:21:24.000Z"),
            (1_795_339_199_998, "2026-11-22T09:19:59.998Z"),
        ] {
            let at = jiff::Timestamp::from_millisecond(millis).unwrap();
            assert_eq!(stamp.of(at), format!("\"at\":\"{text}\",\"pid\":{pid}"));
            assert_eq!(format!("{at:.3}"), text);
        }
    }
}
