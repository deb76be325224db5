//! The way to a file, step by step: every folder and every symbolic link on it, as the system
//! follows them.

use std::ffi::OsString;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use super::{Others, Problem, Untrusted, unseen};

/// As many as Linux follows.
const MOST_LINKS: usize = 40;
/// Anybody may add files, and only the owner of one may remove or rename it.
const STICKY: u32 = 0o1000;

/// The path without symbolic links. Every folder and link on the way is one that no other user can
/// exchange.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, Untrusted> {
    let path = std::path::absolute(path).map_err(|error| unseen(path, &error))?;
    let mut left = steps(&path);
    let mut real = PathBuf::from("/");
    let mut links = 0;
    folder(&real, &facts(&real)?)?;
    while let Some(step) = left.pop() {
        if step == ".." {
            // The folder is a real one by now, so its parent is the one by name.
            real.pop();
            continue;
        }
        let next = real.join(&step);
        let found = facts(&next)?;
        if found.is_symlink() {
            owned_link(&next, &found)?;
            links += 1;
            if links > MOST_LINKS {
                let problem = Problem::TooManyLinks;
                return Err(Untrusted { path, problem });
            }
            let to = std::fs::read_link(&next).map_err(|error| unseen(&next, &error))?;
            if to.is_absolute() {
                real = PathBuf::from("/");
            }
            left.extend(steps(&to));
            continue;
        }
        if !left.is_empty() {
            if !found.is_dir() {
                return Err(unseen(&next, &std::io::ErrorKind::NotADirectory.into()));
            }
            folder(&next, &found)?;
        }
        real = next;
    }
    Ok(real)
}

/// The steps of a path, the last one first.
fn steps(path: &Path) -> Vec<OsString> {
    let steps = path.components().filter_map(|step| match step {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    let mut steps: Vec<OsString> = steps.collect();
    steps.reverse();
    steps
}

fn facts(path: &Path) -> Result<Metadata, Untrusted> {
    std::fs::symlink_metadata(path).map_err(|error| unseen(path, &error))
}

/// Whether a file or folder belongs to this user or to root.
pub(super) fn owned(path: &Path, facts: &Metadata) -> Result<(), Untrusted> {
    belongs(path, facts, false)
}

/// In a sticky folder the owner of a link may lead it elsewhere.
fn owned_link(path: &Path, facts: &Metadata) -> Result<(), Untrusted> {
    belongs(path, facts, true)
}

fn belongs(path: &Path, facts: &Metadata, is_link: bool) -> Result<(), Untrusted> {
    let uid = facts.uid();
    if uid == 0 || uid == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let problem = Problem::Owner { uid, is_link };
    let path = path.to_owned();
    Err(Untrusted { path, problem })
}

/// Whether no other user can exchange what is in a folder.
fn folder(path: &Path, facts: &Metadata) -> Result<(), Untrusted> {
    owned(path, facts)?;
    let mode = facts.mode() & 0o7777;
    if mode & 0o022 == 0 || mode & STICKY != 0 || is_of_administrators(facts) {
        return Ok(());
    }
    let problem = Problem::Writable(mode, Others::Read);
    let path = path.to_owned();
    Err(Untrusted { path, problem })
}

/// On macOS the group `admin`, whose members may become root, owns the folders of Homebrew and
/// applications.
fn is_of_administrators(facts: &Metadata) -> bool {
    const ADMIN: u32 = 80;
    cfg!(target_vendor = "apple") && facts.gid() == ADMIN && facts.mode() & 0o002 == 0
}
