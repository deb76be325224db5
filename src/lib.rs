//! An MCP server through which agents manage the credentials of a Make.com account without holding a key.

pub mod mcp;
