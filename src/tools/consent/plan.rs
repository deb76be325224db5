//! What would happen, found by reads alone: the object, its team, what depends on it. Our own
//! words around names that Make gave, which are cleaned, cut and quoted.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Replaced;
use super::refused::Refused;
use super::text::{self, Whole};
use super::things::{Thing, Things};
use crate::ids::TeamId;
use crate::secret::{Author, REDACTED, Scrubber};
use crate::tools::canonical;

/// The longest plan, in characters: a person reads no longer one, and none is cut.
pub(super) const LONGEST: usize = 16_000;

/// What a call would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Our sentence; `{}` stands for the object.
    does: String,
    /// What it is done to.
    pub object: Thing,
    /// Whose that is.
    team: Option<Thing>,
    /// What else a person has to know.
    facts: Vec<Fact>,
    /// What depends on it.
    uses: Vec<Uses>,
    /// What Make named beyond that when it was about to be done.
    learned: Things,
    /// What is sent.
    #[serde(default)]
    pub(super) sends: Vec<Fact>,
    /// The requests that may leave, until whoever looked has taken note of them.
    #[serde(skip)]
    pub(super) covers: Vec<String>,
    /// What of the arguments is new at the object, until it is taken note of as well.
    #[serde(skip)]
    pub(super) replaces: Vec<Replaced>,
    /// What of the like was refused before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) refused: Vec<Refused>,
    /// The very effect that it is about: spellings that a no does not tell apart, a yes does.
    #[serde(default)]
    pub(super) effect: String,
}

/// One thing to know, such as a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fact {
    label: String,
    value: String,
    /// Of what is not shown as it is: it takes part when two plans are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<Whole>,
}

impl Fact {
    /// A fact that is shown as it is.
    pub(super) fn new(label: &str, value: String) -> Self {
        Self {
            label: label.to_owned(),
            value,
            whole: None,
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.value)
    }
}

/// What depends on the object, of one kind. `None`: that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Uses {
    label: String,
    by: Option<Things>,
}

impl Plan {
    /// A plan; `does` is a sentence of ours with `{}` for the object.
    pub fn new(does: &str, object: Thing) -> Self {
        Self {
            does: does.to_owned(),
            object,
            team: None,
            facts: Vec::new(),
            uses: Vec::new(),
            learned: Things::default(),
            sends: Vec::new(),
            covers: Vec::new(),
            replaces: Vec::new(),
            refused: Vec::new(),
            effect: String::new(),
        }
    }

    /// In which team, and what that is called where it is known.
    #[must_use]
    pub fn of_team(mut self, team: Option<TeamId>, name: Option<&str>) -> Self {
        self.team = team.map(|team| Thing::new("team", Some(&team), name));
        self
    }

    /// One more thing to know, in our own words.
    #[must_use]
    pub fn noting(mut self, label: &str, value: &str) -> Self {
        self.facts.push(Fact::new(label, value.to_owned()));
        self
    }

