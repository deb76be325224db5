//! Each last check by itself, past the layers that stop a call before it.

mod client;
mod wire;
