//! What is believed of paths, over all ways in which they can be wrong.
#![cfg(unix)]

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::*;

/// A folder below the sticky one for temporary files, removed at the end.
struct Scene(PathBuf);

impl Scene {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mcm-trust-{name}-{}", std::process::id()));
        let _left_over = std::fs::remove_dir_all(&path);
        DirBuilder::new().create(&path).unwrap();
        let scene = Self(path.canonicalize().unwrap());
        mode(&scene.0, 0o755);
        scene
    }

    fn folder(&self, name: &str, right: u32) -> PathBuf {
        let path = self.0.join(name);
        DirBuilder::new().create(&path).unwrap();
        mode(&path, right);
        path
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn mode(path: &Path, right: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(right)).unwrap();
}

fn file(path: &Path, right: u32) {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .unwrap();
    mode(path, right);
}

fn opened(path: &Path, others: Others) -> Result<(), Untrusted> {
    match open(path, OpenOptions::new().read(true), others) {
        Ok(_) => Ok(()),
        Err(OpenError::Untrusted(why)) => {
            // Whoever opens it by name is told the same.
            assert_eq!(check(path, others).unwrap_err(), why);
            Err(why)
        }
        Err(error) => panic!("{error:?}"),
    }
}

/// Whether this process may give files away.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn every_mode_of_a_file_is_judged_by_what_it_lets_others_do() {
    let scene = Scene::new("modes");
    let path = scene.0.join("file");
    file(&path, 0o600);
    for right in 0o600..=0o677 {
        mode(&path, right);
        for (others, allowed) in [(Others::Nothing, 0o700), (Others::Read, 0o755)] {
            let said = opened(&path, others);
            assert_eq!(said.is_ok(), right & !allowed == 0, "{right:o} {others:?}");
            let Err(why) = said else { continue };
            assert!(why.problem().contains(&format!("(mode {right:04o})")));
            let done = std::process::Command::new("sh")
                .args(["-c", &why.command()])
                .status();
            assert!(done.unwrap().success(), "{}", why.command());
            assert_eq!(opened(&path, others), Ok(()), "{right:o} {others:?}");
            mode(&path, right);
        }
    }
}

#[test]
fn every_mode_of_a_folder_above_is_judged_by_whether_others_can_exchange_what_is_in_it() {
    let scene = Scene::new("above");
    let above = scene.folder("above", 0o700);
    let inner = above.join("inner");
    DirBuilder::new().create(&inner).unwrap();
    let path = inner.join("file");
    file(&path, 0o600);
    for sticky in [0, 0o1000] {
        for right in 0o700..=0o777 {
            mode(&above, sticky | right);
            let said = opened(&path, Others::Nothing);
            let safe = right & 0o022 == 0 || sticky != 0;
            assert_eq!(said.is_ok(), safe, "{sticky:o} {right:o}");
            assert_eq!(parents(&path).is_ok(), safe);
            if let Err(why) = said {
                assert_eq!(why.command(), format!("chmod go-w {}", above.display()));
            }
        }
    }
}

#[test]
fn a_folder_that_is_believed_itself_is_not_saved_by_the_sticky_bit() {
    let scene = Scene::new("sticky");
    for (right, safe) in [
        (0o700, true),
        (0o755, true),
        (0o1777, false),
        (0o770, false),
    ] {
        let folder = scene.folder(&format!("{right:o}"), right);
        assert_eq!(check(&folder, Others::Read).is_ok(), safe, "{right:o}");
    }
}

#[test]
fn links_are_followed_and_each_folder_on_their_way_counts() {
    let scene = Scene::new("links");
    let (safe, open_to_all) = (scene.folder("safe", 0o755), scene.folder("open", 0o777));
    file(&safe.join("file"), 0o600);
    file(&open_to_all.join("file"), 0o600);
    symlink("../safe/file", open_to_all.join("back")).unwrap();
    symlink("round", scene.0.join("round")).unwrap();
    for (name, to, safe) in [
        ("a", "safe/file", true),
        ("b", "safe/../safe/./file", true),
        ("c", "open/file", false),
        // What is at the end is safe, and the link can be exchanged.
        ("d", "open/back", false),
        ("e", "open/../safe/file", false),
        ("f", "round", false),
    ] {
        let link = scene.0.join(name);
        symlink(to, &link).unwrap();
        assert_eq!(check(&link, Others::Nothing).is_ok(), safe, "{to}");
        // The same by an absolute link, and by a link to the folder.
        let link = scene.0.join(format!("{name}-absolute"));
        symlink(scene.0.join(to), &link).unwrap();
        assert_eq!(check(&link, Others::Nothing).is_ok(), safe, "{to}");
    }
    let said = check(&scene.0.join("f"), Others::Nothing).unwrap_err();
    assert!(said.problem().contains("too many symbolic links"));
}

#[test]
fn what_another_user_owns_is_believed_nowhere_on_the_way() {
    if !is_root() {
        return;
    }
    let give = |path: &Path| std::os::unix::fs::lchown(path, Some(4242), None).unwrap();
    let scene = Scene::new("owner");
    let above = scene.folder("above", 0o1777);
    let path = above.join("file");
    file(&path, 0o600);
    let link = above.join("link");
    symlink(&path, &link).unwrap();
    for (given, opened_by, option) in [
        (&above, &path, ""),
        (&path, &path, ""),
        (&link, &link, "-h "),
    ] {
        assert_eq!(opened(opened_by, Others::Nothing), Ok(()));
        give(given);
        let why = opened(opened_by, Others::Nothing).unwrap_err();
        assert!(why.problem().contains("belongs to uid 4242"), "{why}");
        assert_eq!(
            why.command(),
            format!("chown {option}0 {}", given.display())
        );
        assert!(why.repair().ends_with("` as root."));
        std::os::unix::fs::lchown(given, Some(0), None).unwrap();
    }
}

#[test]
fn folders_and_devices_are_no_files_and_a_missing_file_is_missing() {
    for path in ["/", "/dev/null", "/dev/zero"] {
        let said = open(Path::new(path), OpenOptions::new().read(true), Others::Read);
        assert!(matches!(said, Err(OpenError::NotPlain)), "{path}");
    }
    for gone in ["/nonexistent/file", "/dev/null/file"].map(Path::new) {
        assert_eq!(parents(gone), Ok(()));
        assert!(check(gone, Others::Read).unwrap_err().is_missing());
    }
}

#[test]
fn a_command_with_a_path_can_be_pasted() {
    assert_eq!(quoted(Path::new("/home/u/.x")), "/home/u/.x");
    assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    let written = visible::path(Path::new("/a\n\u{1b}[2J"));
    assert_eq!(quoted(Path::new("/a\n\u{1b}[2J")), written);
    assert!(!written.contains(['\n', '\u{1b}']), "{written}");
}
