//! Credential requests as tools: asking a person to sign in or to type a secret at Make, waiting
//! for it, and tidying up.

mod apps;
mod became;
mod create;
mod create_by_credentials;
mod create_for_user;
mod create_v1;
mod decline;
mod delete;
mod delete_credential;
mod extend_connection;
mod for_other;
mod gate;
mod get;
mod link;
mod list;
mod list_app_modules_with_creds;
mod made;
mod reauthorize;
mod view;
mod wait;
mod watched;

pub(super) use create::Create;
pub(super) use create_by_credentials::CreateByCredentials;
pub(super) use create_for_user::CreateForUser;
pub(super) use create_v1::CreateV1;
pub(super) use decline::Decline;
pub(super) use delete::Delete;
pub(super) use delete_credential::DeleteCredential;
pub(super) use extend_connection::ExtendConnection;
pub(super) use get::Get;
pub(super) use list::List;
pub(super) use list_app_modules_with_creds::ListAppModulesWithCreds;
pub(super) use reauthorize::Reauthorize;
pub(super) use wait::Wait;
pub(super) use watched::Watched;
