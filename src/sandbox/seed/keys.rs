//! The seed's keys.

use super::connections::secrets;
use super::seeded::{MARKETING, OPS, SALES};
use crate::sandbox::model::State;
use crate::sandbox::model::key::Key;

/// (id, team, name, type, the parameters that are stored)
type Row = (
    u64,
    u64,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const KEYS: &[Row] = &[
    (
        401,
        MARKETING,
        "Legacy shop login",
        "basicauth",
        &["authUser", "authPass"],
    ),
    (402, MARKETING, "Weather API", "apikeyauth", &["key"]),
    (403, SALES, "Export encryption", "aes-key", &["key"]),
    (
        404,
        OPS,
        "Globex ERP",
        "basicauth",
        &["authUser", "authPass"],
    ),
];

pub(super) fn fill(state: &mut State) {
    for (id, team, name, type_name, parameters) in KEYS {
        let key = Key {
            id: *id,
            team: *team,
            name: (*name).to_owned(),
            type_name: (*type_name).to_owned(),
            theme: "#007ee5".to_owned(),
            parameters: secrets(parameters),
        };
        state.keys.insert(*id, key);
    }
}
