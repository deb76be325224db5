//! Ten thousand ways to change a trail: each is found, and the simple ones at their place.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use make_credentials_mcp::audit::{Anchor, Outcome, Report};

use super::{Home, change, kept, read};

/// The files of a trail, as bytes.
type Files = BTreeMap<String, Vec<u8>>;

/// What is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }
}

/// A trail of several files, and what it was after each line.
struct Scene {
    home: Home,
    files: Files,
    earlier: Vec<Files>,
    anchor: Option<Anchor>,
}

fn bytes(home: &Path) -> Files {
    let entries = std::fs::read_dir(home).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| !path.ends_with("audit.lock"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect()
}

impl Scene {
    async fn new(name: &str) -> Self {
        let home = Home::new(name);
        let trail = home.rotating(1500);
        let mut earlier = Vec::new();
        for round in 0..12 {
            trail.note(read()).await.unwrap();
            earlier.push(bytes(&home.0));
            if round % 3 == 0 {
                let intent = trail.intend(change()).await.unwrap();
                earlier.push(bytes(&home.0));
                trail.settle(intent, Outcome::Answered, Some(200)).await;
                earlier.push(bytes(&home.0));
            }
        }
        let files = earlier.pop().unwrap();
        assert!(files.len() >= 4, "{:?}", files.keys());
        Self {
            anchor: trail.anchor(),
            home,
            files,
            earlier,
        }
    }

    /// What verifying says of these files.
    async fn judge(&self, files: &Files) -> Report {
        for name in bytes(&self.home.0).keys() {
            if !files.contains_key(name) {
                std::fs::remove_file(self.home.path(name)).unwrap();
            }
        }
        for (name, bytes) in files {
            write(&self.home.path(name), bytes);
        }
        self.home.report(Some(kept(0, self.anchor.clone()))).await
    }

    fn logs(&self) -> Vec<&String> {
        self.files
            .keys()
            .filter(|name| name.ends_with("jsonl"))
            .collect()
    }
}

fn write(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// The lines with their ends.
fn split(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// One manipulation; where it has to be found first, when that is sure.
fn manipulate(
    scene: &Scene,
    files: &mut Files,
    dice: &mut Dice,
) -> (&'static str, Option<(String, u64)>) {
    let logs = scene.logs();
    let name = logs[dice.roll(logs.len())].clone();
    let mut lines = split(&files[&name]);
    let at = dice.roll(lines.len());
    let place = |line: usize| Some((name.clone(), line as u64 + 1));
    let last = name == "audit.jsonl" && at + 1 == lines.len();
    let first_of = |name: &str| name.to_owned();
    match dice.roll(13) {
        0 | 1 => {
            let byte = dice.roll(lines[at].len());
            lines[at][byte] ^= 1 << dice.roll(8);
            files.insert(first_of(&name), lines.concat());
            ("flip", if last { None } else { place(at) })
        }
        2 => {
            let begin = dice.roll(lines[at].len());
            let end = begin + 1 + dice.roll(lines[at].len() - begin);
            lines[at].drain(begin..end);
            files.insert(name, lines.concat());
            ("cut bytes", None)
        }
        3 => {
            lines.remove(at);
            let inside = at < lines.len();
            files.insert(first_of(&name), lines.concat());
            ("cut a line", if inside { place(at) } else { None })
        }
        4 => {
            let other = dice.roll(lines.len());
            lines.swap(at, other);
            files.insert(first_of(&name), lines.concat());
            ("swap", place(at.min(other)))
        }
        5 => {
            let other = logs[dice.roll(logs.len())].clone();
            let mut others = split(&files[&other]);
            let there = dice.roll(others.len());
            if other == name {
                lines.swap(at, there);
            } else {
                std::mem::swap(&mut lines[at], &mut others[there]);
                files.insert(other, others.concat());
            }
            files.insert(name, lines.concat());
            ("swap across files", None)
        }
        6 => {
            let copy = lines[at].clone();
            lines.insert(at + 1, copy);
            files.insert(first_of(&name), lines.concat());
            ("duplicate", place(at + 1))
        }
        7 => {
            let other = &logs[dice.roll(logs.len())];
            let others = split(&files[*other]);
            let copy = others[dice.roll(others.len())].clone();
            lines.insert(at, copy);
            files.insert(name, lines.concat());
            ("insert a line of another place", None)
        }
        8 => {
            let forged = format!(
                "{{\"seq\":{at},\"at\":\"2026-11-22T00:00:00.000Z\",\"kind\":\"call\",\"mac\":\"{}\"}}\n",
                "A".repeat(43)
            );
            lines.insert(at, forged.into_bytes());
            files.insert(first_of(&name), lines.concat());
            ("insert a forged line", place(at))
        }
        9 => {
            let keep = dice.roll(files[&name].len());
            files.get_mut(&name).unwrap().truncate(keep);
            ("truncate", None)
        }
        10 => {
            let other = logs[dice.roll(logs.len())].clone();
            let (one, two) = (files[&name].clone(), files[&other].clone());
            files.insert(name, two);
            files.insert(other, one);
            ("exchange files", None)
        }
        11 => {
            files.remove(&name);
            ("remove a file", None)
        }
        _ => (of_the_head(scene, files, dice), None),
    }
}

fn of_the_head(scene: &Scene, files: &mut Files, dice: &mut Dice) -> &'static str {
    let head = files.get_mut("audit.head").unwrap();
    match dice.roll(6) {
        0 => {
            let byte = dice.roll(head.len());
            head[byte] ^= 1 << dice.roll(8);
            "flip in the head"
        }
        1 => {
            files.remove("audit.head");
            "remove the head"
        }
        2 => {
            let keep = dice.roll(head.len());
            head.truncate(keep);
            "truncate the head"
        }
        3 => {
            head.push(b' ');
            "lengthen the head"
        }
        4 => {
            let earlier = &scene.earlier[dice.roll(scene.earlier.len())];
            files.insert("audit.head".to_owned(), earlier["audit.head"].clone());
            "an older head"
        }
        _ => {
            *files = scene.earlier[dice.roll(scene.earlier.len())].clone();
            "everything older"
        }
    }
}

async fn thousands(name: &str, seed: u64, rounds: usize) {
    let scene = Scene::new(name).await;
    let clean = scene.judge(&scene.files).await;
    assert!(clean.holds() && clean.notes.is_empty(), "{clean:?}");
    let mut dice = Dice(seed);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let mut done = 0;
    while done < rounds {
        let mut files = scene.files.clone();
        let (what, place) = manipulate(&scene, &mut files, &mut dice);
        if files == scene.files {
            continue;
        }
        done += 1;
        *kinds.entry(what).or_default() += 1;
        let report = scene.judge(&files).await;
        // An older head by one line is what a killed writer leaves: nothing is lost by it.
        let told = !report.holds() || (what == "an older head" && !report.notes.is_empty());
        assert!(
            told,
            "{what} in round {done} of {seed} was not found: {report:?}"
        );
        if let Some((file, line)) = place {
            let first = &report.findings[0];
            assert_eq!(
                (&first.file, first.line),
                (&file, Some(line)),
                "{what} in round {done} of {seed}: {report:?}"
            );
        }
    }
    assert!(kinds.len() >= 16, "{kinds:?}");
}

#[tokio::test]
async fn ten_thousand_manipulations_are_found_first_half() {
    thousands("attacks-1", 0x9E37_79B9_7F4A_7C15, 5000).await;
}

#[tokio::test]
async fn ten_thousand_manipulations_are_found_second_half() {
    thousands("attacks-2", 0xD1B5_4A32_D192_ED03, 5000).await;
}

#[tokio::test]
async fn a_state_that_was_put_back_is_noticed() {
    let home = Home::new("generation");
    let trail = home.trail();
    drop(trail.intend(change()).await.unwrap());
    let early = trail.anchor();
    trail.anchored(5, early.clone().unwrap().sequence);
    drop(trail.intend(change()).await.unwrap());
    let now = trail.anchor();
    assert!(home.report(Some(kept(5, now.clone()))).await.holds());
    let older = home.report(Some(kept(4, early))).await;
    assert_eq!(older.findings.len(), 1, "{older:?}");
    assert_eq!(older.findings[0].file, "state.db");
    let removed = home.report(Some(kept(0, None))).await;
    assert_eq!(removed.findings[0].file, "state.db");
    // Put back and used again until it counts more than the trail says.
    trail.anchored(2, now.clone().unwrap().sequence);
    drop(trail.intend(change()).await.unwrap());
    let used = home.report(Some(kept(9, trail.anchor()))).await;
    assert_eq!(used.findings.len(), 1, "{used:?}");
    assert!(used.findings[0].what.contains("put back"), "{used:?}");
    std::fs::remove_dir_all(&home.0).unwrap();
    let gone = home.report(Some(kept(5, now.clone()))).await;
    assert!(!gone.holds(), "{gone:?}");
    // Another trail under the same key, grown past the line that is known.
    let other = home.trail();
    for _ in 0..9 {
        other.note(read()).await.unwrap();
    }
    let replaced = home.report(Some(kept(5, now))).await;
    assert!(!replaced.holds(), "{replaced:?}");
}

/// Who goes on writing says what it found, so that it is not covered up.
#[tokio::test]
async fn what_was_done_before_a_line_is_still_found_behind_it() {
    let cut: fn(&Home) = |home| {
        let path = home.path("audit.jsonl");
        let lines = split(&std::fs::read(&path).unwrap());
        write(&path, &lines[..lines.len() - 2].concat());
    };
    let torn: fn(&Home) = |home| {
        let path = home.path("audit.jsonl");
        let bytes = std::fs::read(&path).unwrap();
        write(&path, &bytes[..bytes.len() - 100]);
    };
    let garbage: fn(&Home) = |home| {
        let path = home.path("audit.jsonl");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend_from_slice(b"{}\n");
        write(&path, &bytes);
    };
    let no_head: fn(&Home) = |home| std::fs::remove_file(home.path("audit.head")).unwrap();
    let no_file: fn(&Home) = |home| std::fs::remove_file(home.path("audit.jsonl")).unwrap();
    let nothing: fn(&Home) = |home| std::fs::remove_dir_all(&home.0).unwrap();
    for (name, attack) in [
        ("cut", cut),
        ("torn", torn),
        ("garbage", garbage),
        ("head", no_head),
        ("file", no_file),
        ("everything", nothing),
    ] {
        for same_process in [true, false] {
            if name == "everything" && !same_process {
                // Nothing is left that knows of it but the state.
                continue;
            }
            let home = Home::new(&format!("behind-{name}-{same_process}"));
            let trail = home.trail();
            for _ in 0..5 {
                trail.note(read()).await.unwrap();
            }
            attack(&home);
            let next = if same_process { trail } else { home.trail() };
            for _ in 0..3 {
                next.note(read()).await.unwrap();
            }
            let report = home.report(None).await;
            assert!(!report.holds(), "{name} {same_process}: {report:?}");
            assert!(report.findings.len() <= 3, "{name}: {report:?}");
            // And what comes behind it is followed again.
            assert_eq!(report.last, next.anchor(), "{name}: {report:?}");
        }
    }
}

#[tokio::test]
async fn what_is_moved_aside_is_missed_before_a_change_leaves_and_within_a_second() {
    for name in ["audit.jsonl", "audit.head", "audit.lock"] {
        let home = Home::new(&format!("aside-{name}"));
        let trail = home.trail();
        let move_aside = async || {
            trail.note(read()).await.unwrap();
            std::fs::rename(home.path(name), home.path("aside")).unwrap();
            trail.note(read()).await.unwrap();
        };
        move_aside().await;
        let intent = trail.intend(change()).await.unwrap();
        assert!(home.path(name).exists(), "{name} before a change");
        trail.settle(intent, Outcome::Answered, Some(200)).await;
        move_aside().await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        trail.note(read()).await.unwrap();
        assert!(home.path(name).exists(), "{name} after a second");
    }
}
