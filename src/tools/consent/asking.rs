//! Asking a person through the client: what is asked, what may come back, and who does it.

use std::sync::Arc;

use serde_json::Value;

use crate::make::PageAddress;
use crate::tools::{Foreign, Later};

/// A question for a person.
#[derive(Debug, Clone)]
pub enum Question {
    /// Yes or no.
    Yes {
        /// What would happen, in our words.
        message: String,
    },
    /// Whether to open a page; yes says that the person has it.
    Link {
        /// What the page is for, in our words.
        message: String,
        /// The page, which is one of Make.
        url: PageAddress,
    },
}

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Yes.
    Yes,
    /// No, in the dialogue; some clients say so without having asked anybody.
    No,
    /// The dialogue was closed.
    Closed,
    /// Nobody answered in time.
    Nobody,
    /// The client failed, or answered with something else.
    Failed,
}

/// How a client asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// While the call goes on.
    Inside,
    /// Between two calls: the first ends with the question, the second brings the answer.
    Between,
}

/// A client that can ask a person.
pub trait Confirm: Send + Sync {
    /// How it asks.
    fn way(&self) -> Way;

    /// Whether it can show a form.
    fn shows_forms(&self) -> bool;

    /// Whether it can show a page's address.
    fn opens_links(&self) -> bool;

    /// What it calls itself: text of its own.
    fn client(&self) -> String;

    /// Asks while the call goes on.
    fn ask(&self, question: Question) -> Later<Reply>;
}

/// What a client brings back to a call that ended with a question.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The state that went out with the question. Sealed: it says which question that was.
    pub state: String,
    /// The answer under the key of the form; `None` when there is none.
    pub to_form: Option<Reply>,
    /// The answer under the key of the page; `None` when there is none. Never one to a form.
    pub to_link: Option<Reply>,
}

/// A question that a call ends with.
#[derive(Debug, Clone)]
pub struct Pending {
    /// What is asked.
    pub question: Question,
    /// What has to come back with the answer. Sealed.
    pub state: String,
    /// What of it others wrote; known once it has left.
    pub foreign: Foreign,
}

/// How a person can be asked during a call.
#[derive(Default, Clone)]
pub struct Asker {
    /// The client, when it can ask.
    pub confirm: Option<Arc<dyn Confirm>>,
    /// What it brought back.
    pub returned: Option<Returned>,
}

/// Reads the answer to a page, as the protocol writes it.
pub fn reply_to_link(action: &str) -> Reply {
    match action {
        "accept" => Reply::Yes,
        "decline" => Reply::No,
        "cancel" => Reply::Closed,
        _ => Reply::Failed,
    }
}

/// Reads the answer to a form with the one field `confirm`, as the protocol writes it.
pub fn reply_of(action: &str, content: Option<&Value>) -> Reply {
    let confirm = content.and_then(|content| content.get("confirm"));
    match (action, confirm) {
        ("accept", Some(Value::Bool(true))) => Reply::Yes,
        ("accept", Some(Value::Bool(false))) | ("decline", _) => Reply::No,
        ("cancel", _) => Reply::Closed,
        _ => Reply::Failed,
    }
}
