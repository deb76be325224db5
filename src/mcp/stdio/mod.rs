//! Stdio transport: one JSON-RPC message a line, for a client that may send or stop reading anything at any time.
//!
//! rmcp's own ends the process on an early notification, drops bad lines unanswered, and reads on while
//! nobody takes its answers. This one answers each bad line, holds requests back when enough are under way,
//! stops reading when the client does, and says at once when the client is gone.

mod house;
mod ids;
mod intake;
mod lines;
mod out;
mod peek;
mod process;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ErrorCode, JsonRpcMessage, RequestId, ServerNotification, ServerResult};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::Transport;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use tokio::time::Instant;

use intake::{Intake, Message};
use lines::Lines;
use out::Out;
pub use out::{End, Ended, Hold, Scrub};

/// Read ahead this far while nothing may be handed out, so that the end of stdin is seen.
const READ_AHEAD: usize = 64 * 1024;

/// What a client may make us hold. The defaults keep the process under 96 MiB on any input.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest line.
    pub max_line_bytes: usize,
    /// Requests that are worked on or whose answers are not written yet.
    pub max_in_flight: usize,
    /// Requests that wait, unparsed, for one of those to end. At this size reading stops.
    pub max_queued_bytes: usize,
    /// Messages in one batch.
    pub max_batch: usize,
    /// Memory that parsing one request may take, as estimated beforehand.
    pub max_weight: usize,
    /// How long to wait for a client that closed stdin and takes no answers.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            max_line_bytes: 16 * MIB,
            max_in_flight: 64,
            max_queued_bytes: 4 * MIB,
            max_batch: 256,
            max_weight: 24 * MIB,
            linger: Duration::from_secs(1),
        }
    }
}

impl Limits {
    /// All requests in flight together. The heaviest one still fits beside small ones that never end.
    fn max_weight_in_flight(&self) -> usize {
        self.max_weight / 4 * 5
    }

    /// Messages that are not counted as in flight.
    fn max_weight_unseen(&self) -> usize {
        self.max_weight / 8
    }
}

/// The transport. All of what `receive` knows is in here, since rmcp drops its future at any time.
pub struct Stdio {
    lines: Lines,
    intake: Intake,
    out: Arc<Out>,
    linger: Duration,
    hold: Option<Arc<dyn Hold>>,
    /// When to stop waiting for requests that are still queued after the end of stdin.
    deadline: Option<Instant>,
    /// Watches for a reader that goes away while nothing is written.
    watch: JoinSet<()>,
}

impl Stdio {
    /// A transport over any two streams.
    pub fn new(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
        limits: Limits,
        scrub: Scrub,
    ) -> (Self, Ended) {
        Self::assemble(Box::new(reader), Box::new(writer), limits, scrub)
    }

    /// A transport over stdin and stdout of this process. Call it within a runtime.
    ///
    /// # Errors
    ///
    /// When a descriptor cannot be registered with the runtime.
    pub fn from_process(limits: Limits, scrub: Scrub) -> io::Result<(Self, Ended)> {
        let (reader, writer) = (process::reader()?, process::writer()?);
        let (mut stdio, ended) = Self::assemble(reader, writer, limits, scrub);
        if let Some(closed) = process::stdout_closed() {
            let out = Arc::downgrade(&stdio.out);
            stdio.watch.spawn(async move {
                closed.await;
                if let Some(out) = out.upgrade() {
                    out.close();
                }
            });
        }
        Ok((stdio, ended))
    }

    /// The same, with something that may keep back what tools have read.
    #[must_use]
    pub fn holding(self, hold: Arc<dyn Hold>) -> Self {
        Self {
            hold: Some(hold),
            ..self
        }
    }

    fn assemble(
        reader: Box<dyn AsyncRead + Send + Unpin>,
        writer: Box<dyn AsyncWrite + Send + Unpin>,
        limits: Limits,
        scrub: Scrub,
    ) -> (Self, Ended) {
        let out = Out::new(writer, scrub, limits.linger);
        let ended = out.ended();
        let stdio = Self {
            lines: Lines::new(reader, limits.max_line_bytes),
            linger: limits.linger,
            intake: Intake::new(limits, Arc::clone(&out)),
            out,
            hold: None,
            deadline: None,
            watch: JoinSet::new(),
        };
        (stdio, ended)
    }

    /// The next message, as far as it is here already. Never awaits, so nothing is lost.
    fn next(&mut self) -> Option<Message> {
        if let Some(message) = self.intake.next() {
            return Some(message);
        }
        while !self.intake.is_full() {
            let line = self.lines.next()?;
            let mut message = self.intake.line(&line);
            self.lines.give_back();
            if message.is_none() {
                // The first of a batch, perhaps.
                message = self.intake.next();
            }
            if message.is_some() {
                return message;
            }
        }
        None
    }

    fn is_over(&self) -> bool {
        let input = self.lines.ended() && self.lines.buffered() == 0;
        (input && self.intake.is_done()) || self.deadline.is_some_and(|at| at <= Instant::now())
    }

