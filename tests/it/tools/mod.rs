//! Each tool against the embedded zone: what the agent gets, and what the zone got.

mod blueprints;
mod desk;
mod template_flows;
mod templates;
mod templates_create;
