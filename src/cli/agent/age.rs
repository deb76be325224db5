//! Ages and times, as people write and read them.

use std::str::FromStr;

use crate::agents::TokenFacts;

const DAY: i64 = 24 * 60 * 60;
/// From this age on a token should be rotated, and from the next on it has to be.
const YELLOW: i64 = 30;
const RED: i64 = 90;

/// A number of days, written as `90d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days(i64);

impl Days {
    pub(super) fn seconds(self) -> i64 {
        self.0 * DAY
    }
}

impl FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_suffix('d').unwrap_or_default();
        match digits.parse() {
            Ok(days) if (0..=36500).contains(&days) && !digits.starts_with('+') => Ok(Self(days)),
            _ => Err("must be a number of days such as 90d"),
        }
    }
}

/// How a token's age is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Light {
    Green,
    Yellow,
    Red,
}

/// Since when a token exists: by Make's own time where it is known.
pub(in crate::cli) fn born(token: &TokenFacts) -> i64 {
    let created = token.created.as_ref();
    let created = created.and_then(|stamp| stamp.as_str().parse::<jiff::Timestamp>().ok());
    created.map_or(token.since, jiff::Timestamp::as_second)
}

/// The age of a token in whole days.
pub(in crate::cli) fn days_old(token: &TokenFacts, now: i64) -> i64 {
    (now - born(token)).max(0) / DAY
}

/// An age in words.
pub(in crate::cli) fn aged(days: i64) -> String {
    match days {
        ..=0 => "less than a day old".to_owned(),
        1 => "1 day old".to_owned(),
        days => format!("{days} days old"),
    }
}

pub(in crate::cli) fn light(days: i64) -> Light {
    match days {
        RED.. => Light::Red,
        YELLOW.. => Light::Yellow,
        _ => Light::Green,
    }
}

/// A moment as a date and time in UTC.
pub(in crate::cli) fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| seconds.to_string(), |moment| format!("{moment:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_with_a_d() {
        assert_eq!("90d".parse::<Days>().unwrap().seconds(), 90 * 86400);
        for bad in [
            "90",
            "d",
            "-1d",
            "+1d",
            "1h",
            "1.5d",
            "99999999999999999999d",
            "40000d",
        ] {
            assert!(bad.parse::<Days>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_turns_yellow_at_30_and_red_at_90_days() {
        use Light::{Green, Red, Yellow};
        let lights = [0, 29, 30, 89, 90, 1000].map(light);
        assert_eq!(lights, [Green, Green, Yellow, Yellow, Red, Red]);
    }
}
