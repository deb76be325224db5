//! Templates of a team and public ones as tools.

mod blueprint;
mod content;
mod create;
mod delete;
mod get;
mod list;
mod plan;
mod public;
mod publish;
pub(super) mod secrets;
mod update;

pub(super) use blueprint::{GetBlueprint, PublicGetBlueprint};
pub(super) use create::Create;
pub(super) use delete::Delete;
pub(super) use get::Get;
pub(super) use list::List;
pub(super) use plan::{made_of, public_content};
pub(super) use public::{PublicGet, PublicList};
pub(super) use publish::{Publish, RequestApproval};
pub(super) use update::Update;

use serde::Serialize;

use super::{Call, links};
use crate::make::templates::{Page, Template};

/// An answer that is one template.
#[derive(Serialize, schemars::JsonSchema)]
pub(in crate::tools) struct One {
    template: Template,
}

/// A template as an agent may see it: what Make names its page by is checked. Called last, so that
/// nothing else stands in the place of the warning.
fn seen_by_agent(call: &Call<'_>, mut template: Template) -> Template {
    let (name, untrusted) = (&mut template.public_url, &mut template.untrusted_link);
    if links::settle(call.session(), name, untrusted) {
        call.suggest(links::WARNING);
    }
    template
}

/// The rows of this call, as Make is asked for them.
fn page(call: &Call<'_>) -> Page {
    let window = call.window();
    Page {
        offset: window.offset,
        limit: window.limit,
    }
}
