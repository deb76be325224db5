//! Make's REST API: from a path under `/api/v2` to the handler of its resource.

mod access_list;
mod action_create;
mod action_extend;
mod api_tokens;
mod app_modules;
mod connection_data;
mod connections;
mod credentials;
mod enums;
mod flows;
mod hooks;
mod keys;
mod organizations;
mod provider;
mod request_create;
mod requests;
mod scenarios;
mod template_life;
mod template_public;
mod templates;
mod users;

use super::answer::{Answer, Outcome};
use super::call::Call;

/// Looks whether the path is one of its resource's and handles it.
type Route = fn(&mut Call<'_>, &[&str]) -> Option<Outcome>;

const ROUTES: &[Route] = &[
    connections::route,
    connection_data::route,
    access_list::route,
    keys::route,
    requests::route,
    request_create::route,
    credentials::route,
    action_create::route,
    action_extend::route,
    app_modules::route,
    // Before the team's templates: `public` is not an id.
    template_public::route,
    template_life::route,
    templates::route,
    users::route,
    api_tokens::route,
    organizations::route,
    enums::route,
    flows::route,
    hooks::route,
    scenarios::route,
];

/// The answer to an authenticated call; `path` is what follows `/api/v2`.
pub(super) fn answer(call: &mut Call<'_>, path: &[&str]) -> Answer {
    let handled = ROUTES.iter().find_map(|route| route(call, path));
    match handled {
        Some(Ok(answer) | Err(answer)) => answer,
        None => Answer::unknown_path(),
    }
}
