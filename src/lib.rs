//! The way AI agents work with the credentials of a Make.com account without ever holding a key:
//! an MCP server whose tools are the operations of Make, and whose secrets stay inside.
//!
//! One call goes `mcp` → `tools::Session::call` → arguments → target → `policy::authorize` →
//! consent → `make::Client::send` → Make, and back through the answer structs, the shape and the
//! scrubber.
//!
//! | module | what |
//! | --- | --- |
//! | [`ids`] | typed ids and names, checked once |
//! | [`secret`] | values that show themselves to nobody, and the scrubber |
//! | [`secret_detector`] | recognizes secrets in text that was written elsewhere |
//! | [`secrets`] | where secrets are kept: references and the stores behind them |
//! | [`clock`] | moments by the wall clock and by the clock of the boot |
//! | [`config`] | flags and environment, read once |
//! | [`file_trust`] | whether a file can be believed: its owner, its mode and the way to it |
//! | [`network`] | how a host is reached: the one builder of HTTP clients |
//! | [`log`] | stderr, through the scrubber |
//! | [`visible`] | text that others wrote, without what nobody sees |
//! | [`harden`] | what the process forbids itself |
//! | [`state`] | what the machine remembers between processes |
//! | [`agents`] | the life of an agent: issued, adopted, rotated, revoked, served |
//! | [`grants`] | what an agent is and may be given: types |
//! | [`policy`] | who may do what: a pure function to a permit |
//! | [`make`] | Make's API: requests as data, one way to send them |
//! | [`tools`] | the tools and the way of a call |
//! | [`mcp`] | the protocol over stdio |
//! | [`sandbox`] | a simulated zone of Make on loopback |
//! | [`cli`] | the commands |

pub mod agents;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod file_trust;
pub mod grants;
pub mod harden;
pub mod ids;
pub mod log;
pub mod make;
pub mod mcp;
pub mod network;
pub mod policy;
pub mod sandbox;
pub mod secret;
pub mod secret_detector;
pub mod secrets;
pub mod state;
pub mod tools;
pub mod visible;
