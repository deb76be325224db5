//! A page for a person goes to the person, where the client can show it: the model need not carry
//! it. Elsewhere it stands in the answer.

use serde_json::{Map, Value};

use super::asking::{Question, Reply, Way};
use super::carried::Carried;
use super::refusals;
use crate::make::PageAddress;
use crate::tools::links::{self, Address};
use crate::tools::{Call, ToolError};

/// The field of an answer that holds the page of a credential request.
pub(in crate::tools) const PAGE: &str = "publicUri";
/// The fields of answers that hold a page.
const PAGES: [&str; 2] = [PAGE, "publicUrl"];
/// The field for an address that is no page of Make.
const UNTRUSTED: &str = "untrustedLink";
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
    mut answer: Map<String, Value>,
) -> Result<Map<String, Value>, ToolError> {
    let page = checked(call, &mut answer);
    if !call.consenting.gives_link() || call.recording.departure().is_cancelled() {
        return Ok(answer);
    }
    let Some(url) = page else {
        return Ok(answer);
    };
    if call.session().scrubber().hides(url.as_str()) {
        return Ok(answer);
    }
    let confirm = call.consenting.asker.confirm.as_ref();
    let Some(confirm) = confirm.filter(|confirm| confirm.opens_links()) else {
        return Ok(answer);
    };
    // A person who was asked too often is left alone: the page stays in the answer.
    if refusals::admit_form(call).is_err() {
        return Ok(answer);
    }
    let question = Question::Link {
        message: "Open this page of Make to sign in or to enter what an AI agent asks for. The agent never sees what you enter.".to_owned(),
        url,
    };
    match confirm.way() {
        Way::Inside => {
            let patience = call.session.ask_for(false);
            let reply = tokio::time::timeout(patience, confirm.ask(question)).await;
            let given = given(reply.unwrap_or(Reply::Nobody));
            Ok(told(answer, given))
        }
        Way::Between => {
            // A seal can be read, only not changed.
            let carried = Carried::Link {
                answer: call.session().scrubbed(&answer),
            };
            let asks = carried.ask(call, question).await;
            if matches!(asks, ToolError::Asks(_)) {
                Err(asks)
            } else {
                // What was made is there, so its answer counts more than how it is handed over.
                Ok(answer)
            }
        }
    }
}

/// The page in an answer. An address that is no page of Make becomes text with a warning: the
/// answer may be one that an older version kept.
pub(in crate::tools) fn checked(
    call: &Call<'_>,
    answer: &mut Map<String, Value>,
) -> Option<PageAddress> {
    let mut page = None;
    for field in PAGES {
        let Some(text) = answer.get(field).and_then(Value::as_str) else {
            continue;
        };
        match links::trusted(call.session, text) {
            Address::Trusted(address) if field == PAGE => page = Some(address),
            Address::Trusted(_) => {}
            Address::Untrusted(text) => {
                answer.remove(field);
                answer.insert(UNTRUSTED.to_owned(), text.into());
                answer.insert("next".to_owned(), links::WARNING.into());
            }
        }
    }
    page
}

/// The answer of a call that was made before and ended with the page; `None` when this is another
/// one. Nothing is done a second time.
pub(in crate::tools) async fn answered(
    call: &Call<'_>,
) -> Result<Option<Map<String, Value>>, ToolError> {
    let Some(returned) = &call.consenting.asker.returned else {
        return Ok(None);
    };
    let Carried::Link { mut answer } = Carried::open(call, &returned.state).await? else {
        return Ok(None);
    };
    // However old it is: it says what was made. Only the answer to the page counts.
    let reply = returned.to_link.unwrap_or(Reply::Failed);
    if checked(call, &mut answer).is_none() {
        return Ok(Some(answer));
    }
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
