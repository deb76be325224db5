//! Each tool: what it sends, what it answers, what it refuses.

mod account;
mod blueprint_marks;
mod blueprint_secrets;
mod blueprints;
mod connections;
mod credential_requests;
mod desk;
mod forbidden;
mod keys;
mod template_flows;
mod template_texts;
mod templates;
mod templates_create;
