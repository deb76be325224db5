//! A page for a person goes to the person, where the client can show it: the model need not carry
//! it. Elsewhere it stands in the answer.

use serde_json::{Map, Value};

use super::asking::{Question, Reply, Way};
use super::{Carried, asked, refusals};
use crate::tools::{Call, ToolError};
use crate::visible;

/// The field of an answer that holds the page.
pub(in crate::tools) const PAGE: &str = "publicUri";
/// The field that says that the person has it.
const GIVEN: &str = "linkGiven";
const NEXT: &str =
    "The person has the link; credential_requests_wait with `requestId` waits for them.";

/// Where the page of an answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// The person has it.
    Yes,
    /// Nobody has taken it: it stays in the answer.
    No,
}

/// Hands the page in this answer to the person. The answer comes back without it when the person
/// has it; where the client asks between two calls, the call ends with the question.
pub(in crate::tools) async fn hand_over(
    call: &Call<'_>,
    answer: Map<String, Value>,
) -> Result<Map<String, Value>, ToolError> {
    if !call.consenting.gives_link() || call.recording.departure().is_cancelled() {
        return Ok(answer);
    }
    let Some(url) = answer.get(PAGE).and_then(Value::as_str) else {
        return Ok(answer);
    };
    if call.session().scrubber().hides(url) {
        return Ok(answer);
    }
    let confirm = call.consenting.asker.confirm.as_ref();
    let Some(confirm) = confirm.filter(|confirm| confirm.opens_links()) else {
        return Ok(answer);
    };
    let question = Question::Link {
        message: "Open this page of Make to sign in or to enter what an AI agent asks for. The agent never sees what you enter.".to_owned(),
        url: visible::line(url).into_owned(),
    };
    match confirm.way() {
        Way::Inside => {
            let patience = call.session.ask_for(false);
            let reply = tokio::time::timeout(patience, confirm.ask(question)).await;
            let given = given(reply.unwrap_or(Reply::Nobody));
            Ok(told(answer, given))
        }
        Way::Between => match seal(call, question, &answer).await {
            Ok(asks) => Err(asks),
            // What was made is there, so its answer counts more than how it is handed over.
            Err(_) => Ok(answer),
        },
    }
}

async fn seal(
    call: &Call<'_>,
    question: Question,
    answer: &Map<String, Value>,
) -> Result<ToolError, super::ApprovalError> {
    let binding = super::binding(call).await?;
    let keys = call.session.approvals().keys().await?;
    // A seal can be read, only not changed.
    let carried = Carried::Link {
        answer: call.session().scrubbed(answer),
    };
    Ok(asked::pending(keys, &binding, question, &carried))
}

/// The answer of a call that was made before and ended with the page; `None` when this is another
/// one. Nothing is done a second time.
pub(in crate::tools) async fn answered(
    call: &Call<'_>,
) -> Result<Option<Map<String, Value>>, ToolError> {
    let Some(returned) = &call.consenting.asker.returned else {
        return Ok(None);
    };
    let binding = super::binding(call)
        .await
        .map_err(|e| refusals::unavailable(&e))?;
    let keys = call.session.approvals().keys().await;
    let keys = keys.map_err(|error| refusals::unavailable(&error))?;
    let carried = asked::opened(keys, &binding, &returned.state)?;
    let Carried::Link { answer } = carried else {
        return Ok(None);
    };
    // However old it is: it says what was made.
    let reply = returned.reply.unwrap_or(Reply::Failed);
    Ok(Some(told(answer, given(reply))))
}

fn given(reply: Reply) -> Given {
    match reply {
        Reply::Yes => Given::Yes,
        Reply::No | Reply::Closed | Reply::Nobody | Reply::Failed => Given::No,
    }
}

fn told(mut answer: Map<String, Value>, given: Given) -> Map<String, Value> {
    if given == Given::Yes {
        answer.remove(PAGE);
        answer.insert(GIVEN.to_owned(), Value::Bool(true));
        answer.insert("next".to_owned(), NEXT.into());
    }
    answer
}
