//! The protocol side: how messages come in and go out.

pub mod stdio;
