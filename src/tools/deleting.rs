//! Deleting what may be in use: sent without Make's confirmation until a person was told of all
//! that Make names, and only then with it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::consent::{Thing, Told};
use super::{Call, DEPENDENTS, ToolError};
use crate::make::{Dependent, Error, Request};

/// What broke by a delete.
#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Broken {
    /// What Make said used it and does not work any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    broke: Vec<Dependent>,
    /// How many that are, when they are too many to be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    broke_in_all: Option<usize>,
}

impl From<Vec<Dependent>> for Broken {
    fn from(mut broke: Vec<Dependent>) -> Self {
        let count = broke.len();
        broke.truncate(DEPENDENTS);
        Self {
            broke_in_all: (broke.len() < count).then_some(count),
            broke,
        }
    }
}

/// Deletes an object. `delete` makes the request, with Make's confirmation or without; `wants`
/// tells from a refusal what would break, or `None` where it is about something else; `owner`
/// reads the object.
pub(super) async fn delete<T, O>(
    call: &Call<'_>,
    delete: impl Fn(bool) -> Request<T>,
    wants: impl Fn(&Error) -> Result<Option<Vec<Dependent>>, ToolError>,
    owner: Request<O>,
) -> Result<Broken, ToolError>
where
    T: DeserializeOwned + Send,
    O: DeserializeOwned + Send,
{
    let mut broke = Vec::new();
    let result = loop {
        call.still_as_agreed().await?;
        let error = match call.try_send(&delete(false)).await {
            Ok(gone) => break Ok(gone),
            Err(error) => error,
        };
        let Some(named) = wants(&error)? else {
            break Err(error);
        };
        let told = call
            .agreed_to(named.iter().map(Thing::from).collect())
            .await?;
        if told == Told::All {
            broke = named;
            call.still_as_agreed().await?;
            break call.try_send(&delete(true)).await;
        }
    };
    match result {
        Ok(_) => Ok(broke.into()),
        Err(error) if error.is_outcome_unknown() => match call.look_up(owner).await {
            // Only after our own delete does "not there" mean that it worked.
            Err(ToolError::Make(Error::NotFound(_))) => Ok(broke.into()),
            _ => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::tools::scripted_zone::{Prepared, ScriptedZone};
    use crate::tools::{Code, Outcome};

    const DELETE: &str = "DELETE /connections/101";
    const CONFIRMED: &str = "DELETE /connections/101?confirmed=true";
    const OWNER: &str = "GET /connections/101";

    fn gone() -> Prepared {
        Prepared::Answer(200, json!({"connection": 101}))
    }

    /// Make's refusal of what a scenario uses.
    fn in_use() -> Prepared {
        let used = json!([{"type": "scenario", "data": [{"id": 7, "name": "S"}]}]);
        let body = json!({"message": "in use", "code": "IM004", "metadata": used});
        Prepared::Answer(406, body)
    }

    fn refused(status: u16) -> Prepared {
        Prepared::Answer(status, json!({"message": "no"}))
    }

    fn there() -> Prepared {
        Prepared::Answer(200, json!({"connection": {"id": 101, "teamId": 22}}))
    }

    /// What a deletion comes to where Make answers like this, and what Make was asked.
    async fn deleted(
        answers: impl IntoIterator<Item = Prepared>,
        even_if_used: bool,
    ) -> (Result<Value, Code>, Vec<String>) {
        let zone = ScriptedZone::answering(answers).await;
        let arguments = json!({"connectionId": 101, "evenIfUsed": even_if_used});
        let result = match zone.call("connections_delete", arguments).await {
            Outcome::Answer(answer) => Ok(Value::Object(answer.fields)),
            Outcome::Failed(failure) => Err(failure.code),
            other @ (Outcome::Asks(_)
            | Outcome::BadState
            | Outcome::Cancelled
            | Outcome::UnknownTool(_)) => panic!("{other:?}"),
        };
        (result, zone.heard())
    }

    #[tokio::test]
    async fn what_make_deletes_at_once_is_never_sent_with_its_confirmation() {
        for even_if_used in [false, true] {
            let (result, heard) = deleted([gone()], even_if_used).await;
            assert_eq!(
                result.unwrap(),
                json!({"connectionId": 101, "deleted": true})
            );
            assert_eq!(heard, [DELETE]);
        }
    }

    #[tokio::test]
    async fn the_confirmation_is_sent_once_and_only_after_make_named_what_breaks() {
        let (result, heard) = deleted([in_use(), gone()], true).await;
        let broke = json!([{"kind": "scenario", "id": 7, "name": "S"}]);
        assert_eq!(
            result.unwrap(),
            json!({"connectionId": 101, "deleted": true, "broke": broke})
        );
        assert_eq!(heard, [DELETE, CONFIRMED]);
        // A second refusal is the end.
        let (result, heard) = deleted([in_use(), in_use()], true).await;
        assert!(result.is_err(), "{result:?}");
        assert_eq!(heard, [DELETE, CONFIRMED]);
    }

    #[tokio::test]
    async fn what_is_in_use_is_not_deleted_unless_that_was_meant() {
        let (result, heard) = deleted([in_use(), gone()], false).await;
        assert_eq!(result, Err(Code::WouldBreak));
        assert_eq!(heard, [DELETE]);
    }

    #[tokio::test]
    async fn a_refusal_about_something_else_is_neither_confirmed_nor_looked_after() {
        for (status, code) in [(404, Code::NotFound), (400, Code::Rejected)] {
            let (result, heard) = deleted([refused(status), refused(404)], true).await;
            assert_eq!(result, Err(code));
            assert_eq!(heard, [DELETE], "{status}");
        }
    }

    #[tokio::test]
    async fn after_a_delete_of_unknown_outcome_what_is_not_there_was_deleted() {
        let (result, heard) = deleted([Prepared::HangUp, refused(404)], true).await;
        assert_eq!(
            result.unwrap(),
            json!({"connectionId": 101, "deleted": true})
        );
        assert_eq!(heard, [DELETE, OWNER]);
        let (result, heard) = deleted([in_use(), Prepared::HangUp, refused(404)], true).await;
        assert_eq!(result.unwrap()["broke"][0]["id"], 7);
        assert_eq!(heard, [DELETE, CONFIRMED, OWNER]);
    }

    #[tokio::test]
    async fn an_outcome_stays_unknown_while_the_object_is_there_or_cannot_be_seen() {
        for look in [there(), refused(403), refused(400)] {
            let (result, heard) = deleted([Prepared::HangUp, look], true).await;
            assert_eq!(result, Err(Code::OutcomeUnknown));
            assert_eq!(heard, [DELETE, OWNER]);
        }
    }

    #[test]
    fn of_too_many_that_broke_the_first_are_named_and_all_are_counted() {
        for (count, named, in_all) in [
            (0, 0, None),
            (DEPENDENTS - 1, DEPENDENTS - 1, None),
            (DEPENDENTS, DEPENDENTS, None),
            (DEPENDENTS + 1, DEPENDENTS, Some(DEPENDENTS + 1)),
        ] {
            let broken = Broken::from(vec![Dependent::unnamed(); count]);
            assert_eq!(broken.broke.len(), named);
            assert_eq!(broken.broke_in_all, in_all, "{count}");
        }
    }
}
