//! Where the home folder lies: on a disk of this machine, which state.db needs, or on one that is
//! shared over a network; and how much room there is.

use std::path::Path;

use super::finding::Findings;

/// Below this the trail may soon have no room, and then nothing is changed any more.
const LITTLE: u64 = 64 << 20;
const TOO_LITTLE: u64 = 1 << 20;

/// Looks where the folder lies.
pub(super) fn check(home: &Path, found: &mut Findings) {
    match network_kind(home) {
        Some(kind) => found.red(
            "home_network",
            "home",
            format!("the home folder lies on a network folder ({kind}): state.db, which all processes share, does not work there"),
            "Set MAKE_CREDENTIALS_HOME to a folder on a disk of this machine, also in the clients' configuration, and move the home folder there.",
        ),
        None => found.ok("home_network", "home", "the home folder lies on this machine"),
    }
    #[cfg(unix)]
    if let Ok(facts) = rustix::fs::statvfs(home) {
        let is_read_only = facts.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY);
        room(
            facts.f_bavail.saturating_mul(facts.f_frsize),
            is_read_only,
            found,
        );
    }
}

#[cfg_attr(
    not(unix),
    expect(dead_code, reason = "only Unix says it without unsafe code")
)]
fn room(bytes: u64, is_read_only: bool, found: &mut Findings) {
    let next = "Make room on the disk of the home folder.";
    let said = format!("{} MiB are free", bytes >> 20);
    if is_read_only {
        found.red(
            "home_room",
            "home",
            "the disk of the home folder is mounted read-only: nothing can be kept, so nothing is changed at Make",
            "Mount it for writing, or set MAKE_CREDENTIALS_HOME to another folder.",
        );
    } else if bytes < TOO_LITTLE {
        let said = format!("{said}: the trail cannot be written, so nothing is changed at Make");
        found.red("home_room", "home", said, next);
    } else if bytes < LITTLE {
        found.yellow("home_room", "home", said, next);
    } else {
        found.ok("home_room", "home", "there is room on the disk");
    }
}

/// What kind of network folder it is; `None` for a disk of this machine.
#[cfg(target_os = "linux")]
fn network_kind(home: &Path) -> Option<String> {
    let magic = rustix::fs::statfs(home).ok()?.f_type;
    let home = home.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let kind = mount_kind(&mounts, &home);
    // A magic number is 32 bits, whatever type holds it here.
    by_magic(
        u32::try_from(magic & 0xffff_ffff).unwrap_or(0),
        kind.as_deref(),
    )
}

#[cfg(target_vendor = "apple")]
fn network_kind(home: &Path) -> Option<String> {
    let kind = rustix::fs::statfs(home).ok()?.f_fstypename;
    let bytes = kind.iter().map(|byte| byte.cast_unsigned());
    let kind = String::from_utf8(bytes.take_while(|byte| *byte != 0).collect()).ok()?;
    is_network(&kind).then_some(kind)
}

#[cfg(windows)]
fn network_kind(home: &Path) -> Option<String> {
    use std::path::{Component, Prefix};
    let Some(Component::Prefix(prefix)) = home.components().next() else {
        return None;
    };
    let is_far = matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..));
    is_far.then(|| "UNC path".to_owned())
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple", windows)))]
fn network_kind(_: &Path) -> Option<String> {
    None
}

/// Whether a type of file system, as mounts name it, is shared over a network.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn is_network(kind: &str) -> bool {
    let kind = kind.strip_prefix("fuse.").unwrap_or(kind);
    let named = [
        "9p",
        "acfs",
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "ceph-fuse",
        "cifs",
        "coda",
        "davfs",
        "davfs2",
        "gcsfuse",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "ocfs2",
        "onedrive",
        "rclone",
        "s3fs",
        "smbfs",
        "smb2",
        "smb3",
        "sshfs",
        "vmhgfs",
        "vmhgfs-fuse",
        "webdav",
    ];
    kind.starts_with("nfs") || named.contains(&kind)
}

/// What the system says of a file system by its number, and for those that programs provide
/// (FUSE) by the name of the mount.
#[cfg(target_os = "linux")]
fn by_magic(magic: u32, mounted: Option<&str>) -> Option<String> {
    let named = match magic {
        0x0000_6969 => "nfs",
        0x0000_517b => "smb",
        0xff53_4d42 => "cifs",
        0xfe53_4d42 => "smb2",
        0x5346_414f => "afs",
        0x00c3_6400 => "ceph",
        0x0102_1997 => "9p",
        0x7375_7245 => "coda",
        _ => return mounted.filter(|kind| is_network(kind)).map(str::to_owned),
    };
    Some(named.to_owned())
}

/// The type of the mount that a path is on, out of `/proc/self/mountinfo`.
#[cfg(target_os = "linux")]
fn mount_kind(mounts: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((place, rest)) = line.split_once(" - ") else {
            continue;
        };
        let (Some(point), Some(kind)) = (place.split(' ').nth(4), rest.split(' ').next()) else {
            continue;
        };
        // Later mounts lie over earlier ones at the same place.
        let point = point.replace("\\040", " ");
        if path.starts_with(&point) && best.is_none_or(|(length, _)| point.len() >= length) {
            best = Some((point.len(), kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::super::finding::Level;
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:50 / /home rw shared:2 - nfs4 server:/home rw,vers=4.2
41 40 0:51 / /home/u/My\\040Cloud rw - fuse.rclone remote: rw
42 40 8:2 / /home/u rw - ext4 /dev/sda2 rw
43 22 0:52 / /mnt rw - fuse.sshfs u@h:/ rw
44 43 0:53 / /mnt rw - tmpfs tmpfs rw
";

    #[test]
    fn the_innermost_and_latest_mount_counts() {
        let kind = |path: &str| mount_kind(MOUNTS, Path::new(path)).unwrap();
        assert_eq!(kind("/var/lib"), "ext4");
        assert_eq!(kind("/home/v/.x"), "nfs4");
        assert_eq!(kind("/home/u/.x"), "ext4");
        assert_eq!(kind("/home/u/My Cloud/x"), "fuse.rclone");
        assert_eq!(kind("/mnt/x"), "tmpfs");
        assert_eq!(kind("/homestead"), "ext4");
    }

    #[test]
    fn network_folders_are_known_by_number_or_by_name() {
        for (magic, mounted) in [
            (0x6969, None),
            (0xff53_4d42, None),
            (0xfe53_4d42, Some("cifs")),
            (0x517b, None),
            (0x6573_5546, Some("fuse.sshfs")),
            (0x6573_5546, Some("fuse.rclone")),
            (0, Some("nfs4")),
        ] {
            assert!(by_magic(magic, mounted).is_some(), "{magic:x} {mounted:?}");
        }
        for (magic, mounted) in [
            (0xef53, Some("ext4")),
            (0x0102_1994, Some("tmpfs")),
            (0x794c_7630, Some("overlay")),
            (0x6573_5546, Some("fuse.gocryptfs")),
            (0x6573_5546, None),
        ] {
            assert_eq!(by_magic(magic, mounted), None, "{magic:x} {mounted:?}");
        }
    }

    #[test]
    fn little_room_is_yellow_and_none_is_red() {
        let level = |bytes, is_read_only| {
            let mut found = Findings::default();
            room(bytes, is_read_only, &mut found);
            found.worst()
        };
        assert_eq!(level(1 << 30, false), Level::Ok);
        assert_eq!(level(63 << 20, false), Level::Yellow);
        assert_eq!(level(1 << 19, false), Level::Red);
        assert_eq!(level(1 << 30, true), Level::Red);
    }
}
