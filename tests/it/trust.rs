//! What is stored is believed only if its owner, its mode and the folders above keep others out:
//! every file that the binary believes, spoiled in every way, through the binary.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test spoils files of its own; they hold simulated tokens"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
use std::path::{Path, PathBuf};

use make_credentials_mcp::sandbox::{Options, Sandbox};

use crate::binary::{self, Left};

/// No user of any system that runs tests.
const STRANGER: u32 = 4242;

/// A folder that others can be let into, the home folder and the operator's other files in it.
struct Scene {
    zone: Sandbox,
    user: PathBuf,
    above: PathBuf,
}

/// What is believed, and the command that believes it.
#[derive(Debug, Clone, Copy)]
struct Believed {
    /// Below the folder above.
    name: &'static str,
    words: &'static [&'static str],
}

const OF_AGENT: &[&str] = &["call", "users_me", "--agent=bot"];
const OF_FILE: &[&str] = &["call", "users_me", "--agent=filed"];
const OF_HELPER: &[&str] = &["call", "users_me", "--agent=helped"];
const OF_ENV: &[&str] = &["call", "users_me"];
const OF_TRAIL: &[&str] = &["audit", "verify"];

const BELIEVED: [Believed; 16] = [
    believed("home", OF_AGENT),
    believed("home/state.db", OF_AGENT),
    believed("home/state.db-wal", OF_AGENT),
    believed("home/state.db-shm", OF_AGENT),
    believed("home/state.db-journal", OF_AGENT),
    believed("home/secrets", OF_AGENT),
    believed("home/secrets/vault.age", OF_AGENT),
    believed("home/secrets/key.txt", OF_AGENT),
    believed("home/audit.jsonl", OF_TRAIL),
    believed("home/audit.head", OF_TRAIL),
    believed("home/audit.head", OF_AGENT),
    believed("home/audit.lock", OF_TRAIL),
    believed("ca.pem", OF_ENV),
    believed("token", OF_ENV),
    believed("secret", OF_FILE),
    believed("helper", OF_HELPER),
];

