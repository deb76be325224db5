//! The key of the trail. Kept in a file of its own until the secret store keeps it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use crate::audit::{Trail, fresh_key};
use crate::secret::Secret;

const FILE: &str = "trail-key";

/// The trail of this home folder. Does no I/O; its key is made at the first line.
pub(super) fn trail(home: Option<PathBuf>) -> Trail {
    let place = home.clone();
    let source = move || {
        let place = place.clone();
        let key = async move {
            let home = place.ok_or("no home folder is known")?;
            trail_key(&home).map_err(|error| format!("{error:#}"))
        };
        Box::pin(key) as crate::audit::KeyComing
    };
    Trail::at(home, Arc::new(source))
}

/// The key of the trail; made when there is none.
fn trail_key(home: &Path) -> anyhow::Result<Secret> {
    if let Some(key) = existing_trail_key(home)? {
        return Ok(key);
    }
    let key = fresh_key().context("the system has no random numbers")?;
    keep(home, &key).with_context(|| format!("{FILE} cannot be made in the home folder"))?;
    existing_trail_key(home)?.with_context(|| format!("{FILE} was removed again"))
}

/// The key of the trail, when there is one.
pub(super) fn existing_trail_key(home: &Path) -> anyhow::Result<Option<Secret>> {
    let file = match std::fs::File::open(home.join(FILE)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.with_context(|| format!("{FILE} cannot be opened in the home folder"))?,
    };
    let mut text = String::new();
    file.take(256)
        .read_to_string(&mut text)
        .with_context(|| format!("{FILE} cannot be read in the home folder"))?;
    Ok(Some(Secret::new(text.trim().to_owned())))
}

/// Writes the key whole before it gets its name, so that nobody reads a half. Whoever comes
/// second takes the key of the first.
fn keep(home: &Path, key: &Secret) -> std::io::Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    let mut options = std::fs::OpenOptions::new();
    folder.recursive(true);
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folder.mode(0o700);
        options.mode(0o600);
    }
    folder.create(home)?;
    let unfinished = home.join(format!("{FILE}.{}", std::process::id()));
    let written = options.open(&unfinished).and_then(|mut file| {
        // EXPOSE: to the file of its own, for its owner alone.
        file.write_all(key.expose().as_bytes())?;
        file.sync_all()?;
        match std::fs::hard_link(&unfinished, home.join(FILE)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    });
    let _never_made = std::fs::remove_file(&unfinished);
    written
}
