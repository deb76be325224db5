//! Make's REST API, version 2: the zone, requests as data, the one [`Client::send`], and a file a
//! resource with one function an endpoint and the answer structs. What an answer struct does not
//! list never leaves this module.

mod client;
mod departure;
mod error;
mod leave;
mod opaque;
mod pacer;
pub(crate) mod place;
mod reading;
mod request;
mod zone;

pub mod connection_access;
pub mod connections;
pub mod credential_requests;
pub mod flows;
pub mod hooks;
pub mod keys;
pub mod organizations;
pub mod public_templates;
pub mod templates;
pub mod tokens;
pub mod users;

pub use client::{Access, Client};
pub use departure::Departure;
pub use error::{Dependent, Error, Refusal};
pub use leave::holds_soon;
pub use opaque::Opaque;
pub use pacer::Pacer;
pub use reading::{Package, Response, Slot};
pub use request::{Parts, Request};
pub use zone::{BadZone, Zone};