const fn believed(name: &'static str, words: &'static [&'static str]) -> Believed {
    Believed { name, words }
}

impl Scene {
    async fn new(name: &str) -> Self {
        let zone = Sandbox::start(Options::default()).await.unwrap();
        let user = binary::home(&format!("trust-{name}"))
            .canonicalize()
            .unwrap();
        let above = user.join("above");
        fs::create_dir(&above).unwrap();
        let scene = Self { zone, user, above };
        let key = rcgen::KeyPair::generate().unwrap();
        let authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
        scene.write("ca.pem", &authority.self_signed(&key).unwrap().pem(), 0o644);
        let token = || scene.zone.issue_token("by hand", &["user:read"]);
        scene.write("token", scene.zone.operator_token(), 0o440);
        scene.write("secret", &token(), 0o640);
        scene.write("helper", &format!("#!/bin/sh\necho {}\n", token()), 0o755);
        scene.set_up().await;
        scene
    }

    /// The agents and the way to Make.
    async fn set_up(&self) {
        let zone = self.zone.zone();
        let ca_file = format!("--ca-file={}", self.above.join("ca.pem").display());
        let file = format!("--store=file:{}", self.above.join("secret").display());
        let helper = format!("--store=exec:{}", self.above.join("helper").display());
        let add = |name, store| vec!["agent", "add", name, "--all-teams", "--zone", &zone, store];
        for words in [
            vec!["operator", "network", &ca_file],
            add("bot", "--operator-token-stdin"),
            add("filed", &file),
            add("helped", &helper),
        ] {
            let operator = self.zone.operator_token();
            let left = binary::run_with(&self.user, &self.environment(), &words, operator).await;
            assert_eq!(left.code, Some(0), "{words:?}: {}", left.all());
        }
    }

    fn environment(&self) -> [(&'static str, &str); 3] {
        // They live as long as the test.
        let leaked = |text: String| -> &'static str { text.leak() };
        let home = leaked(self.above.join("home").display().to_string());
        let token = leaked(self.above.join("token").display().to_string());
        let zone = leaked(self.zone.zone());
        [
            ("MAKE_CREDENTIALS_HOME", home),
            ("MAKE_API_KEY_FILE", token),
            ("MAKE_ZONE", zone),
        ]
    }

    fn write(&self, name: &str, text: &str, mode: u32) {
        let path = self.above.join(name);
        fs::write(&path, text).unwrap();
        chmod(&path, mode);
    }

    async fn run(&self, words: &[&str]) -> Left {
        binary::run(&self.user, &self.environment(), words).await
    }

    /// The path, made where SQLite has removed it.
    fn path(&self, what: Believed) -> PathBuf {
        let path = self.above.join(what.name);
        if what.name.contains("state.db-") && fs::symlink_metadata(&path).is_err() {
            self.write(what.name, "", 0o600);
        }
        path
    }

    /// It is refused with these words, and nothing leaves. Returns the command that repairs it.
    async fn refused(&self, what: Believed, path: &Path, wrong: &str) -> String {
        self.zone.clear_requests();
        let left = self.run(what.words).await;
        let (name, all) = (what.name, left.all());
        assert_ne!(left.code, Some(0), "{name}: {wrong}: {all}");
        let said = format!("{} {wrong}", path.display());
        assert!(all.contains(&said), "{name}: `{said}` is not in {all}");
        assert!(self.zone.requests().is_empty(), "{name}: {wrong}");
        let (_, command) = all.split_once(": run `").expect(&all);
        let (command, _) = command.split_once('`').expect(&all);
        assert!(command.ends_with(path.to_str().unwrap()), "{command}");
        command.to_owned()
    }

    /// Every command that believes something works.
    async fn served(&self) {
        for what in BELIEVED {
            self.path(what);
        }
        for words in [OF_AGENT, OF_FILE, OF_HELPER, OF_ENV, OF_TRAIL] {
            let left = self.run(words).await;
            assert_eq!(left.code, Some(0), "{words:?}: {}", left.all());
        }
    }

    /// `doctor` says all of it, in the words of the refusal.
    async fn told(&self, said: &[String]) {
        let left = self.run(&["doctor", "--offline"]).await;
        assert_eq!(left.code, Some(1));
        for one in said {
            assert!(left.stdout.contains(one), "{one}: {}", left.all());
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.user);
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn sh(command: &str) {
    let done = std::process::Command::new("sh")
        .args(["-c", command])
        .status();
    assert!(done.unwrap().success(), "{command}");
}

/// Only root gives files away.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[tokio::test]
async fn what_others_can_change_is_refused_with_the_command_that_repairs_it() {
    let scene = Scene::new("modes").await;
    for what in BELIEVED {
        let path = scene.path(what);
        let open = mode(&path) | 0o666;
        chmod(&path, open);
        let wrong = format!("can be changed by other users (mode {open:04o})");
        sh(&scene.refused(what, &path, &wrong).await);
    }
    // Every command has repaired what it was named for.
    scene.served().await;
}

#[tokio::test]
async fn doctor_names_all_that_is_refused_in_the_same_words() {
    let scene = Scene::new("doctor").await;
    for is_kept in [false, true] {
        let mut said = Vec::new();
        let mut spoiled = Vec::new();
        // Behind a state.db that is not believed nothing else is known.
        for what in BELIEVED {
            let path = scene.path(what);
            if what.name.starts_with("home") != is_kept {
                continue;
            }
            let usual = mode(&path);
            let open = usual | 0o666;
            chmod(&path, open);
            let wrong = format!("can be changed by other users (mode {open:04o})");
            said.push(format!("{} {wrong}", path.display()));
            spoiled.push((path, usual));
        }
        scene.told(&said).await;
        for (path, usual) in spoiled.iter().rev() {
            chmod(path, *usual);
        }
    }
    chmod(&scene.above, 0o777);
    let wrong = "can be changed by other users (mode 0777)";
    scene
        .told(&[format!("{} {wrong}", scene.above.display())])
        .await;
    chmod(&scene.above, 0o755);
    let left = scene.run(&["doctor", "--offline"]).await;
    assert!(!left.stdout.contains("other users"), "{}", left.all());
}

#[tokio::test]
async fn what_another_user_owns_is_refused_with_the_command_that_repairs_it() {
    if !is_root() {
        return;
    }
    let scene = Scene::new("owners").await;
    for what in BELIEVED {
        let path = scene.path(what);
        lchown(&path, Some(STRANGER), None).unwrap();
        let wrong = "belongs to uid 4242, neither to you nor to root";
        sh(&scene.refused(what, &path, wrong).await);
    }
    scene.served().await;
}

#[tokio::test]
async fn a_folder_above_that_others_can_change_refuses_all_below_unless_it_is_sticky() {
    let scene = Scene::new("above").await;
    for what in BELIEVED {
        scene.path(what);
        chmod(&scene.above, 0o777);
        let wrong = "can be changed by other users (mode 0777)";
        let command = scene.refused(what, &scene.above, wrong).await;
        assert_eq!(command, format!("chmod go-w {}", scene.above.display()));
    }
    chmod(&scene.above, 0o1777);
    scene.served().await;
    // The home folder itself is not saved by it.
    let home = scene.above.join("home");
    chmod(&home, 0o1777);
    let wrong = "can be changed by other users (mode 1777)";
    scene.refused(BELIEVED[0], &home, wrong).await;
}

#[tokio::test]
async fn a_link_into_a_folder_of_another_user_is_refused() {
    if !is_root() {
        return;
    }
    let scene = Scene::new("links").await;
    let foreign = scene.above.join("foreign");
    fs::create_dir(&foreign).unwrap();
    lchown(&foreign, Some(STRANGER), None).unwrap();
    for what in BELIEVED {
        let path = scene.path(what);
        let moved = foreign.join("moved");
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        let wrong = "belongs to uid 4242, neither to you nor to root";
        scene.refused(what, &foreign, wrong).await;
        fs::remove_file(&path).unwrap();
        fs::rename(&moved, &path).unwrap();
    }
    scene.served().await;
}

#[tokio::test]
async fn a_link_of_another_user_in_a_sticky_folder_is_refused() {
    if !is_root() {
        return;
    }
    let scene = Scene::new("sticky-links").await;
    chmod(&scene.above, 0o1777);
    for what in BELIEVED.into_iter().filter(|what| !what.name.contains('/')) {
        let path = scene.path(what);
        let moved = scene.above.join("moved");
        fs::rename(&path, &moved).unwrap();
        symlink(&moved, &path).unwrap();
        scene.served().await;
        lchown(&path, Some(STRANGER), None).unwrap();
        let wrong = "belongs to uid 4242, neither to you nor to root";
        let command = scene.refused(what, &path, wrong).await;
        assert!(command.starts_with("chown -h 0 "), "{command}");
        fs::remove_file(&path).unwrap();
        fs::rename(&moved, &path).unwrap();
    }
}

#[tokio::test]
async fn a_server_that_runs_stops_believing_a_state_that_was_opened_to_others() {
    let scene = Scene::new("running").await;
    let flags = ["--agent=bot"];
    let mut server = binary::Binary::serve(&scene.user, &scene.environment(), &flags).await;
    let answer = server.call("users_me", serde_json::json!({})).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    let path = scene.above.join("home/state.db");
    chmod(&path, 0o666);
    scene.zone.clear_requests();
    // Until the next look at state.db the lease holds.
    let begun = std::time::Instant::now();
    loop {
        let answer = server.call("users_me", serde_json::json!({})).await;
        if answer["result"]["isError"] == true {
            break;
        }
        assert!(begun.elapsed().as_secs() < 20, "it is still served");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    server.end().await;
}
