//! A client that can ask, without the protocol around it: it says what a test wants it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use make_credentials_mcp::tools::{
    Asker, CallContext, Confirm, Later, Outcome, Question, Reply, Returned, Session, Way,
};
use serde_json::Value;

/// A client that asks in this way. Inside a call it gives this reply, or never one.
pub(super) struct Client {
    pub(super) way: Way,
    pub(super) reply: Option<Reply>,
    pub(super) asked: Arc<AtomicUsize>,
}

impl Client {
    pub(super) fn inside(reply: Option<Reply>) -> Self {
        Self {
            way: Way::Inside,
            reply,
            asked: Arc::default(),
        }
    }

    pub(super) fn between() -> Self {
        Self {
            way: Way::Between,
            ..Self::inside(None)
        }
    }

    /// Makes a call with this client, which brings this back.
    pub(super) async fn call(
        self,
        session: &Session,
        (tool, arguments): (&str, &Value),
        returned: Option<Returned>,
    ) -> Outcome {
        let context = CallContext {
            progress: None,
            asker: Asker {
                confirm: Some(Arc::new(self)),
                returned,
            },
        };
        let arguments = arguments.as_object().unwrap().clone();
        let never = std::future::pending();
        session.call(tool, arguments, context, never).await
    }
}

impl Confirm for Client {
    fn way(&self) -> Way {
        self.way
    }

    fn shows_forms(&self) -> bool {
        true
    }

    fn opens_links(&self) -> bool {
        false
    }

    fn client(&self) -> String {
        "tester".to_owned()
    }

    fn ask(&self, _question: Question) -> Later<Reply> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let reply = self.reply;
        Box::pin(async move {
            match reply {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        })
    }
}

/// The state of the question that a call ends with.
pub(super) async fn state(session: &Session, call: (&str, &Value)) -> String {
    match Client::between().call(session, call, None).await {
        Outcome::Asks(pending) => pending.state,
        other => panic!("{call:?}: {other:?}"),
    }
}

/// A yes to the form of this state.
pub(super) fn yes_to(state: &str) -> Returned {
    Returned {
        state: state.to_owned(),
        to_form: Some(Reply::Yes),
        to_link: None,
    }
}
