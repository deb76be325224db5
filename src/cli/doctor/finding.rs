//! What `doctor` found, as data: every check adds to one list, and nothing here prints.

use serde::Serialize;

use crate::visible::shown;

/// Longer texts are cut: some of them hold names that others chose.
const LONGEST: usize = 400;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// It is as it should be.
    Ok,
    /// It works, and should be looked at.
    Yellow,
    /// Something does not work, or somebody can do what nobody wanted.
    Red,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// Which check says so: a word for scripts, which stays.
    pub(super) check: &'static str,
    /// How bad it is.
    pub(super) level: Level,
    /// What it is about.
    pub(super) subject: String,
    /// What was found, in one sentence.
    #[serde(rename = "finding")]
    pub(super) said: String,
    /// What mends it: a command, or a step at Make. Nothing where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// All that was found, in the order in which it was looked for.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    /// It is as it should be.
    pub(super) fn ok(&mut self, check: &'static str, subject: &str, said: impl AsRef<str>) {
        self.0.push(Finding {
            check,
            level: Level::Ok,
            subject: plain(subject),
            said: plain(said.as_ref()),
            next: None,
        });
    }

    /// It should be looked at.
    pub(super) fn yellow(
        &mut self,
        check: &'static str,
        subject: &str,
        said: impl AsRef<str>,
        next: impl AsRef<str>,
    ) {
        self.add(
            Level::Yellow,
            check,
            subject,
            (said.as_ref(), next.as_ref()),
        );
    }

    /// It has to be mended.
    pub(super) fn red(
        &mut self,
        check: &'static str,
        subject: &str,
        said: impl AsRef<str>,
        next: impl AsRef<str>,
    ) {
        self.add(Level::Red, check, subject, (said.as_ref(), next.as_ref()));
    }

    /// The same with the level as a value.
    pub(super) fn add(
        &mut self,
        level: Level,
        check: &'static str,
        subject: &str,
        (said, next): (&str, &str),
    ) {
        self.0.push(Finding {
            check,
            level,
            subject: plain(subject),
            said: plain(said),
            next: Some(plain(next)),
        });
    }

    /// How many there are of a level.
    pub(super) fn count(&self, level: Level) -> usize {
        self.0.iter().filter(|one| one.level == level).count()
    }

    /// The worst of them.
    pub(super) fn worst(&self) -> Level {
        let levels = self.0.iter().map(|one| one.level);
        levels.max().unwrap_or(Level::Ok)
    }

    /// The worst ones first; those of a level in the order in which they were found.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|one| std::cmp::Reverse(one.level));
        self.0
    }
}

/// On one line and not too long: labels at Make and names of files are other people's.
fn plain(text: &str) -> String {
    shown(text, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_come_first_and_the_rest_keeps_its_order() {
        let mut found = Findings::default();
        found.ok("a", "x", "fine");
        found.yellow("b", "x", "odd", "look");
        found.red("c", "x", "broken", "mend");
        found.yellow("d", "x", "odd", "look");
        assert_eq!((found.count(Level::Yellow), found.worst()), (2, Level::Red));
        let order: Vec<_> = found.sorted().into_iter().map(|one| one.check).collect();
        assert_eq!(order, ["c", "b", "d", "a"]);
    }

    #[test]
    fn what_others_wrote_stays_on_its_line() {
        let mut found = Findings::default();
        found.ok("a", "x", format!("\u{1b}[2J\n{}", "y".repeat(1000)));
        let one = found.sorted().remove(0);
        assert!(!one.said.chars().any(char::is_control));
        assert_eq!(one.said.chars().count(), LONGEST);
    }
}
