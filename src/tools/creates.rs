//! Nothing is made twice: what is about to be made is written down first, and the same once more
//! gets the first answer (by its key) or is asked back (without one). Where nobody knows what
//! became of the first, the answer names what Make has that fits.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::canonical::canonical_of;
use super::consent::link::{self, PAGE};
use super::error::{Code, Failure, ToolError};
use super::recording::Recording;
use super::session::{Snapshot, now};
use super::spec::Prepared;
use super::{Call, Spec};
use crate::grants::Asks;
use crate::state::{self, Begun, Create, NewCreate};

/// The argument that says which calls are the same.
pub(super) const KEY: &str = "idempotencyKey";

/// Something that a call wants to make.
pub(super) struct Making {
    tool: &'static str,
    arguments: String,
    key: Option<String>,
}

/// How to go on.
pub(super) enum Begin<'a> {
    /// To make it; there is no ticket for a call that makes nothing.
    Go(Option<Ticket<'a>>),
    /// With the answer that was given before.
    Again(Map<String, Value>),
}

/// The row of something that is being made. Dropped, it is given up at the end of the call when
/// it is certain that nothing was made; else the row stays, and says that nobody knows.
pub(super) struct Ticket<'a> {
    id: Option<i64>,
    recording: &'a Recording<'a>,
}

impl Making {
    /// What a call with these arguments makes.
    pub(super) fn of(spec: &'static Spec, arguments: &Map<String, Value>) -> Self {
        // The team is named by the call, which knows it even where the arguments do not.
        let same = |name: &str| name != KEY && name != "teamId";
        let key = arguments.get(KEY).and_then(Value::as_str);
        // A digest, because the text may be large and hold a secret.
        let arguments = Sha256::digest(canonical_of(arguments, same));
        Self {
            tool: spec.name,
            arguments: format!("{arguments:x}"),
            key: key.map(str::to_owned),
        }
    }

    /// As it is written down: whoever reads it cannot try values against it.
    async fn row(&self, call: &Call<'_>) -> Result<NewCreate, ToolError> {
        let scope = call.session().holder();
        let scope = scope.ok_or(crate::make::Error::NoClient)?;
        let (what, key) = ("create".to_owned(), KEY.to_owned());
        let team = call.team().ok();
        let made = json!([self.tool, team, self.arguments]);
        let given = self.key.as_ref().map(|key| json!(key));
        let digests = call.session().trail().digests(
            [(&what, &made)]
                .into_iter()
                .chain(given.as_ref().map(|given| (&key, given))),
        );
        let mut digests = digests.await.map_err(|error| {
            call.session().trail().complain(&error);
            crate::make::Error::Unrecorded
        })?;
        Ok(NewCreate {
            scope,
            key: digests.remove(&key),
            digest: digests.remove(&what).unwrap_or_default(),
        })
    }
}

/// The answer that was given before, of a call that asks a person; refuses what may have been made
/// already. So nobody is asked for nothing.
pub(super) async fn known(
    call: &Call<'_>,
    making: Option<&Making>,
    prepared: &dyn Prepared,
) -> Result<Option<Map<String, Value>>, ToolError> {
    let Some(making) = making.filter(|_| call.tool.asks != Asks::Never) else {
        return Ok(None);
    };
    let row = making.row(call).await?;
    // A state that cannot be read is dealt with when it is to be written.
    let known = call.session().state().known_create(row, now()).await;
    match known.ok().flatten() {
        Some(known) => told(call, prepared, known).await,
        None => Ok(None),
    }
}

