//! Each tool: what it sends, what it answers, what it refuses.

mod account;
mod connections;
mod keys;
