//! The integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests may panic"
)]

mod arguments;
mod binary;
mod canary;
mod cli;
mod examples;
mod faults;
mod golden;
mod hostile;
mod hostile_values;
mod layering;
mod leaks;
mod listener;
mod readme;
mod retries;
mod schemas;
mod snapshot;
mod stdio;
mod token_home;
mod tools;
mod world;