    /// Waits until something moves. Cancel-safe: each branch either keeps what it did in `self` or did nothing.
    async fn wait(&mut self) {
        let full = self.intake.is_full();
        let reading = !self.lines.ended() && (!full || self.lines.buffered() < READ_AHEAD);
        let queued = !self.intake.queue.is_empty();
        let at = self.deadline.unwrap_or_else(Instant::now);
        let Intake {
            house, refusals, ..
        } = &mut self.intake;
        tokio::select! {
            biased;
            () = self.out.closing.notified() => {}
            () = house.changed.notified(), if queued => {}
            _ = refusals.join_next(), if !refusals.is_empty() => {}
            ended = self.lines.fill(), if reading => {
                if !matches!(ended, Ok(false)) {
                    self.out.end(End::Stdin);
                    self.deadline = Some(Instant::now() + self.linger);
                }
            }
            () = tokio::time::sleep_until(at), if self.deadline.is_some() => {}
        }
    }
}

/// The code of an answer that nobody waits for any more: it is taken and not sent, since an
/// official client breaks on an answer that comes after it has left.
pub const FOR_NOBODY: ErrorCode = ErrorCode(-32800);

fn is_for_nobody(message: &TxJsonRpcMessage<RoleServer>) -> bool {
    matches!(message, JsonRpcMessage::Error(answer) if answer.error.code == FOR_NOBODY)
}

impl Transport<RoleServer> for Stdio {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let ticket = answer_id(&message).and_then(|id| self.intake.answered(id));
        if opens(&message) {
            self.intake.opened();
        }
        let out = Arc::clone(&self.out);
        let hold = self.hold.clone().filter(|_| !is_plain(&message));
        let id = answer_id(&message).cloned();
        async move {
            // Held until the bytes are out: unread answers keep new requests away.
            let _ticket = ticket;
            if is_for_nobody(&message) {
                return Ok(());
            }
            let line = serialize(&message);
            drop(message);
            match hold {
                Some(hold) => out.put_held(line, id.as_ref(), hold.as_ref()).await,
                None => out.put(line).await,
            }
        }
    }

    async fn receive(&mut self) -> Option<Message> {
        self.intake.asked();
        if self.intake.pause_due() {
            tokio::task::yield_now().await;
        }
        loop {
            while self.intake.refusals.try_join_next().is_some() {}
            if self.out.is_closed() {
                return None;
            }
            if let Some(message) = self.next() {
                // The end of stdin does not cut off what was read before, as long as it moves.
                self.deadline = self.deadline.map(|_| Instant::now() + self.linger);
                return Some(message);
            }
            if self.is_over() {
                self.intake.queue.clear();
                return None;
            }
            self.wait().await;
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.watch.abort_all();
        // First, since it also limits how long the writes below may take.
        self.out.end(End::Transport);
        while self.intake.refusals.join_next().await.is_some() {}
        self.out.finish().await
    }
}

fn answer_id(message: &TxJsonRpcMessage<RoleServer>) -> Option<&RequestId> {
    match message {
        JsonRpcMessage::Response(response) => Some(&response.id),
        JsonRpcMessage::Error(error) => error.id.as_ref(),
        JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
    }
}

/// Whether nothing of what a tool has read can stand in a message. Every other message is held back when no answer
/// may leave any more: answers, and questions to a person, which show what would happen to which object.
fn is_plain(message: &TxJsonRpcMessage<RoleServer>) -> bool {
    match message {
        JsonRpcMessage::Response(response) => matches!(
            response.result,
            ServerResult::EmptyResult(_)
                | ServerResult::DiscoverResult(_)
                | ServerResult::InitializeResult(_)
                | ServerResult::ListToolsResult(_)
                | ServerResult::ListPromptsResult(_)
                | ServerResult::GetPromptResult(_)
                | ServerResult::SubscriptionsListenResult(_)
        ),
        // The words of errors are ours and rmcp's; failures of tools are results.
        JsonRpcMessage::Error(_) => true,
        JsonRpcMessage::Request(_) => false,
        JsonRpcMessage::Notification(notification) => matches!(
            notification.notification,
            ServerNotification::CancelledNotification(_)
                | ServerNotification::ToolListChangedNotification(_)
                | ServerNotification::SubscriptionsAcknowledgedNotification(_)
        ),
    }
}

/// Whether rmcp serves once this is sent. It answers pings and discovery before it does.
fn opens(message: &TxJsonRpcMessage<RoleServer>) -> bool {
    matches!(message, JsonRpcMessage::Response(response) if !matches!(
        response.result,
        ServerResult::EmptyResult(_) | ServerResult::DiscoverResult(_)
    ))
}

fn serialize(message: &TxJsonRpcMessage<RoleServer>) -> Vec<u8> {
    serde_json::to_vec(message).unwrap_or_else(|_| {
        let id = answer_id(message).and_then(|id| serde_json::to_string(id).ok());
        refusal(
            ErrorCode::INTERNAL_ERROR,
            "The answer cannot be written as JSON",
            id.as_deref(),
        )
    })
}

/// An error of our own. By hand, because rmcp leaves `id` out where JSON-RPC wants `null`.
fn refusal(code: ErrorCode, text: &str, id: Option<&str>) -> Vec<u8> {
    let (id, code) = (id.unwrap_or("null"), code.0);
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":{code},"message":"{text}"}}}}"#)
        .into_bytes()
}
