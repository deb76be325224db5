//! The home folder: is it there, for its owner alone, and so is everything in it?

use std::path::Path;

use super::finding::Findings;
#[cfg(unix)]
use crate::file_trust::{self, Others};
use crate::visible;

/// More files than that are not looked at.
const MOST: usize = 2000;

/// Looks at the folder and what is in it.
pub(super) fn check(home: Option<&Path>, found: &mut Findings) {
    let Some(home) = home else {
        found.red(
            "home",
            "home",
            "no home folder is known, so nothing can be kept",
            "Set MAKE_CREDENTIALS_HOME to the absolute path of a folder of your own.",
        );
        return;
    };
    let facts = match std::fs::symlink_metadata(home) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            found.ok(
                "home",
                "home",
                format!("{} will be made at the first use", visible::path(home)),
            );
            return;
        }
        Err(error) => {
            let said = format!("{} cannot be read: {}", visible::path(home), error.kind());
            found.red(
                "home",
                "home",
                said,
                "Check the rights of the folders above it.",
            );
            return;
        }
        Ok(facts) => facts,
    };
    // A link to a folder of one's own is fine; what counts is the folder.
    let is_folder = facts.is_dir() || (facts.is_symlink() && home.is_dir());
    if !is_folder {
        let said = format!("{} is no folder", visible::path(home));
        found.red(
            "home",
            "home",
            said,
            "Move it away, or set MAKE_CREDENTIALS_HOME.",
        );
        return;
    }
    super::filesystem::check(home, found);
    rights(home, found);
}

#[cfg(unix)]
fn rights(home: &Path, found: &mut Findings) {
    if let Err(why) = file_trust::parents(home) {
        found.red("home_parents", "home", why.problem(), why.repair());
    }
    let mut looked = Looked {
        home,
        left: MOST,
        wrong: 0,
        found,
    };
    looked.folder(home, 0);
    let (wrong, left) = (looked.wrong, looked.left);
    if left == 0 {
        let said = format!("more than {MOST} files are in it; the rest was not looked at");
        let next = format!(
            "Look what is in {} and remove what does not belong there.",
            visible::path(home)
        );
        found.yellow("home_rights", "home", said, next);
    } else if wrong == 0 {
        let said = format!(
            "{} and all in it is for its owner alone",
            visible::path(home)
        );
        found.ok("home_rights", "home", said);
    }
}

#[cfg(not(unix))]
fn rights(home: &Path, found: &mut Findings) {
    let said = format!("{} has the rights of your user folder", visible::path(home));
    found.ok("home_rights", "home", said);
}

/// A walk through the home folder.
#[cfg(unix)]
struct Looked<'a> {
    home: &'a Path,
    left: usize,
    wrong: usize,
    found: &'a mut Findings,
}

#[cfg(unix)]
impl Looked<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) {
        self.one(folder);
        // Nothing of ours lies deeper.
        let entries = if depth > 3 {
            None
        } else {
            std::fs::read_dir(folder).ok()
        };
        for entry in entries.into_iter().flatten().flatten() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.folder(&entry.path(), depth + 1),
                // Stores follow no links, and say so where one is in their way.
                Ok(kind) if kind.is_file() => self.one(&entry.path()),
                Ok(_) | Err(_) => {}
            }
        }
    }

    fn one(&mut self, path: &Path) {
        let named = path.strip_prefix(self.home).unwrap_or(path);
        let subject = if named.as_os_str().is_empty() {
            "home".to_owned()
        } else {
            format!("home {}", visible::path(named))
        };
        // As strict as whoever opens it, and what is open beyond need is told as well.
        let needed = if is_private(named) {
            Others::Nothing
        } else {
            Others::Read
        };
        let Ok(facts) = std::fs::metadata(path) else {
            return;
        };
        let judged = |others| file_trust::judge(path, &facts, others);
        let Err(why) = judged(needed).and_then(|()| judged(Others::Nothing)) else {
            return;
        };
        self.wrong += 1;
        let (said, next) = (why.problem(), why.repair());
        if why.is_foreign() {
            self.found.red("home_owner", &subject, said, next);
        } else if why.is_only_readable() && needed == Others::Read {
            self.found.yellow("home_rights", &subject, said, next);
        } else if is_secret(named) {
            let next = format!("{next} If others may have read it, rotate the agents' tokens.");
            self.found.red("home_rights", &subject, said, next);
        } else {
            self.found.red("home_rights", &subject, said, next);
        }
    }
}

/// What nobody else may read: it is refused otherwise.
#[cfg(unix)]
fn is_private(named: &Path) -> bool {
    let is_state = named
        .to_str()
        .is_some_and(|name| name.starts_with("state.db"));
    is_state || is_secret(named)
}

#[cfg(unix)]
fn is_secret(named: &Path) -> bool {
    let mut steps = named.iter();
    steps.any(|step| step == "secrets" || step == "trail-key")
}
