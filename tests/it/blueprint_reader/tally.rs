//! How many of which group were found.

use std::collections::BTreeMap;

/// The most misses that are printed.
const MISSES: usize = 60;

/// Where a case is counted.
#[derive(Clone, Copy)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    /// Whether a miss counts against the whole.
    pub(crate) is_asserted: bool,
}

/// Counts by group; what is not asserted is printed and counted apart.
pub(crate) struct Tally {
    what: &'static str,
    groups: BTreeMap<(bool, &'static str), (usize, usize)>,
    misses: Vec<String>,
}

impl Tally {
    pub(crate) fn new(what: &'static str) -> Self {
        Self {
            what,
            groups: BTreeMap::new(),
            misses: Vec::new(),
        }
    }

    pub(crate) fn count(&mut self, group: Group, about: &str, is_found: bool) {
        let Group { name, is_asserted } = group;
        let group = (!is_asserted, name);
        let (found, total) = self.groups.entry(group).or_default();
        *total += 1;
        if is_found {
            *found += 1;
        } else {
            self.misses.push(format!("{name}: {about}"));
        }
    }

    fn asserted(&self) -> impl Iterator<Item = (usize, usize)> {
        let groups = self.groups.iter().filter(|((is_apart, _), _)| !is_apart);
        groups.map(|(_, counts)| *counts)
    }

    pub(crate) fn total(&self) -> usize {
        self.asserted().map(|(_, total)| total).sum()
    }

    pub(crate) fn missed(&self) -> usize {
        self.asserted().map(|(found, total)| total - found).sum()
    }

    pub(crate) fn print(&self) {
        for ((is_apart, group), (found, total)) in &self.groups {
            let apart = if *is_apart { " (not asserted)" } else { "" };
            println!("{}: {found} of {total}: {group}{apart}", self.what);
        }
        let found = self.total() - self.missed();
        println!("{}: {found} of {} in all", self.what, self.total());
        for miss in self.misses.iter().take(MISSES) {
            println!("not {}: {miss}", self.what);
        }
    }
}
