//! x
pub mod grants;
pub mod harden;
pub mod ids;
pub mod make;
pub mod policy;
pub mod sandbox;
pub mod secret;
pub mod state;
pub mod tools;
