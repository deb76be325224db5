//! Each tool against the embedded zone: what the agent gets, and what the zone got.

mod credential_requests;
mod desk;
