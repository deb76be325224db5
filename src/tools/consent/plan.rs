//! What would happen, found by reads alone: the object, its team, what depends on it. Our own
//! words around names that Make gave, which are cleaned, cut and quoted.

use std::fmt;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::TeamId;
use crate::make::Dependent;
use crate::secret::Scrubber;
use crate::tools::named::secret_name;
use crate::visible::{hides_something, shown};

/// The longest name that is shown, in characters.
const NAME: usize = 80;
/// The longest value of an argument that is shown. Longer than what tools take, for the end of an
/// address may be what matters; a person sees the beginning of what is longer all the same.
const VALUE: usize = 8_000;
/// Stands behind a name with hidden characters.
const HIDES: &str = " (hidden characters left out)";
/// The most objects of a list that are kept.
const KEPT: usize = 100;
/// The most objects of a list that are shown.
const SHOWN: usize = 10;

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
    learned: Vec<Thing>,
}

/// An object with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Thing {
    kind: String,
    id: Option<String>,
    name: Option<String>,
    /// Whether the name has characters that nobody sees, which are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hides: bool,
}

/// One thing to know, such as a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fact {
    label: String,
    value: String,
}

/// What depends on the object, of one kind. `None`: that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Uses {
    label: String,
    by: Option<Vec<Thing>>,
}

impl Thing {
    /// An object; its name as Make tells it, where that is known.
    pub fn new(kind: &str, id: Option<&dyn fmt::Display>, name: Option<&str>) -> Self {
        Self {
            kind: shown(kind, NAME),
            id: id.map(|id| shown(&id.to_string(), NAME)),
            name: name.map(|name| shown(name, NAME)),
            hides: name.is_some_and(hides_something),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(one), Some(another)) => one == another && self.kind == other.kind,
            _ => self == other,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        if let Some(id) = &self.id {
            write!(f, " {id}")?;
        }
        match &self.name {
            Some(name) => write!(f, " {}{}", quoted(name), left_out(self.hides)),
            None => Ok(()),
        }
    }
}

impl From<&Dependent> for Thing {
    fn from(dependent: &Dependent) -> Self {
        let id = dependent.id.map(|id| id.to_string());
        Self::new(
            &dependent.kind,
            id.as_ref().map(|id| id as &dyn fmt::Display),
            dependent.name.as_deref(),
        )
    }
}

/// A person has to know that a name is not what it was: it may look like another one.
fn left_out(hides: bool) -> &'static str {
    if hides { HIDES } else { "" }
}

/// Foreign text in quotes, none of which are its own.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "'"))
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
            learned: Vec::new(),
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
        self.facts.push(Fact {
            label: label.to_owned(),
            value: value.to_owned(),
        });
        self
    }

    /// One more thing to know, in words of Make or of the caller: quoted.
    #[must_use]
    pub fn quoting(self, label: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => {
                let note = left_out(hides_something(value));
                self.noting(label, &(quoted(&shown(value, VALUE)) + note))
            }
            None => self,
        }
    }

    /// A field that gets this value, which is shown unless it is a secret.
    #[must_use]
    pub fn setting(self, field: &str, value: &Value, is_secret: bool) -> Self {
        let label = format!("Sets {}", quoted(&shown(field, NAME)));
        if let Some(name) = secret_name(value) {
            return self.noting(&label, &format!("the secret that is kept as {name}"));
        }
        match value {
            Value::Null => self.noting(&label, "nothing: it is emptied"),
            _ if is_secret => self.noting(&label, "a secret, which is not shown"),
            Value::String(text) => self.quoting(&label, Some(text)),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.quoting(&label, Some(&value.to_string()))
            }
        }
    }

    /// What depends on the object; `None` when that is not known.
    #[must_use]
    pub fn used_by(mut self, label: &str, by: Option<Vec<Thing>>) -> Self {
        let by = by.map(|mut by| {
            by.sort();
            by.truncate(KEPT);
            by
        });
        self.uses.push(Uses {
            label: label.to_owned(),
            by,
        });
        self
    }

    /// The same plan, with what Make named beyond it.
    #[must_use]
    pub(super) fn learning(mut self, more: &[Thing]) -> Self {
        for thing in more {
            if !self.names(thing) && self.learned.len() < KEPT {
                self.learned.push(thing.clone());
            }
        }
        self
    }

    /// What Make named beyond what reading had found.
    pub(super) fn learned(&self) -> &[Thing] {
        &self.learned
    }

    /// Whether the person was told of this.
    pub(super) fn names(&self, thing: &Thing) -> bool {
        let listed = self.uses.iter().filter_map(|uses| uses.by.as_ref());
        listed.flatten().chain(&self.learned).any(|t| t.is(thing))
    }

    /// Without any live secret in it.
    #[must_use]
    pub(super) fn scrubbed(self, scrubber: &Scrubber) -> Self {
        let Ok(text) = serde_json::to_vec(&self) else {
            return self;
        };
        serde_json::from_slice(&scrubber.json(text)).unwrap_or(self)
    }

    /// What reading has found: the same as long as the object and what depends on it are. The
    /// team's name is a courtesy and does not count.
    fn found(&self) -> Self {
        let mut found = self.clone();
        found.learned.clear();
        if let Some(team) = &mut found.team {
            team.name = None;
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
        gone.map(|line| format!("was: {line}"))
            .chain(new.map(|line| format!("is now: {line}")))
            .collect()
    }

    /// The plan as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.does.replace("{}", &self.object.to_string())];
        lines.extend(self.team.as_ref().map(|team| format!("In {team}.")));
        let facts = self.facts.iter();
        lines.extend(facts.map(|fact| format!("{}: {}", fact.label, fact.value)));
        lines.extend(self.uses.iter().map(|uses| match &uses.by {
            None => format!("{}: not known", uses.label),
            Some(by) if by.is_empty() => format!("{}: none", uses.label),
            Some(by) => format!("{}: {}", uses.label, listed(by)),
        }));
        if !self.learned.is_empty() {
            let learned = listed(&self.learned);
            lines.push(format!("Make named these when it was asked: {learned}"));
        }
        lines
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

fn listed(things: &[Thing]) -> String {
    let names: Vec<String> = things.iter().take(SHOWN).map(Thing::to_string).collect();
    let mut text = names.join(", ");
    if things.len() > SHOWN {
        let _infallible = write!(text, ", and {} more", things.len() - SHOWN);
    }
    text
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
    fn it_holds_as_long_as_object_and_dependents_are_the_same() {
        let before = plan("Slack");
        assert!(before.still_holds(&plan("Slack").of_team(TeamId::new(22).ok(), None)));
        assert!(!before.still_holds(&plan("Other")));
        let more = Thing::new("scenario", Some(&502), None);
        assert!(
            before
                .clone()
                .learning(std::slice::from_ref(&more))
                .still_holds(&before)
        );
        assert!(
            !before.names(&more)
                && before
                    .clone()
                    .learning(std::slice::from_ref(&more))
                    .names(&more)
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