/// Writes down that this is about to be made, unless it was already.
pub(super) async fn begin<'a>(
    call: &'a Call<'_>,
    making: Option<&Making>,
    prepared: &dyn Prepared,
) -> Result<Begin<'a>, ToolError> {
    let Some(making) = making else {
        return Ok(Begin::Go(None));
    };
    let row = making.row(call).await?;
    let state = call.session().state();
    let has_key = row.key.is_some();
    let begun = match state.begin_create(row, now()).await {
        Ok(begun) => begun,
        // Without a key nothing was promised, and the trail still says what was made.
        Err(error) if !has_key => {
            tracing::warn!(%error, "what is about to be made cannot be written down");
            return Ok(Begin::Go(None));
        }
        Err(error) => return Err(unwritten(&error).into()),
    };
    if let Begun::New(id) = begun {
        return Ok(Begin::Go(Some(Ticket {
            id: Some(id),
            recording: call.recording,
        })));
    }
    let answer = told(call, prepared, begun).await?;
    Ok(answer.map_or(Begin::Go(None), Begin::Again))
}

/// The first answer, where that is what to give; the refusal of everything else that is known.
async fn told(
    call: &Call<'_>,
    prepared: &dyn Prepared,
    known: Begun,
) -> Result<Option<Map<String, Value>>, ToolError> {
    match known {
        Begun::New(_) => Ok(None),
        Begun::KeyOfAnother => Err(ToolError::argument(
            KEY,
            "was used for a call with other arguments within the last day",
            "Pass a new `idempotencyKey`, or the same arguments as before.",
        )),
        Begun::SameKey(first) => match answer(&first) {
            Some(answer) => {
                if answer.contains_key(PAGE) {
                    call.gives_link();
                }
                Ok(Some(answer))
            }
            None => Err(again(call, prepared, &first, Code::OutcomeUnknown).await),
        },
        Begun::Alike(first) => Err(again(call, prepared, &first, Code::PossibleDuplicate).await),
    }
}

fn answer(first: &Create) -> Option<Map<String, Value>> {
    serde_json::from_str(first.answer.as_ref()?).ok()
}

/// The refusal of the same once more.
async fn again(call: &Call<'_>, prepared: &dyn Prepared, first: &Create, code: Code) -> ToolError {
    let ago = now().saturating_sub(first.began).max(0);
    if let Some(mut made) = answer(first) {
        link::checked(call, &mut made);
        made.remove("next");
        // It goes to the person: credential_requests_get has it.
        made.remove(PAGE);
        let failure = Failure::new(
            code,
            format!(
                "This agent made the same {ago} s ago, see `details.candidates`; nothing was sent."
            ),
            "Use that one; for another one of the same pass a new `idempotencyKey`.",
        );
        return failure.with_details(json!({"candidates": [made]})).into();
    }
    let candidates = prepared.candidates(call).await;
    let found = match &candidates {
        None => "it cannot be looked for".to_owned(),
        Some(found) if found.is_empty() => "no object fits it so far".to_owned(),
        Some(found) => format!("{} object(s) fit it, see `details.candidates`", found.len()),
    };
    let failure = Failure::new(
        code,
        format!(
            "This agent sent the same {ago} s ago, and it is not known what became of it. By a look now: {found}. Nothing was sent."
        ),
        "If a candidate is the one, use it; to make another one pass a new `idempotencyKey`.",
    );
    let candidates = candidates.map_or(Value::Null, Value::Array);
    failure
        .with_details(json!({"candidates": candidates}))
        .into()
}

fn unwritten(error: &state::Error) -> Failure {
    tracing::error!(%error, "what is about to be made cannot be written down");
    let mut failure = Failure::new(
        Code::AuditUnavailable,
        "The server cannot write down what it is about to make, and keeps no key without that; nothing was sent.",
        "Tell the operator; the server's log says why.",
    );
    failure.retryable = true;
    failure
}

impl Ticket<'_> {
    /// Keeps the answer, without any live secret in it, in whatever encoding.
    pub(super) async fn settle(mut self, session: &Snapshot, answer: &Map<String, Value>) {
        let Some(id) = self.id.take() else { return };
        let text = Value::Object(session.scrubbed(answer)).to_string();
        if let Err(error) = session.state().settle_create(id, text).await {
            // Then nobody knows what became of it, and the next one is told so.
            tracing::warn!(%error, "what was made could not be written down");
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        if !self.recording.may_have_changed() {
            self.recording.give_up(id);
        }
    }
}
