//! The integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests may panic"
)]

mod cli;
mod schemas;
mod snapshot;
mod stdio;
mod tools;
mod world;
