//! May a file be believed? Only if no other user can have written it: its owner is this user or
//! root, its mode keeps others out, and so do all the folders on the way to it, symbolic links
//! included. The one place that answers it, with the command that repairs what is wrong.
//!
//! Folders are looked at before the file is opened, and the file on its open descriptor: once the
//! folders are safe, nobody but this user and root can put another file in its place. On Windows
//! the rights of the user's own folder have to do.

#[cfg(unix)]
mod walk;

use crate::visible;
use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// What the mode of a file or folder may let other users do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// Nothing, as for what this program keeps.
    Nothing,
    /// Read, as container platforms mount secrets.
    Read,
}

/// Why a path is not believed. Displayed with the command that repairs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untrusted {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "only Unix has owners and modes")
)]
enum Problem {
    Owner {
        uid: u32,
        is_link: bool,
    },
    /// Others may change it, and may be left with this.
    Writable(u32, Others),
    /// Others may read it.
    Readable(u32),
    /// It, or a folder above it, cannot be looked at.
    Unseen(io::ErrorKind),
    /// Links lead in a circle.
    TooManyLinks,
}

/// Why a file was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// Another user can have written it.
    Untrusted(Untrusted),
    /// It is a folder or a device.
    NotPlain,
    /// The system says no.
    Io(io::Error),
}

impl Untrusted {
    /// What is wrong with which path.
    pub fn problem(&self) -> String {
        let path = shown(&self.path);
        match &self.problem {
            Problem::Owner { uid, .. } => {
                let owner = named(*uid);
                format!("{path} belongs to {owner}, neither to you nor to root")
            }
            Problem::Writable(mode, _) => {
                format!("{path} can be changed by other users (mode {mode:04o})")
            }
            Problem::Readable(mode) => {
                format!("{path} can be read by other users (mode {mode:04o})")
            }
            Problem::Unseen(kind) => format!("{path} cannot be checked: {kind}"),
            Problem::TooManyLinks => format!("{path} leads through too many symbolic links"),
        }
    }

    /// The command that repairs it.
    pub fn command(&self) -> String {
        let path = quoted(&self.path);
        match &self.problem {
            Problem::Owner { is_link, .. } => {
                let option = if *is_link { "-h " } else { "" };
                format!("chown {option}{} {path}", user())
            }
            Problem::Writable(_, Others::Read) => format!("chmod go-w {path}"),
            Problem::Writable(_, Others::Nothing) | Problem::Readable(_) => {
                format!("chmod go-rwx {path}")
            }
            Problem::Unseen(_) | Problem::TooManyLinks => format!("ls -ld {path}"),
        }
    }

    /// What to do, as a sentence.
    pub fn repair(&self) -> String {
        let command = self.command();
        match &self.problem {
            Problem::Owner { .. } => format!("Run `{command}` as root."),
            Problem::Unseen(_) | Problem::TooManyLinks => {
                format!("Look at `{command}` and at the folders above.")
            }
            Problem::Writable(..) | Problem::Readable(_) => format!("Run `{command}`."),
        }
    }

    /// Whether another user owns it.
    pub fn is_foreign(&self) -> bool {
        matches!(self.problem, Problem::Owner { .. })
    }

    /// Whether others may only read it.
    pub fn is_only_readable(&self) -> bool {
        matches!(self.problem, Problem::Readable(_))
    }

    /// Whether there is no such path.
    pub fn is_missing(&self) -> bool {
        use io::ErrorKind::{NotADirectory, NotFound};
        matches!(self.problem, Problem::Unseen(NotFound | NotADirectory))
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let as_root = if self.is_foreign() { " as root" } else { "" };
        let (problem, command) = (self.problem(), self.command());
        write!(f, "{problem}: run `{command}`{as_root}")
    }
}

impl std::error::Error for Untrusted {}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Untrusted(why) => Self::new(io::ErrorKind::PermissionDenied, why),
            OpenError::NotPlain => Self::new(io::ErrorKind::InvalidInput, "not a plain file"),
            OpenError::Io(error) => error,
        }
    }
}

