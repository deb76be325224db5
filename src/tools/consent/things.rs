//! Objects in a plan: what each is called for a person, and what a list of them says of those that
//! are too many to be named.

use std::fmt;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::text::{Whole, exact, left_out, quoted};
use crate::make::Dependent;
use crate::visible::{hides_something, shown};

/// The longest name that is shown, in characters.
pub(super) const NAME: usize = 80;
/// The most objects of a list that are kept.
const KEPT: usize = 100;
/// The most objects of a list that are shown.
const SHOWN: usize = 10;

/// An object with its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Thing {
    kind: String,
    id: Option<String>,
    name: Option<String>,
    /// Whether the name has characters that nobody sees, which are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hides: bool,
    /// Of a name that is not shown as it is: it takes part wherever two objects are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<Whole>,
}

impl Thing {
    /// An object; its name as Make tells it, where that is known.
    pub fn new(kind: &str, id: Option<&dyn fmt::Display>, name: Option<&str>) -> Self {
        let short = name.map(|name| shown(name, NAME));
        Self {
            kind: exact(kind, NAME),
            id: id.map(|id| exact(&id.to_string(), NAME)),
            whole: name.and_then(|name| Whole::unless(name, short.as_deref() == Some(name))),
            name: short,
            hides: name.is_some_and(hides_something),
        }
    }

    /// The same object by another name.
    pub(super) fn named(&self, name: Option<&str>) -> Self {
        let named = Self::new("", None, name);
        Self {
            kind: self.kind.clone(),
            id: self.id.clone(),
            ..named
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
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
            Some(name) => write!(f, " {}{}", quoted(name), left_out(self.hides))?,
            None => return Ok(()),
        }
        match self
            .whole
            .as_ref()
            .and_then(|whole| whole.longer_than(NAME))
        {
            Some(chars) => write!(f, " ({chars} characters in all)"),
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

/// A list of objects of any length, of which a person sees the first and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(super) struct Things {
    /// In order, each once.
    first: Vec<Thing>,
    rest: Option<Rest>,
}

/// Those beyond the first: how many, and a digest that tells whether they are still the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rest {
    count: usize,
    /// Of which they are.
    digest: String,
    /// Of what they are called besides.
    #[serde(default)]
    names: String,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Whole(Vec<Thing>),
    Cut { first: Vec<Thing>, rest: Rest },
}

impl From<Written> for Things {
    fn from(written: Written) -> Self {
        match written {
            Written::Whole(first) => Self { first, rest: None },
            Written::Cut { first, rest } => Self {
                first,
                rest: Some(rest),
            },
        }
    }
}

impl From<Things> for Written {
    fn from(Things { first, rest }: Things) -> Self {
        match rest {
            None => Self::Whole(first),
            Some(rest) => Self::Cut { first, rest },
        }
    }
}

impl Rest {
    /// `None` when there are none. They have to be in order, each once.
    fn of(things: &[Thing]) -> Option<Self> {
        let (mut digest, mut names) = (Sha256::new(), Sha256::new());
        for thing in things {
            // With an id the name does not count, as when two of them are compared.
            let nameless = thing.id.is_some();
            let name = thing.name.as_ref().filter(|_| !nameless);
            let whole = thing.whole.as_ref().filter(|_| !nameless);
            let parts = [Some(&thing.kind), thing.id.as_ref(), name];
            digest.update(format!("{parts:?}{whole:?}\n"));
            names.update(format!("{thing:?}\n"));
        }
        (!things.is_empty()).then(|| Self {
            count: things.len(),
            digest: format!("{:x}", digest.finalize()),
            names: format!("{:x}", names.finalize()),
        })
    }

    /// Whether they are the same ones, whatever they are called.
    fn are(&self, other: &Self) -> bool {
        self.count == other.count && self.digest == other.digest
    }
}

fn in_order(mut things: Vec<Thing>) -> Vec<Thing> {
    things.sort();
    // Of those that have neither id nor name each counts.
    things.dedup_by(|a, b| (a.id.is_some() || a.name.is_some()) && a.is(b));
    things
}

impl Things {
    pub(super) fn of(things: Vec<Thing>) -> Self {
        let mut first = in_order(things);
        let rest = Rest::of(first.get(KEPT..).unwrap_or_default());
        first.truncate(KEPT);
        Self { first, rest }
    }

