//! What a line of the trail says. A new kind of event is a variant of [`Event`] here; chain, files
//! and `verify` know nothing of what is inside. No text of Make's, no value of an argument.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::ids::AgentName;
use crate::secret::Secret;

/// What one line says, beside its sequence number, its time and its process.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Event {
    /// A changing request is about to leave.
    Intent(Change),
    /// What became of it.
    Outcome(Settled),
    /// A call that changed nothing: it read, was refused, or failed before a change.
    Call(Call),
    /// What the operator did.
    Operator(Action),
}

/// Who calls what, with which objects and arguments.
#[derive(Debug, Clone, Serialize)]
pub struct Caller {
    /// The agent.
    pub agent: AgentName,
    /// The tool.
    pub tool: &'static str,
    /// Ids of objects, as they are.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub ids: Map<String, Value>,
    /// All other arguments, each as a keyed digest ([`super::Trail::digests`]).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

/// A request to Make: the method, and the path with ids and without a query.
#[derive(Debug, Clone, Serialize)]
pub struct Route {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Such as `/connections/101`.
    pub path: String,
}

/// A changing request that is about to leave.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Who calls.
    #[serde(flatten)]
    pub caller: Caller,
    /// What policy said.
    #[serde(flatten)]
    pub decision: Decision,
    /// Who said yes, where a yes was needed.
    #[serde(flatten)]
    pub confirmed: Option<Confirmed>,
    /// What leaves.
    #[serde(flatten)]
    pub route: Route,
    /// The named secrets that it carries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Label>,
    /// Whether a secret stood in the arguments as it is, which the operator allows this agent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub plaintext: bool,
    /// How often the trail's end was kept elsewhere; lets an older state be noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    /// Which line that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<u64>,
}

/// What policy said of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "decision", rename_all = "camelCase")]
pub enum Decision {
    /// Yes.
    Permitted,
    /// No.
    Denied {
        /// The code that the agent read.
        reason: &'static str,
    },
}

/// A yes to a change that would destroy something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Confirmed {
    /// How it was said.
    pub confirmed_by: ConfirmedBy,
    /// Who said it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// How a yes was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ConfirmedBy {
    /// By a human at the terminal.
    Approve,
    /// In the dialogue of the client.
    Elicitation,
    /// By the operator's standing yes.
    Policy,
}

/// What became of an intent.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    /// The sequence number of the intent.
    pub intent: u64,
    /// The agent of the intent, so that the line can be found by it.
    pub agent: AgentName,
    /// The tool of the intent.
    pub tool: &'static str,
    /// What Make answered, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How it ended.
    #[serde(flatten)]
    pub end: End,
}

/// A call that changed nothing.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Who called.
    #[serde(flatten)]
    pub caller: Caller,
    /// What policy said.
    #[serde(flatten)]
    pub decision: Decision,
    /// How many requests left for it.
    #[serde(skip_serializing_if = "is_zero")]
    pub requests: u32,
    /// The last of them.
    #[serde(flatten)]
    pub route: Option<Route>,
    /// What Make answered to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How it ended; absent for a refusal.
    #[serde(flatten)]
    pub end: Option<End>,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// How.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took.
    pub duration_ms: u64,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// It was refused or failed.
    Failed {
        /// The code that the agent read.
        code: &'static str,
    },
    /// It was sent, and nobody knows what became of it.
    Unknown,
    /// It did not leave.
    NotSent {
        /// The code that the agent read.
        code: &'static str,
    },
    /// Nobody waited for it any more, and it did not leave.
    Cancelled,
}

/// What the operator did.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// What.
    pub action: Did,
    /// To which agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentName>,
    /// Which token it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_prefix: Option<TokenPrefix>,
    /// Which step of it, where it has steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<&'static str>,
    /// How often any agent had been changed by then: a state that says less is an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<u64>,
    /// What else it was about, such as the number of an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Label>,
    /// Who did it, where that matters: the user, its number and the terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

impl Action {
    /// An action about nothing in particular; set what applies.
    pub fn new(action: Did) -> Self {
        Self {
            action,
            agent: None,
            token_prefix: None,
            step: None,
            changes: None,
            about: None,
            who: None,
        }
    }
}

/// What an operator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// Gave an agent its token.
    AgentAdded,
    /// Took a token over for an agent.
    AgentAdopted,
    /// Changed what an agent may do.
    PolicyChanged,
    /// Went a step in exchanging a token.
    RotationStep,
    /// Took an agent's token away.
    Revoked,
    /// Removed an agent.
    Removed,
    /// Said yes to a call.
    Approved,
    /// Said no to a call.
    Rejected,
    /// Kept an operator token.
    LoggedIn,
    /// Removed the operator token.
    LoggedOut,
    /// Kept a secret for tools.
    SecretSet,
    /// Removed a secret.
    SecretRemoved,
    /// Changed how Make is reached.
    NetworkChanged,
}

/// The first 8 characters of a Make API token, which Make itself shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPrefix(String);

impl TokenPrefix {
    /// The prefix of a token; `None` for what is no token of Make's.
    pub fn of(token: &Secret) -> Option<Self> {
        token.prefix().and_then(Self::parse)
    }

    /// A prefix that was kept: 8 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then(|| Self(text.to_ascii_lowercase()))
    }
}

impl Serialize for TokenPrefix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A short name: letters, digits, `.`, `_`, `:` and `-`, at most 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The label, when the text is one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b));
        fits.then(|| Self(text.to_owned()))
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}
