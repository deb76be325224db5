//! The tools: what each one is ([`Spec`]), how a call goes through ([`Session::call`]), and the
//! table [`ALL`]. A folder a resource, a file a verb.

mod account;
mod advice;
mod after;
mod arguments;
mod call;
mod canonical;
mod cap;
mod codes;
mod connections;
mod consent;
mod creates;
mod credential_requests;
mod deleting;
mod dispatch;
mod error;
mod facts;
mod failure;
mod forbidden;
mod free_text;
mod gate;
mod keys;
mod links;
mod listed;
mod marks;
mod named;
mod own_names;
mod owners;
mod plaintext;
mod post;
mod prefill;
mod recognized;
mod recording;
mod schema;
#[cfg(test)]
mod scripted_zone;
mod session;
mod shape;
mod spec;
mod steps;
mod stop;
mod target;
mod template_flows;
mod templates;
mod untrusted;
mod writers;

pub use call::{Call, Progress};
pub use consent::{
    Approval, ApprovalError, Approvals, Asker, Confirm, EffectRules, KeySource, Pending, Plan,
    Question, Reply, Returned, Standing, Thing, Way, is_approval_id, reply_of, reply_to_link,
};
pub use dispatch::{CallContext, Outcome};
pub use error::{Cause, Code, Failure, ToolError, Verdict};
pub use failure::DEPENDENTS;
pub use gate::{Gate, Pass};
pub use named::{SECRET_TAKERS, SHORTEST_SECRET, SecretSource};
pub use own_names::is_own_name;
pub use post::{Later, Lease, NotReady, Post, Reload, Starter};
pub use session::Session;
pub use spec::{Entry, List, Paging, Schemas, Spec, Tool};
pub use untrusted::{Answer, Foreign};
pub use writers::{FAILURE, Kind, writer};

use std::sync::LazyLock;

use spec::entry;

/// All tools, in the order of the README.
pub static ALL: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    vec![
        entry::<connections::List>(),
        entry::<connections::Get>(),
        entry::<connections::FindReusable>(),
        entry::<connections::Create>(),
        entry::<connections::Update>(),
        entry::<connections::ListEditableParameters>(),
        entry::<connections::Verify>(),
        entry::<connections::CheckScopes>(),
        entry::<connections::Delete>(),
        entry::<connections::ListAccess>(),
        entry::<connections::SetAccess>(),
        entry::<connections::RemoveAccess>(),
        entry::<keys::List>(),
        entry::<keys::Get>(),
        entry::<keys::ListTypes>(),
        entry::<keys::Create>(),
        entry::<keys::Update>(),
        entry::<keys::Delete>(),
        entry::<templates::List>(),
        entry::<templates::Get>(),
        entry::<templates::GetBlueprint>(),
        entry::<templates::Create>(),
        entry::<templates::Update>(),
        entry::<templates::Delete>(),
        entry::<templates::Publish>(),
        entry::<templates::RequestApproval>(),
        entry::<templates::PublicList>(),
        entry::<templates::PublicGet>(),
        entry::<templates::PublicGetBlueprint>(),
        entry::<template_flows::Start>(),
        entry::<template_flows::Get>(),
        entry::<credential_requests::List>(),
        entry::<credential_requests::Get>(),
        entry::<credential_requests::Create>(),
        entry::<credential_requests::CreateByCredentials>(),
        entry::<credential_requests::CreateForUser>(),
        entry::<credential_requests::ExtendConnection>(),
        entry::<credential_requests::ListAppModulesWithCreds>(),
        entry::<credential_requests::Decline>(),
        entry::<credential_requests::DeleteCredential>(),
        entry::<credential_requests::Reauthorize>(),
        entry::<credential_requests::Delete>(),
        entry::<credential_requests::Wait>(),
        entry::<account::AgentStatus>(),
        entry::<account::SecretsList>(),
        entry::<account::Me>(),
        entry::<account::CurrentAuthorization>(),
        entry::<account::OrganizationsList>(),
        entry::<account::OrganizationsGet>(),
        entry::<account::TeamsList>(),
        entry::<account::TeamsGet>(),
        entry::<account::ApiTokensList>(),
        entry::<credential_requests::CreateV1>(),
    ]
});
