//! The integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may panic"
)]

mod arguments;
mod binary;
mod canary;
mod faults;
mod hostile;
mod hostile_values;
mod layering;
mod leaks;
mod listener;
mod retries;
mod schemas;
mod snapshot;
mod stdio;
mod token_home;
mod tools;
mod world;
