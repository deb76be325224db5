//! The integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may panic"
)]

mod stdio;
mod tokens_tmp;
mod tools;
