//! Files for their owner alone: opened without following links, checked on the open handle, and
//! replaced whole. On Windows the folder's own rights have to do.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;

use super::Error;

/// Creates the folder for its owner alone, and checks the one that is there.
pub(super) fn make_folder(path: &Path) -> Result<(), Error> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    if std::fs::symlink_metadata(path).is_err() {
        let made = folder.create(path).and_then(|()| sync_folder(path));
        made.map_err(|_| unwritten(path))?;
    }
    check_folder(path)
}

/// Whether the folder is a folder, ours and closed.
pub(super) fn check_folder(path: &Path) -> Result<(), Error> {
    let facts = std::fs::symlink_metadata(path).map_err(|_| unread(path))?;
    if !facts.is_dir() {
        return Err(Error::NotPlain(path.to_owned()));
    }
    only_owner(path, &facts)
}

/// Reads a file of ours, `None` when there is none.
pub(super) fn read_private(path: &Path, most_bytes: usize) -> Result<Option<Vec<u8>>, Error> {
    let file = match options().read(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if is_link(&error) => return Err(Error::NotPlain(path.to_owned())),
        Err(_) => return Err(unread(path)),
    };
    let facts = file.metadata().map_err(|_| unread(path))?;
    if !facts.is_file() {
        return Err(Error::NotPlain(path.to_owned()));
    }
    only_owner(path, &facts)?;
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
    let file = match open_following(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(unread(path)),
    };
    let facts = file.metadata().map_err(|_| unread(path))?;
    if !facts.is_file() {
        return Err(Error::NotPlain(path.to_owned()));
    }
    only_owner_may_write(path, &facts)?;
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
    let file = match options().append(true).create(true).open(path) {
        Ok(file) => file,
        Err(error) if is_link(&error) => return Err(Error::NotPlain(path.to_owned())),
        Err(_) => return Err(unwritten(path)),
    };
    let facts = file.metadata().map_err(|_| unread(path))?;
    if !facts.is_file() {
        return Err(Error::NotPlain(path.to_owned()));
    }
    only_owner(path, &facts)?;
    Ok(file)
}

/// Without waiting for whoever writes a pipe.
fn open_following(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        flags(rustix::fs::OFlags::NONBLOCK),
    );
    options.open(path)
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

#[cfg(unix)]
fn only_owner(path: &Path, facts: &Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;
    if facts.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::NotOurs(path.to_owned()));
    }
    refuse_bits(path, facts, 0o077)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same form as on Unix")]
fn only_owner(_: &Path, _: &Metadata) -> Result<(), Error> {
    Ok(())
}

/// Refuses what group or others may change.
#[cfg(unix)]
pub(super) fn only_owner_may_write(path: &Path, facts: &Metadata) -> Result<(), Error> {
    refuse_bits(path, facts, 0o022)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same form as on Unix")]
pub(super) fn only_owner_may_write(_: &Path, _: &Metadata) -> Result<(), Error> {
    Ok(())
}

#[cfg(unix)]
fn refuse_bits(path: &Path, facts: &Metadata, bits: u32) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;
    let mode = facts.mode() & 0o777;
    if mode & bits == 0 {
        Ok(())
    } else {
        Err(Error::TooOpen {
            path: path.to_owned(),
            mode,
        })
    }
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
