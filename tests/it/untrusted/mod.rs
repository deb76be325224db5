//! Text of Make stays data: whatever people there write, it changes no tool, speaks in no words of
//! ours, hides nothing, and the answer says that it is there.

mod everywhere;
mod judge;
mod payloads;
mod people;
mod terminal;
pub(crate) mod wire;
mod writers;
