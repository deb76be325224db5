//! Each tool: what it sends, what it answers, what it refuses.

mod account;
mod connections;
mod credential_requests;
mod desk;
mod keys;