/// Opens a file, or makes it, where it can be believed.
///
/// # Errors
/// [`OpenError`]; a missing file is an error of the system.
pub fn open(path: &Path, options: &OpenOptions, others: Others) -> Result<File, OpenError> {
    let real = way(path).map_err(OpenError::Untrusted)?;
    let file = options.open(path).map_err(OpenError::Io)?;
    let facts = file.metadata().map_err(OpenError::Io)?;
    if !(facts.is_file() || is_pipe(&facts)) {
        return Err(OpenError::NotPlain);
    }
    judge(&real, &facts, others).map_err(OpenError::Untrusted)?;
    Ok(file)
}

/// Whether no other user can put something else at this path. What is at its end is not judged,
/// and need not be there.
///
/// # Errors
/// The first folder or link on the way that others can change.
pub fn parents(path: &Path) -> Result<(), Untrusted> {
    way(path).map(|_| ())
}

/// Where a path leads, behind all links; the path itself where nothing is there.
fn way(path: &Path) -> Result<PathBuf, Untrusted> {
    #[cfg(unix)]
    match walk::resolve(path) {
        Ok(real) => return Ok(real),
        Err(error) if error.is_missing() => {}
        Err(error) => return Err(error),
    }
    Ok(path.to_owned())
}

/// Whether what is at this path can be believed; for what another program opens by its name.
///
/// # Errors
/// Also where nothing is there.
pub fn check(path: &Path, others: Others) -> Result<Metadata, Untrusted> {
    #[cfg(unix)]
    let path = &walk::resolve(path)?;
    let facts = std::fs::symlink_metadata(path).map_err(|error| unseen(path, &error))?;
    judge(path, &facts, others)?;
    Ok(facts)
}

/// Whether a file or folder with these facts can be believed, the way to it left aside.
///
/// # Errors
/// Another owner, or too open a mode.
pub fn judge(path: &Path, facts: &Metadata, others: Others) -> Result<(), Untrusted> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        walk::owned(path, facts)?;
        let mode = facts.mode() & 0o7777;
        let problem = match others {
            _ if mode & 0o022 != 0 => Problem::Writable(mode, others),
            Others::Nothing if mode & 0o055 != 0 => Problem::Readable(mode),
            Others::Nothing | Others::Read => return Ok(()),
        };
        Err(Untrusted {
            path: path.to_owned(),
            problem,
        })
    }
    #[cfg(not(unix))]
    {
        let _no_modes = (path, facts, others);
        Ok(())
    }
}

fn unseen(path: &Path, error: &io::Error) -> Untrusted {
    Untrusted {
        path: path.to_owned(),
        problem: Problem::Unseen(error.kind()),
    }
}

fn is_pipe(facts: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::FileTypeExt::is_fifo(&facts.file_type());
    #[cfg(not(unix))]
    {
        let _none = facts;
        false
    }
}

/// The number of this user, as `chown` takes it.
fn user() -> u32 {
    #[cfg(unix)]
    return rustix::process::geteuid().as_raw();
    #[cfg(not(unix))]
    0
}

fn named(uid: u32) -> String {
    match user_name(uid) {
        Some(name) => format!("{name} (uid {uid})"),
        None => format!("uid {uid}"),
    }
}

/// The name of a user in the system's list: what the environment says, anybody can set.
pub fn user_name(uid: u32) -> Option<String> {
    account(uid, 0)
}

/// The folder of this user in the same list.
pub fn user_folder() -> Option<PathBuf> {
    account(user(), 5).map(PathBuf::from)
}

fn account(uid: u32, field: usize) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let uid = uid.to_string();
    let mut users = users.lines().map(|line| line.split(':'));
    let mut found = users.find(|fields| fields.clone().nth(2) == Some(uid.as_str()))?;
    found.nth(field).map(str::to_owned)
}

/// A path on one line, whatever is in it.
fn shown(path: &Path) -> String {
    visible::path(path)
}

/// A path as a shell takes it; one with characters that nobody sees as it is shown.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@%:,".contains(&byte);
    if text.bytes().all(is_plain) {
        visible::path(path)
    } else if text.contains(['\n', '\t']) || visible::hides_something(&text) {
        shown(path)
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests;
