//! What the same agent was refused before: a person who is asked about more or less of the same has
//! to know of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::approvals::Approval;
use super::plan::Plan;
use crate::clock::Moment;
use crate::visible::shown;

/// The most that a plan tells of.
const MOST: usize = 3;
/// The most of what was refused, in characters.
const LONGEST: usize = 300;

/// Who gave the no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum By {
    /// A person at the terminal.
    Terminal,
    /// The client, which may have asked nobody.
    Client,
}

/// A no to something about the same object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Refused {
    by: By,
    tool: String,
    what: String,
    /// How long before this was asked, in seconds.
    ago_s: i64,
    /// When, in seconds since 1970.
    at: i64,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.by {
            By::Terminal => "You refused this agent",
            By::Client => "The client said no to this agent",
        };
        let minutes = self.ago_s / 60;
        let ago = match minutes {
            ..1 => "less than a minute".to_owned(),
            1 => "1 minute".to_owned(),
            2..120 => format!("{minutes} minutes"),
            _ => format!("{} hours", minutes / 60),
        };
        write!(f, "{by} {ago} before: {}: {}", self.tool, self.what)
    }
}

impl Plan {
    /// The same plan of this very effect, with what of the like was refused: about the same object,
    /// about one that this goes along with, or together with this one. The latest first.
    #[must_use]
    pub(super) fn knowing(mut self, effect: &str, known: &[Approval], now: &Moment) -> Self {
        effect.clone_into(&mut self.effect);
        let mut refused: Vec<Refused> = known
            .iter()
            // One that waits after the client's no is this very question.
            .filter(|one| !(one.plan.is_of(effect) && one.is_declined(now)))
            .filter(|one| self.is_near(&one.plan))
            .filter_map(|one| {
                let (at, by) = one.refused()?;
                let lines = one.plan.lines();
                Some(Refused {
                    by,
                    tool: one.tool.clone(),
                    what: shown(lines.first()?, LONGEST),
                    ago_s: now.wall.saturating_sub(at).max(0),
                    at,
                })
            })
            .collect();
        refused.sort_by_key(|one| std::cmp::Reverse(one.at));
        refused.truncate(MOST);
        self.refused = refused;
        self
    }

    fn is_near(&self, other: &Self) -> bool {
        self.object.is(&other.object) || self.lists(&other.object) || other.lists(&self.object)
    }

    /// Whether it tells a person the same of the same call: however long ago a no was.
    pub(super) fn tells_the_same(&self, other: &Self) -> bool {
        let timeless = |plan: &Self| {
            let mut plan = plan.clone();
            for one in &mut plan.refused {
                one.ago_s = 0;
            }
            plan
        };
        timeless(self) == timeless(other)
    }

    /// Whether it is about this very effect.
    pub(super) fn is_of(&self, effect: &str) -> bool {
        self.effect == effect
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_a_no_was_is_told_in_words() {
        let at = |ago_s: i64, by| Refused {
            by,
            tool: "keys_delete".to_owned(),
            what: "Delete key 7 \"a\".".to_owned(),
            ago_s,
            at: 0,
        };
        for (ago_s, ago) in [
            (0, "less than a minute"),
            (60, "1 minute"),
            (12 * 60 + 59, "12 minutes"),
            (7199, "119 minutes"),
            (7200, "2 hours"),
        ] {
            assert_eq!(
                at(ago_s, By::Terminal).to_string(),
                format!("You refused this agent {ago} before: keys_delete: Delete key 7 \"a\".")
            );
        }
        assert!(
            at(0, By::Client)
                .to_string()
                .starts_with("The client said no to this agent")
        );
    }
}
