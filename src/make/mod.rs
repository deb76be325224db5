//! Make's REST API, version 2: the zone, requests as data, the one [`Client::send`], and a file a
//! resource with one function an endpoint and the answer structs. What an answer struct does not
//! list never leaves this module.

mod client;
mod connection;
mod departure;
mod error;
mod leave;
mod lenient;
mod opaque;
mod pacer;
mod page;
mod page_name;
pub mod pages;
pub(crate) mod place;
mod reading;
mod refusal;
mod request;
mod template_content;
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
pub use error::Error;
pub use leave::holds_soon;
pub use opaque::Opaque;
pub use pacer::Pacer;
pub use page::PageAddress;
pub use page_name::PageName;
pub use reading::{Package, Response, Slot};
pub use refusal::{Dependent, Refusal};
pub use request::{Parts, Request};
pub use zone::{BadZone, Zone};
