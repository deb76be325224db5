//! The files of the trail in the home folder: never changed by another user, never through a
//! symbolic link, never anything but a plain file.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::file_trust::{self, Others, Untrusted};

/// The file that is written to.
pub(super) const CURRENT: &str = "audit.jsonl";
/// Where the trail ends, signed.
pub(super) const HEAD: &str = "audit.head";
/// Held while a line is written.
pub(super) const LOCK: &str = "audit.lock";

/// The name of an older file.
pub(super) fn older(number: u64) -> String {
    format!("audit.{number}.jsonl")
}

/// The numbers of the older files, in order.
pub(super) fn numbers(home: &Path) -> io::Result<Vec<u64>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(home)? {
        let name = entry?.file_name();
        let number = name
            .to_str()
            .and_then(|name| name.strip_prefix("audit.")?.strip_suffix(".jsonl"));
        if let Some(number) = number.and_then(|digits| digits.parse::<u64>().ok())
            && name == *older(number)
        {
            found.push(number);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Makes the home folder, when it is not there.
pub(super) fn make_home(home: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    file_trust::parents(home).map_err(untrusted)?;
    folder.create(home)
}

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// To read what is there.
    Reading,
    /// To write to what is there.
    Writing,
    /// To make it; fails where it exists.
    Making,
}

/// Opens a file of the trail.
pub(super) fn open(path: &Path, how: Open) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    options.write(how != Open::Reading);
    options.create_new(how == Open::Making);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        // Without NONBLOCK a named pipe in its place would hold us up.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC).bits();
        options.mode(0o600).custom_flags(flags.cast_signed());
    }
    #[cfg(not(unix))]
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(not_plain());
    }
    let file = file_trust::open(path, &options, Others::Read)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(not_plain())
    }
}

fn untrusted(why: Untrusted) -> io::Error {
    file_trust::OpenError::Untrusted(why).into()
}

/// The same; `None` where there is no such file.
pub(super) fn open_if_there(path: &Path, how: Open) -> io::Result<Option<File>> {
    match open(path, how) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn not_plain() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a plain file")
}

/// Which file this is, whatever its name; `None` where the system does not say.
#[cfg_attr(
    unix,
    expect(clippy::unnecessary_wraps, reason = "other systems do not say it")
)]
pub(super) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _no_stable_way = metadata;
        None
    }
}

/// How closely it is looked whether the names still lead to the files that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Anew for each line: something is about to be changed at Make.
    Anew,
    /// Each second: a look takes more than writing the line. That a file was removed or another
    /// put in its place is seen at once all the same, since it then has no name any more.
    Lately,
}

/// How long a look is believed.
const BELIEVED: Duration = Duration::from_secs(1);

impl Look {
    /// Whether no new look is needed, after one at that time.
    pub(super) fn believes(self, looked: Instant, open: &Metadata) -> bool {
        self == Self::Lately && has_a_name(open) && looked.elapsed() < BELIEVED
    }
}

/// Whether some name leads to an open file; `true` where the system does not say.
fn has_a_name(open: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        open.nlink() > 0
    }
    #[cfg(not(unix))]
    {
        let _not_said = open;
        true
    }
}

/// Whether the name still leads to the file that was opened.
pub(super) fn is_at(path: &Path, opened: Option<(u64, u64)>) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| identity(&found) == opened)
}

/// Makes what was created, renamed or removed in a folder last.
pub(super) fn sync_folder(home: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(home)?.sync_all()
    } else {
        Ok(())
    }
}
