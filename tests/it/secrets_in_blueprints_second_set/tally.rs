//! How many of which group were found.

use std::collections::BTreeMap;

use super::cases::Case;

/// The most misses that are printed.
const MISSES: usize = 60;

/// Counts by group; what is not asserted is printed and counted apart.
pub(super) struct Tally {
    what: &'static str,
    groups: BTreeMap<(bool, &'static str), (usize, usize)>,
    misses: Vec<String>,
}

impl Tally {
    pub(super) fn new(what: &'static str) -> Self {
        Self {
            what,
            groups: BTreeMap::new(),
            misses: Vec::new(),
        }
    }

    pub(super) fn count(&mut self, case: &Case, is_found: bool) {
        let group = (!case.is_asserted, case.group);
        let (found, total) = self.groups.entry(group).or_default();
        *total += 1;
        if is_found {
            *found += 1;
        } else {
            self.misses.push(format!("{}: {}", case.group, case.about));
        }
    }

    fn asserted(&self) -> impl Iterator<Item = (usize, usize)> {
        let groups = self.groups.iter().filter(|((is_apart, _), _)| !is_apart);
        groups.map(|(_, counts)| *counts)
    }

    pub(super) fn total(&self) -> usize {
        self.asserted().map(|(_, total)| total).sum()
    }

    pub(super) fn missed(&self) -> usize {
        self.asserted().map(|(found, total)| total - found).sum()
    }

    pub(super) fn print(&self) {
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
