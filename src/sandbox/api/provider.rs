//! The person a credential request is meant for, as the request's creator names him.

use serde_json::{Map, Value};

use crate::sandbox::answer::Answer;
use crate::sandbox::call::Call;
use crate::sandbox::check::{Extra, Field, Rule, check, optional, required, text};
use crate::sandbox::model::people::{TEAM_MEMBER, User};

/// The field of a create body.
pub(super) const FIELD: Field = required("provider", Rule::Object);

/// The Make user, who becomes a member of the team; a new one is invited.
///
/// # Errors
/// 400 for anything but exactly one of the two forms, 404 for a user that is not there.
pub(super) fn provider(
    call: &mut Call<'_>,
    fields: &Map<String, Value>,
    team: u64,
) -> Result<(u64, bool), Answer> {
    let empty = Map::new();
    let given = fields
        .get("provider")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let shape = [
        optional("providerMakeUserId", Rule::Number),
        optional("newUser", Rule::Object),
    ];
    check(given, &shape, Extra::Refused)?;
    let (user, invited) = match (given.get("providerMakeUserId"), given.get("newUser")) {
        (Some(id), None) => (known(call, id)?, false),
        (None, Some(Value::Object(new))) => (invite(call, new)?, true),
        _ => {
            return Err(Answer::violations(&[
                "'provider' should match exactly one schema in oneOf".to_owned(),
            ]));
        }
    };
    call.state.people.join(user, team, TEAM_MEMBER);
    Ok((user, invited))
}

fn known(call: &Call<'_>, id: &Value) -> Result<u64, Answer> {
    let known = id
        .as_u64()
        .filter(|id| call.state.people.users.contains_key(id));
    known.ok_or_else(Answer::no_user)
}

fn invite(call: &mut Call<'_>, new: &Map<String, Value>) -> Result<u64, Answer> {
    let shape = [
        required("name", Rule::Text(1, 255)),
        required("email", Rule::Text(3, 256)),
    ];
    check(new, &shape, Extra::Refused)?;
    let (name, email) = (text(new, "name"), text(new, "email"));
    let id = call.state.next_id("user");
    let user = User {
        id,
        name: name.unwrap_or_default(),
        email: email.unwrap_or_default(),
    };
    call.state.people.users.insert(id, user);
    Ok(id)
}
