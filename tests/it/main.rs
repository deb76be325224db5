//! The integration tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::too_many_lines,
    clippy::wildcard_enum_match_arm,
    reason = "tests may panic, list many cases and print what they count"
)]

mod agents;
mod arguments;
mod binary;
mod blueprint_reader;
mod canary;
mod cancelling;
mod cli;
mod confirm;
mod creates;
mod demo;
mod doctor;
mod examples;
mod faults;
mod golden;
mod hidden;
mod hostile;
mod hostile_values;
mod last_checks;
mod layering;
mod leaks;
mod lease;
mod links;
mod listener;
mod named;
mod names;
mod network;
mod odd_answers;
mod protocol;
mod readme;
mod redaction;
mod retries;
mod schemas;
mod secrets;
mod secrets_in_blueprints_second_set;
mod secrets_in_blueprints_third_set;
mod serving;
mod snapshot;
mod stdio;
mod teams;
mod timing;
mod token_home;
mod tools;
mod traces;
mod trail;
mod trust;
mod untrusted;
mod words;
mod world;
mod zones;
