//! Files for their owner alone: opened without following links where they can be believed
//! (`file_trust`), and replaced whole.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use super::Error;
use crate::file_trust::{self, OpenError, Others};

/// Creates the folder for its owner alone, and checks the one that is there.
pub(super) fn make_folder(path: &Path) -> Result<(), Error> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    if std::fs::symlink_metadata(path).is_err() {
        file_trust::parents(path)?;
        let made = folder.create(path).and_then(|()| sync_folder(path));
        made.map_err(|_| unwritten(path))?;
    }
    check_folder(path)
}

/// Whether the folder is a folder, ours and closed.
pub(super) fn check_folder(path: &Path) -> Result<(), Error> {
    file_trust::parents(path)?;
    let facts = std::fs::symlink_metadata(path).map_err(|_| unread(path))?;
    if !facts.is_dir() {
        return Err(Error::NotPlain(path.to_owned()));
    }
    file_trust::check(path, Others::Nothing)?;
    Ok(())
}

/// Reads a file of ours, `None` when there is none.
pub(super) fn read_private(path: &Path, most_bytes: usize) -> Result<Option<Vec<u8>>, Error> {
    let Some(file) = opened(path, options().read(true), Others::Nothing)? else {
        return Ok(None);
    };
    let facts = file.metadata().map_err(|_| unread(path))?;
    let size = usize::try_from(facts.len()).unwrap_or(most_bytes);
    match bounded(file, size.min(most_bytes), most_bytes) {
        Ok(Some(bytes)) => Ok(Some(bytes)),
        Ok(None) => Err(Error::Corrupt {
            path: path.to_owned(),
        }),
        Err(_) => Err(unread(path)),
    }
}

/// Reads a file that others mounted, `None` when there is none: behind links too, readable by
/// whom they like, but changed by its owner alone.
pub(super) fn read_mounted(path: &Path, most_bytes: usize) -> Result<Option<Vec<u8>>, Error> {
    let Some(file) = opened(path, &following(), Others::Read)? else {
        return Ok(None);
    };
    let bytes = bounded(file, most_bytes, most_bytes).map_err(|_| unread(path))?;
    bytes.map(Some).ok_or(Error::TooLarge {
        store: "file",
        most_bytes,
    })
}

/// `None` when there is more. Room for all of it at once: a buffer that grows leaves copies of a
/// secret behind.
fn bounded(file: File, likely: usize, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(likely + 64);
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= most).then_some(bytes))
}

/// Puts the bytes at `path` so that a reader, and whoever looks after a crash, finds either the
/// old file or the new one. The caller holds the lock of the folder.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let fresh = Path::new(&name);
    // What a process left that was killed here.
    match std::fs::remove_file(fresh) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(_) => return Err(unwritten(fresh)),
    }
    let write = || -> io::Result<()> {
        let mut file = options().write(true).create_new(true).open(fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(fresh, path)?;
        sync_folder(path)
    };
    write().map_err(|_| unwritten(path))
}

/// Opens the file for locking, and makes it when there is none.
pub(super) fn open_lock(path: &Path) -> Result<File, Error> {
    let file = opened(path, options().append(true).create(true), Others::Nothing);
    file?.ok_or_else(|| unwritten(path))
}

/// A plain file that can be believed; `None` when there is none.
fn opened(path: &Path, options: &OpenOptions, others: Others) -> Result<Option<File>, Error> {
    let file = match file_trust::open(path, options, others) {
        Ok(file) => file,
        Err(OpenError::Untrusted(why)) => return Err(why.into()),
        Err(OpenError::NotPlain) => return Err(Error::NotPlain(path.to_owned())),
        Err(OpenError::Io(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(OpenError::Io(error)) if is_link(&error) => {
            return Err(Error::NotPlain(path.to_owned()));
        }
        Err(OpenError::Io(_)) => return Err(unread(path)),
    };
    // A pipe is believed and gives no bytes of its own.
    if file.metadata().is_ok_and(|facts| facts.is_file()) {
        Ok(Some(file))
    } else {
        Err(Error::NotPlain(path.to_owned()))
    }
}

/// Follows links, and does not wait for the writer of a pipe.
fn following() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        flags(rustix::fs::OFlags::NONBLOCK),
    );
    options
}

fn options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
        options.custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK));
    }
    options
}

#[cfg(unix)]
fn flags(flags: rustix::fs::OFlags) -> i32 {
    flags.bits().cast_signed()
}

fn is_link(error: &io::Error) -> bool {
    #[cfg(unix)]
    return error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    #[cfg(not(unix))]
    return error.kind() == ErrorKind::FilesystemLoop;
}

/// A file or folder is in its folder for good only when that is on disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn unread(path: &Path) -> Error {
    Error::Io {
        path: path.to_owned(),
        action: "read",
    }
}

fn unwritten(path: &Path) -> Error {
    Error::Io {
        path: path.to_owned(),
        action: "written",
    }
}
