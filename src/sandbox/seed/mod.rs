//! What a fresh zone holds: two organizations, three teams, and one of everything worth meeting.

mod connections;
mod keys;
mod people;
mod requests;
mod scenarios;
pub mod seeded;
mod templates;

use super::model::State;

pub(super) fn fill(state: &mut State) {
    people::fill(state);
    connections::fill(state);
    keys::fill(state);
    requests::fill(state);
    templates::fill(state);
    scenarios::fill(state);
}
