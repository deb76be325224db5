//! One authenticated call while it is handled: who calls, with what, and the refusals they share.

use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::model::State;
use super::model::people::TEAM_MONITORING;
use super::target::Query;

pub(super) struct Call<'a> {
    pub(super) state: &'a mut State,
    pub(super) method: &'a str,
    pub(super) query: &'a Query,
    /// Empty unless it came as JSON.
    pub(super) body: &'a [u8],
    pub(super) user: u64,
    pub(super) scopes: Vec<String>,
}

impl Call<'_> {
    /// # Errors
    /// 403 if the token lacks the scope.
    pub(super) fn needs(&self, scope: &str) -> Result<(), Answer> {
        let held = self.scopes.iter().any(|held| held == scope);
        if held {
            Ok(())
        } else {
            Err(Answer::forbidden())
        }
    }

    /// # Errors
    /// 403 for a team the user does not belong to, and for one that is not there.
    pub(super) fn in_team(&self, team: u64) -> Result<(), Answer> {
        self.state
            .people
            .role(self.user, team)
            .map(|_| ())
            .ok_or_else(Answer::forbidden)
    }

    /// # Errors
    /// As `in_team`, and 403 for a role that only looks.
    pub(super) fn may_change(&self, team: u64) -> Result<(), Answer> {
        match self.state.people.role(self.user, team) {
            Some(role) if role != TEAM_MONITORING => Ok(()),
            _ => Err(Answer::forbidden()),
        }
    }

    /// Whether an object of this team can be seen; where it cannot, Make answers 404.
    pub(super) fn sees(&self, team: u64) -> bool {
        self.state.people.role(self.user, team).is_some()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.query.get(name) == Some("true")
    }

    pub(super) fn confirmed(&self) -> bool {
        self.flag("confirmed")
    }

    /// # Errors
    /// 400 if the query lacks the number or holds something else.
    pub(super) fn required_id(&self, name: &str) -> Result<u64, Answer> {
        self.optional_id(name)?
            .ok_or_else(|| Answer::violations(&[format!("should have required property '{name}'")]))
    }

    /// # Errors
    /// 400 if the query holds something other than a number.
    pub(super) fn optional_id(&self, name: &str) -> Result<Option<u64>, Answer> {
        self.query
            .get(name)
            .map(|text| number(name, text))
            .transpose()
    }

    /// The JSON body as an object; an absent one is empty.
    ///
    /// # Errors
    /// 400 if it is not an object.
    pub(super) fn fields(&self) -> Result<Map<String, Value>, Answer> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(Answer::violations(&["should be object".to_owned()])),
            Err(_) => Err(Answer::json(
                400,
                &json!({"message": "Invalid JSON in the request body"}),
            )),
        }
    }
}

/// An id of a path or query: digits only, so that no other writing of a number is taken for it.
///
/// # Errors
/// 400 for anything else.
pub(super) fn number(name: &str, text: &str) -> Result<u64, Answer> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let parsed = if digits { text.parse().ok() } else { None };
    parsed.ok_or_else(|| {
        Answer::invalid_input(&format!("Validation failed for {name} should be integer"))
    })
}
