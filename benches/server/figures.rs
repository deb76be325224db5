//! Medians and how they are printed.

use std::time::Duration;

/// The middle one.
pub(crate) fn median(times: Vec<Duration>) -> Duration {
    percentile(times, 50)
}

/// Median and 95th percentile in milliseconds.
pub(crate) fn spread(times: Vec<Duration>) -> String {
    let p95 = percentile(times.clone(), 95).as_secs_f64() * 1e3;
    let p50 = median(times).as_secs_f64() * 1e3;
    format!("p50 {p50:.2} p95 {p95:.2}")
}

/// In microseconds.
pub(crate) fn micros(time: Duration) -> String {
    format!("{:>7.1}", time.as_secs_f64() * 1e6)
}

/// How the first stand to the second: the middle one of the ratios round by round, and the ratio of the cheapest round
/// of each, which a busy machine disturbs least.
pub(crate) fn ratios(ours: &[Duration], theirs: &[Duration]) -> (f64, f64) {
    let ratio = |(a, b): (&Duration, &Duration)| a.as_secs_f64() / b.as_secs_f64();
    let mut all: Vec<f64> = ours.iter().zip(theirs).map(ratio).collect();
    all.sort_by(f64::total_cmp);
    let middle = all.get(all.len() / 2).copied().unwrap_or_default();
    let least = ours.iter().min().zip(theirs.iter().min()).map(ratio);
    (middle, least.unwrap_or_default())
}

fn percentile(mut times: Vec<Duration>, percent: usize) -> Duration {
    times.sort_unstable();
    let at = times.len() * percent / 100;
    times.get(at).copied().unwrap_or_default()
}
