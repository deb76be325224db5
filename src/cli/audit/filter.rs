//! Which lines of the trail are shown.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::ids::AgentName;

/// What may become of a call or a change.
const OUTCOMES: [&str; 6] = [
    "answered",
    "failed",
    "unknown",
    "not_sent",
    "cancelled",
    "denied",
];

/// Which lines of the trail are shown.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// Only of this agent
    #[arg(long, value_name = "NAME")]
    agent: Option<AgentName>,
    /// Only of this tool
    #[arg(long, value_name = "TOOL")]
    tool: Option<String>,
    /// Only since then: 45s, 30m, 2h, 3d, or a time such as 2026-11-22T08:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Timestamp>,
    /// Only with this outcome
    #[arg(long, value_name = "OUTCOME", value_parser = OUTCOMES)]
    outcome: Option<String>,
}

impl Filter {
    /// Whether the line is shown.
    pub(super) fn takes(&self, line: &Value) -> bool {
        let is = |field: &str, wanted: Option<&str>| {
            let text = line.get(field).and_then(Value::as_str);
            wanted.is_none_or(|wanted| text == Some(wanted))
        };
        let agent = self.agent.as_ref().map(AgentName::as_str);
        let outcome = self.outcome.as_deref();
        let time = || line.get("at")?.as_str()?.parse::<Timestamp>().ok();
        is("agent", agent)
            && is("tool", self.tool.as_deref())
            && (is("outcome", outcome) || is("decision", outcome))
            && self
                .since
                .is_none_or(|since| time().is_some_and(|time| time >= since))
    }
}

/// A time, or how long ago.
fn since(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let bad = || "must be a number with s, m, h or d, or a time such as 2026-11-22T08:00:00Z";
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86400,
        _ => return Err(bad().to_owned()),
    };
    let digits = text.get(..text.len() - 1).unwrap_or_default();
    let count: i64 = digits.parse().map_err(|_| bad().to_owned())?;
    let ago = count
        .checked_mul(unit)
        .filter(|seconds| *seconds >= 0)
        .map(SignedDuration::from_secs);
    let time = ago.and_then(|ago| Timestamp::now().checked_sub(ago).ok());
    time.ok_or_else(|| bad().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_spans_and_times() {
        let ago = |text: &str| Timestamp::now().as_second() - since(text).unwrap().as_second();
        assert!((7199..=7201).contains(&ago("2h")));
        assert!((259_199..=259_201).contains(&ago("3d")));
        assert_eq!(since("1970-01-01T00:00:01Z").unwrap().as_second(), 1);
        for bad in ["", "2", "h", "-2h", "2w", "2é", "9223372036854775807d"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
