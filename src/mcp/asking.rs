//! A person is asked through the client, in the way of its revision: inside the call, or between
//! two calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CancelledNotificationParam, ClientResult, ElicitRequest,
    ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, InputRequest,
    InputRequiredResult, RequestId, ServerRequest,
};
use rmcp::service::{Peer, PeerRequestOptions, RequestContext};
use serde_json::Value;

use super::server::is_modern;
use crate::tools::{Asker, Confirm, Later, Pending, Question, Reply, Returned, Way, reply_of};

/// The key of our one question.
const KEY: &str = "confirm";

/// A client that has declared that it can show a form.
struct Client {
    peer: Peer<RoleServer>,
    name: String,
    way: Way,
}

/// How a person can be asked during this call.
pub(super) fn asker(request: &mut CallToolRequestParams, cx: &RequestContext<RoleServer>) -> Asker {
    let declared = cx.client_capabilities().and_then(|can| can.elicitation);
    // Declared without a mode it means forms.
    let form = declared.is_some_and(|can| can.form.is_some() || can.url.is_none());
    if !form {
        return Asker::default();
    }
    let name = cx.client_info().map_or_else(
        || "a client without a name".to_owned(),
        |info| format!("{} {}", info.name, info.version),
    );
    let way = if is_modern(cx) {
        Way::Between
    } else {
        Way::Inside
    };
    let answers = request.input_responses.take();
    let state = request.request_state.take();
    let returned = state.map(|state| Returned {
        state,
        reply: answers.as_ref().and_then(|all| all.get(KEY)).map(reply),
    });
    let peer = cx.peer.clone();
    Asker {
        confirm: Some(Arc::new(Client { peer, name, way })),
        returned,
    }
}

/// The result of a call that ends with a question.
pub(super) fn question(pending: Pending) -> InputRequiredResult {
    let form = InputRequest::Elicitation(ElicitRequest::new(form(pending.question)));
    let asked = BTreeMap::from([(KEY.to_owned(), form)]);
    InputRequiredResult::new(Some(asked), Some(pending.state))
}

/// One required yes or no, and what would happen.
fn form(question: Question) -> ElicitRequestParams {
    let schema = ElicitationSchema::builder().required_bool_property(KEY, |field| {
        field
            .title("I agree")
            .description("Yes lets the agent do exactly this, once.")
    });
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.message,
        requested_schema: schema.build_unchecked(),
    }
}

/// An answer that a client brought to another call: whatever it may be.
fn reply(answer: &Value) -> Reply {
    let action = answer.get("action").and_then(Value::as_str);
    reply_of(action.unwrap_or_default(), answer.get("content"))
}

fn reply_inside(answer: &ElicitResult) -> Reply {
    let action = match answer.action {
        ElicitationAction::Accept => "accept",
        ElicitationAction::Decline => "decline",
        ElicitationAction::Cancel => "cancel",
        _ => "",
    };
    reply_of(action, answer.content.as_ref())
}

impl Confirm for Client {
    fn way(&self) -> Way {
        self.way
    }

    fn client(&self) -> String {
        self.name.clone()
    }

    fn ask(&self, question: Question) -> Later<Reply> {
        let peer = self.peer.clone();
        Box::pin(async move {
            let request = ServerRequest::ElicitRequest(ElicitRequest::new(form(question)));
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
                Ok(ClientResult::ElicitResult(answer)) => reply_inside(&answer),
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