    /// Those that are kept by name, and these.
    pub(super) fn and(&self, more: impl IntoIterator<Item = Thing>) -> Self {
        Self::of(self.first.iter().cloned().chain(more).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Whether it is kept by name.
    pub(super) fn lists(&self, thing: &Thing) -> bool {
        self.first.iter().any(|listed| listed.is(thing))
    }

    /// Whether those beyond the first are just these.
    pub(super) fn counts(&self, unlisted: Vec<Thing>) -> bool {
        let unlisted = Rest::of(&in_order(unlisted));
        matches!((&self.rest, &unlisted), (Some(rest), Some(unlisted)) if rest.are(unlisted))
    }

    /// Whether all of these lists together hold what this one does.
    pub(super) fn are_in(&self, lists: &[&Self]) -> bool {
        let listed = |thing: &Thing| lists.iter().any(|things| things.lists(thing));
        let counted = self.rest.as_ref().is_none_or(|rest| {
            let mut told = lists.iter().filter_map(|things| things.rest.as_ref());
            told.any(|told| told.are(rest))
        });
        counted && self.first.iter().all(listed)
    }
}

impl fmt::Display for Things {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for thing in self.first.iter().take(SHOWN) {
            let comma = if text.is_empty() { "" } else { ", " };
            let _infallible = write!(text, "{comma}{thing}");
        }
        let beyond = self.rest.as_ref().map_or(0, |rest| rest.count);
        match self.first.len().saturating_sub(SHOWN) + beyond {
            0 => f.write_str(&text),
            more => write!(f, "{text}, and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenarios(numbers: std::ops::Range<u32>) -> Vec<Thing> {
        let one = |number: u32| Thing::new("scenario", Some(&number), Some("Nightly"));
        numbers.map(one).collect()
    }

    #[test]
    fn a_long_list_says_how_many_there_are_and_whether_they_are_the_same() {
        let many = Things::of(scenarios(1000..1500));
        let text = many.to_string();
        assert!(
            text.starts_with("scenario 1000 \"Nightly\", scenario 1001"),
            "{text}"
        );
        assert!(text.ends_with(", and 490 more"), "{text}");
        assert_eq!(
            many,
            Things::of(scenarios(1000..1500).into_iter().rev().collect())
        );
        assert_ne!(many, Things::of(scenarios(1000..1501)));
        let beyond = |things: &Things, of: Vec<Thing>| -> Vec<Thing> {
            of.into_iter()
                .filter(|thing| !things.lists(thing))
                .collect()
        };
        assert!(many.counts(beyond(&many, scenarios(1000..1500))));
        assert!(!many.counts(beyond(&many, scenarios(1000..1501))));
        assert!(!many.counts(beyond(&many, scenarios(1000..1499))));
        assert!(!Things::of(scenarios(0..5)).counts(Vec::new()));
    }

    #[test]
    fn another_name_behind_those_that_are_kept_is_a_change() {
        let named = |last: &str| {
            let last = Thing::new("scenario", Some(&9999), Some(last));
            Things::of([scenarios(1000..1150), vec![last]].concat())
        };
        let (one, other) = (named("Nightly"), named("Payroll"));
        assert_eq!(one.to_string(), other.to_string());
        assert_ne!(one, other);
        // They are the same ones none the less, as Make names them without a name.
        assert!(one.are_in(&[&other]));
    }

    #[test]
    fn it_is_written_as_a_list_and_whole_again_when_it_is_read() {
        for things in [Vec::new(), scenarios(0..100), scenarios(0..101)] {
            let things = Things::of(things);
            let text = serde_json::to_string(&things).unwrap();
            assert_eq!(text.starts_with('['), things.rest.is_none());
            assert_eq!(serde_json::from_str::<Things>(&text).unwrap(), things);
        }
    }

    #[test]
    fn a_change_behind_the_end_of_what_is_shown_is_a_change() {
        let long = |end: &str| format!("{}{end}", "n".repeat(NAME));
        let of = |kind: &str, id: Option<&str>, name: &str| {
            Thing::new(
                kind,
                id.as_ref().map(|id| id as &dyn fmt::Display),
                Some(name),
            )
        };
        let (one, other) = (
            of("hook", Some("1"), &long("a")),
            of("hook", Some("1"), &long("b")),
        );
        assert_eq!(one.to_string(), other.to_string());
        assert!(
            one.to_string().ends_with("n…\" (81 characters in all)"),
            "{one}"
        );
        assert_ne!(one, other);
        // What cleaning makes alike, too.
        assert_ne!(of("hook", Some("1"), "a b"), of("hook", Some("1"), "a\nb"));
        // Without an id the name tells them apart, also beyond those that are kept by name.
        let nameless = |end: &str| {
            let more = (0..KEPT).map(|at| of("a", None, &format!("{at:03}")));
            Things::of(more.chain([of("hook", None, &long(end))]).collect())
        };
        assert_ne!(nameless("a"), nameless("b"));
        assert_eq!(nameless("a"), nameless("a"));
        // Ids and kinds tell objects apart.
        let listed = Things::of(vec![of(&long("a"), Some(&long("a")), "n")]);
        assert!(listed.lists(&of(&long("a"), Some(&long("a")), "m")));
        assert!(!listed.lists(&of(&long("a"), Some(&long("b")), "n")));
        assert!(!listed.lists(&of(&long("b"), Some(&long("a")), "n")));
    }

    #[test]
    fn each_stands_there_once() {
        let twice = Things::of([scenarios(1..3), scenarios(1..3)].concat());
        assert_eq!(
            twice.to_string(),
            "scenario 1 \"Nightly\", scenario 2 \"Nightly\""
        );
        let three = twice.and(scenarios(2..4));
        assert!(three.are_in(&[&Things::of(scenarios(3..4)), &twice]));
        assert!(!three.are_in(&[&twice]));
        let many = Things::of(scenarios(0..150));
        assert!(many.are_in(&[&many]));
        assert!(!many.are_in(&[&Things::of(scenarios(0..149))]));
    }
}
