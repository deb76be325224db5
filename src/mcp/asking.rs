//! A person is asked through the client, in the way of its revision: inside the call, or between
//! two calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CancelledNotificationParam, ClientResult, ElicitRequest,
    ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequiredResult, InputResponses, RequestId, ServerRequest,
};
use rmcp::service::{Peer, PeerRequestOptions, RequestContext};
use serde_json::Value;

use super::server::is_modern;
use crate::tools::{
    Asker, Confirm, Later, Pending, Question, Reply, Returned, Way, reply_of, reply_to_link,
};

/// The keys of our questions; the first is the field of the form too.
const YES: &str = "confirm";
const LINK: &str = "open";

/// A client that has declared that it can ask.
struct Client {
    forms: bool,
    links: bool,
    peer: Peer<RoleServer>,
    name: String,
    way: Way,
}

/// How a person can be asked during this call.
pub(super) fn asker(request: &mut CallToolRequestParams, cx: &RequestContext<RoleServer>) -> Asker {
    let declared = cx.client_capabilities().and_then(|can| can.elicitation);
    let Some(can) = declared else {
        return Asker::default();
    };
    // Declared without a mode it means forms.
    let (forms, links) = (can.form.is_some() || can.url.is_none(), can.url.is_some());
    let name = cx.client_info().map_or_else(
        || "a client without a name".to_owned(),
        |info| format!("{} {}", info.name, info.version),
    );
    let way = if is_modern(cx) {
        Way::Between
    } else {
        Way::Inside
    };
    let answers = request.input_responses.take().unwrap_or_default();
    let state = request.request_state.take();
    let returned = state.filter(|_| way == Way::Between);
    let returned = returned.map(|state| returned_with(state, &answers));
    let peer = cx.peer.clone();
    let client = Client {
        forms,
        links,
        peer,
        name,
        way,
    };
    Asker {
        confirm: Some(Arc::new(client)),
        returned,
    }
}

/// The result of a call that ends with a question.
pub(super) fn question(pending: Pending) -> InputRequiredResult {
    let key = match pending.question {
        Question::Yes { .. } => YES,
        Question::Link { .. } => LINK,
    };
    let request = InputRequest::Elicitation(ElicitRequest::new(params(pending.question, true)));
    let asked = BTreeMap::from([(key.to_owned(), request)]);
    InputRequiredResult::new(Some(asked), Some(pending.state))
}

/// One required yes or no, or a page.
fn params(question: Question, modern: bool) -> ElicitRequestParams {
    let message = match question {
        Question::Yes { message } => message,
        Question::Link { message, url } => {
            // Newer revisions know no id.
            let id = if modern {
                0
            } else {
                getrandom::u64().unwrap_or(0)
            };
            return ElicitRequestParams::UrlElicitationParams {
                meta: None,
                message,
                url: url.into(),
                elicitation_id: if modern {
                    String::new()
                } else {
                    format!("{id:016x}")
                },
            };
        }
    };
    let schema = ElicitationSchema::builder().required_bool_property(YES, |field| {
        field
            .title("Yes, do this")
            .description(
                "Nothing happens unless you choose Yes. Yes lets the agent do exactly this, once.",
            )
            // The safe answer is the one that a hasty Enter gives.
            .with_default(false)
    });
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema: schema.build_unchecked(),
    }
}

/// What a client brought to another call, each answer under its own key: which of them counts, the
/// state says, and not the client. An answer to a form says nothing without its field; one to a
/// page is its action alone.
fn returned_with(state: String, answers: &InputResponses) -> Returned {
    let action = |answer: &Value| {
        let action = answer.get("action").and_then(Value::as_str);
        action.unwrap_or_default().to_owned()
    };
    let form = answers.get(YES);
    let link = answers.get(LINK);
    Returned {
        state,
        to_form: form.map(|answer| reply_of(&action(answer), answer.get("content"))),
        to_link: link.map(|answer| reply_to_link(&action(answer))),
    }
}

fn reply_inside(answer: &ElicitResult, is_link: bool) -> Reply {
    let action = match answer.action {
        ElicitationAction::Accept => "accept",
        ElicitationAction::Decline => "decline",
        ElicitationAction::Cancel => "cancel",
        _ => "",
    };
    if is_link {
        reply_to_link(action)
    } else {
        reply_of(action, answer.content.as_ref())
    }
}

impl Confirm for Client {
    fn way(&self) -> Way {
        self.way
    }

    fn shows_forms(&self) -> bool {
        self.forms
    }

    fn opens_links(&self) -> bool {
        self.links
    }

    fn client(&self) -> String {
        self.name.clone()
    }

    fn ask(&self, question: Question) -> Later<Reply> {
        let peer = self.peer.clone();
        Box::pin(async move {
            let is_link = matches!(question, Question::Link { .. });
            let request = ElicitRequest::new(params(question, false));
            let request = ServerRequest::ElicitRequest(request);
            let options = PeerRequestOptions::no_options();
            let sent = peer.send_cancellable_request(request, options).await;
            let Ok(handle) = sent else {
                return Reply::Failed;
            };
            let mut open = Open {
                peer: handle.peer.clone(),
                id: Some(handle.id.clone()),
            };
            let answer = handle.await_response().await;
            open.id = None;
            match answer {
                Ok(ClientResult::ElicitResult(answer)) => reply_inside(&answer, is_link),
                Ok(_) | Err(_) => Reply::Failed,
            }
        })
    }
}

/// A question that is open at the client. Given up, it is taken back, so that no dialogue stays
/// that nobody waits for.
struct Open {
    peer: Peer<RoleServer>,
    id: Option<RequestId>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let peer = self.peer.clone();
        runtime.spawn(async move {
            let why = Some("no longer asked".to_owned());
            let note = CancelledNotificationParam::new(Some(id), why);
            let _gone = peer.notify_cancelled(note).await;
        });
    }
}