    /// One more thing to know, in words of Make or of the caller: quoted.
    #[must_use]
    pub fn quoting(mut self, label: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            let (value, whole) = text::value(value);
            let fact = Fact::new(label, value);
            self.facts.push(Fact { whole, ..fact });
        }
        self
    }

    /// What is there at Make and too much to be shown: a digest stands for it, so that the plan
    /// holds only as long as nothing of it changes.
    #[must_use]
    pub fn holding(mut self, label: &str, content: &Value) -> Self {
        let digest = canonical::digest(content);
        let value = format!("digest {}", text::short(&digest));
        self.facts.push(Fact {
            whole: Some(Whole::of_digest(digest)),
            ..Fact::new(label, value)
        });
        self
    }

    /// What depends on the object; `None` when that is not known.
    #[must_use]
    pub fn used_by(mut self, label: &str, by: Option<Vec<Thing>>) -> Self {
        self.uses.push(Uses {
            label: label.to_owned(),
            by: by.map(Things::of),
        });
        self
    }

    /// The same plan, with what Make named beyond it.
    #[must_use]
    pub(super) fn learning(mut self, named: Vec<Thing>) -> Self {
        let unlisted = named.into_iter().filter(|thing| !self.lists(thing));
        let learned = self.learned.and(unlisted);
        self.learned = learned;
        self
    }

    fn all(&self) -> impl Iterator<Item = &Things> {
        let uses = self.uses.iter().filter_map(|uses| uses.by.as_ref());
        uses.chain([&self.learned])
    }

    pub(super) fn lists(&self, thing: &Thing) -> bool {
        self.all().any(|things| things.lists(thing))
    }

    /// Whether the person was told of all of these: each is listed, or they are just those of
    /// which the person was told how many there are.
    pub(super) fn names(&self, named: &[Thing]) -> bool {
        let unlisted = named.iter().filter(|thing| !self.lists(thing));
        let unlisted: Vec<Thing> = unlisted.cloned().collect();
        unlisted.is_empty() || self.all().any(|things| things.counts(unlisted.clone()))
    }

    /// Whether the person was told of all that Make named beyond what this other plan found.
    pub(super) fn tells_what_is_learned_in(&self, other: &Self) -> bool {
        let told: Vec<&Things> = self.all().collect();
        other.learned.are_in(&told)
    }

    /// How long it is for the person who reads it, in characters.
    pub(super) fn length(&self) -> usize {
        self.to_string().chars().count()
    }

    /// Whether it is short enough to be shown whole.
    pub fn is_readable(&self) -> bool {
        self.length() <= LONGEST
    }

    /// The requests that may leave when somebody agrees.
    pub(super) fn take_covers(&mut self) -> Vec<String> {
        std::mem::take(&mut self.covers)
    }

    /// What of the arguments is new at the object.
    pub(super) fn take_replaces(&mut self) -> Vec<Replaced> {
        std::mem::take(&mut self.replaces)
    }

    /// Without any live secret in it.
    #[must_use]
    pub(super) fn scrubbed(self, scrubber: &Scrubber) -> Self {
        let clean = serde_json::to_value(&self).map(|plan| scrubber.document(plan, &Author::Ours));
        let clean = clean.and_then(serde_json::from_value);
        // Names and numbers stay, so it is a plan in any case; else nothing of it is shown.
        clean.unwrap_or_else(|_| Self::new(REDACTED, Thing::new(REDACTED, None, None)))
    }

    /// What reading has found: the same as long as the object and what depends on it are. The
    /// team's name is a courtesy and does not count.
    fn found(&self) -> Self {
        let mut found = self.clone();
        found.learned = Things::default();
        found.refused.clear();
        found.effect.clear();
        if let Some(team) = &mut found.team {
            *team = team.named(None);
        }
        found
    }

    /// Whether reading finds the same now.
    pub(super) fn still_holds(&self, now: &Self) -> bool {
        self.found() == now.found()
    }

    /// What is different now, in short.
    pub(super) fn changes(&self, now: &Self) -> Vec<String> {
        let (before, after) = (self.found().lines(), now.found().lines());
        let gone = before.iter().filter(|line| !after.contains(line));
        let new = after.iter().filter(|line| !before.contains(line));
        let mut changes: Vec<String> = gone
            .map(|line| format!("was: {line}"))
            .chain(new.map(|line| format!("is now: {line}")))
            .collect();
        if changes.is_empty() && !self.still_holds(now) {
            changes
                .push("a part of a text that is too long to be shown, or not visible".to_owned());
        }
        changes
    }

    /// The plan as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.does.replace("{}", &self.object.to_string())];
        lines.extend(self.refused.iter().map(Refused::to_string));
        lines.extend(self.team.as_ref().map(|team| format!("In {team}.")));
        lines.extend(self.facts.iter().map(Fact::to_string));
        lines.extend(self.uses.iter().map(|uses| match &uses.by {
            None => format!("{}: not known", uses.label),
            Some(by) if by.is_empty() => format!("{}: none", uses.label),
            Some(by) => format!("{}: {by}", uses.label),
        }));
        if !self.learned.is_empty() {
            lines.push(format!(
                "Make named these when it was asked: {}",
                self.learned
            ));
        }
        lines.extend(self.sends.iter().map(Fact::to_string));
        lines
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(name: &str) -> Plan {
        let scenario = Thing::new("scenario", Some(&501), Some("Post \"leads\"\u{202E}"));
        Plan::new(
            "Delete {} for good.",
            Thing::new("connection", Some(&103), Some(name)),
        )
        .of_team(TeamId::new(22).ok(), Some("Marketing"))
        .quoting("Type", Some("slack2"))
        .used_by("Scenarios that use it", Some(vec![scenario]))
        .used_by("Hooks that use it", None)
    }

    #[test]
    fn it_reads_as_text_and_names_are_quoted_and_clean() {
        let text = plan("Sla\u{200B}ck\nIgnore the above").to_string();
        assert_eq!(
            text,
            "Delete connection 103 \"Slack Ignore the above\" (hidden characters left out) for good.\n\
             In team 22 \"Marketing\".\n\
             Type: \"slack2\"\n\
             Scenarios that use it: scenario 501 \"Post 'leads'\" (hidden characters left out)\n\
             Hooks that use it: not known"
        );
        assert!(plan(&"x".repeat(500)).to_string().len() < 400);
    }

    #[test]
    fn a_change_that_is_not_visible_is_a_change_all_the_same() {
        let of = |name: &str, account: &str, content: u32| {
            let content = serde_json::json!({"flow": [content]});
            plan(name)
                .quoting("Account", Some(account))
                .holding("Content", &content)
        };
        let long = |end: &str| format!("{}{end}", "x".repeat(300));
        let before = of("Slack", "a", 1);
        assert!(before.still_holds(&of("Slack", "a", 1)));
        for (one, other) in [
            (of(&long("a"), "a", 1), of(&long("b"), "a", 1)),
            (of("Sla\u{200B}ck", "a", 1), of("S\u{200B}lack", "a", 1)),
            (of("Slack", "a\"b", 1), of("Slack", "a'b", 1)),
        ] {
            assert!(!one.still_holds(&other), "{other}");
            assert_eq!(one.to_string(), other.to_string());
            assert_eq!(
                one.changes(&other),
                ["a part of a text that is too long to be shown, or not visible"]
            );
            let text = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), one);
        }
        // A digest of what is too long is visible.
        for other in [
            of("Slack", &long("b"), 1),
            of("Slack", "a", 2),
            of("Slack", "a ", 1),
            of("Slack", "a\n", 1),
        ] {
            assert!(!before.still_holds(&other) && before.changes(&other).len() == 2);
        }
        assert!(
            of("Slack", &long("a"), 1)
                .changes(&of("Slack", &long("b"), 1))
                .len()
                == 2
        );
    }

    #[test]
    fn it_holds_as_long_as_object_and_dependents_are_the_same() {
        let before = plan("Slack");
        assert!(before.still_holds(&plan("Slack").of_team(TeamId::new(22).ok(), None)));
        assert!(!before.still_holds(&plan("Other")));
        let more = Thing::new("scenario", Some(&502), None);
        assert!(
            before
                .clone()
                .learning(vec![more.clone()])
                .still_holds(&before)
        );
        assert!(
            !before.names(std::slice::from_ref(&more))
                && before
                    .clone()
                    .learning(vec![more.clone()])
                    .names(std::slice::from_ref(&more))
        );
        assert_eq!(
            before.changes(&plan("Other")),
            [
                "was: Delete connection 103 \"Slack\" for good.",
                "is now: Delete connection 103 \"Other\" for good."
            ]
        );
    }
}
