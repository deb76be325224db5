//! The integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests may panic"
)]

mod schemas;
mod snapshot;
mod stdio;
mod tools;
mod world;
