//! What becomes of a line: a message for rmcp, a refusal for the client, or nothing.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    ClientNotification, ClientRequest, CustomRequest, ErrorCode, GetExtensions as _,
    JsonRpcMessage, ListPromptsRequest, ListToolsRequest, RequestId,
};
use rmcp::service::RxJsonRpcMessage;
use serde::de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tokio::task::JoinSet;

use super::house::{House, Queue, Ticket, Waiting};
use super::ids::{IdState, InFlight};
use super::lines::Line;
use super::out::Out;
use super::peek::{Peek, weigh};
use super::{Limits, refusal};

pub(super) type Message = RxJsonRpcMessage<RoleServer>;

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Refusals that may wait for the writer before reading stops.
const MAX_REFUSALS: usize = 64;
/// Weight handed to rmcp in one go. It spawns a task for each message and would go on without ever running
/// them as long as there is input.
const STRIDE: usize = 1024 * 1024;

pub(super) struct Intake {
    limits: Limits,
    out: Arc<Out>,
    pub(super) house: Arc<House>,
    in_flight: InFlight,
    pub(super) queue: Queue,
    /// What is left of a batch.
    batch: VecDeque<Box<RawValue>>,
    pub(super) refusals: JoinSet<()>,
    /// rmcp accepts notifications and responses. Before, either would end the process.
    open: bool,
    handed: usize,
}

impl Intake {
    pub(super) fn new(limits: Limits, out: Arc<Out>) -> Self {
        Self {
            house: House::new(limits.max_in_flight.max(1), limits.max_weight_in_flight()),
            queue: Queue::new(limits.max_queued_bytes),
            limits,
            out,
            in_flight: InFlight::default(),
            batch: VecDeque::new(),
            refusals: JoinSet::new(),
            open: false,
            handed: 0,
        }
    }

    /// Reading on would only pile things up.
    pub(super) fn is_full(&self) -> bool {
        self.refusals.len() >= MAX_REFUSALS || self.queue.is_full()
    }

    /// Nothing is left to hand out or to write.
    pub(super) fn is_done(&self) -> bool {
        self.queue.is_empty() && self.batch.is_empty() && self.refusals.is_empty()
    }

    /// rmcp asks for the next message. While it waits for the first good request it answers each before it
    /// asks for more; so as soon as it asks while it owes an answer, it is serving.
    pub(super) fn asked(&mut self) {
        self.open |= !self.in_flight.is_empty();
    }

    pub(super) fn opened(&mut self) {
        self.open = true;
    }

    /// Whether to let the tasks of what was handed out run first.
    pub(super) fn pause_due(&mut self) -> bool {
        let due = self.handed >= STRIDE;
        if due {
            self.handed = 0;
        }
        due
    }

    /// The answer to this request is on its way, so its id is free; the ticket goes with the bytes.
    pub(super) fn answered(&mut self, id: &RequestId) -> Option<Arc<Ticket>> {
        self.in_flight.take(id)
    }

    /// A message that needs no further input: a queued request that has room now, or the next of a batch.
    pub(super) fn next(&mut self) -> Option<Message> {
        while self.refusals.len() < MAX_REFUSALS {
            let room = |head: &Waiting| self.house.has_room(head.weight);
            let Some(request) = self.queue.pop_if(room) else {
                break;
            };
            if let Some(message) = self.parse(&request.line, request.weight) {
                return Some(message);
            }
        }
        while !self.is_full() {
            let piece = self.batch.pop_front()?;
            let line = piece.get().as_bytes();
            let message = match line.first() {
                Some(b'{') => self.object(line),
                _ => self.refuse(ErrorCode::INVALID_REQUEST, "Not a message", None),
            };
            if message.is_some() {
                return message;
            }
        }
        None
    }

    pub(super) fn line(&mut self, line: &Line<'_>) -> Option<Message> {
        match line {
            Line::Whole(line) => self.whole(line),
            Line::TooLong(head) => {
                let head = head.strip_prefix(BOM).unwrap_or(head);
                let id = Peek::of(head).answerable_id();
                self.refuse(ErrorCode::INVALID_REQUEST, "Message too long", id)
            }
        }
    }

    fn whole(&mut self, line: &[u8]) -> Option<Message> {
        let line = line.strip_prefix(BOM).unwrap_or(line).trim_ascii();
        match line.first()? {
            b'{' => self.object(line),
            b'[' => self.take_apart(line),
            _ => match serde_json::from_slice::<IgnoredAny>(line) {
                Ok(_) => self.refuse(ErrorCode::INVALID_REQUEST, "Not a message", None),
                Err(_) => self.refuse(ErrorCode::PARSE_ERROR, "Not JSON", None),
            },
        }
    }

    /// Revision 2025-03-26 has batches. Their parts are answered one by one.
    fn take_apart(&mut self, line: &[u8]) -> Option<Message> {
        let mut json = serde_json::Deserializer::from_slice(line);
        let parts = json.deserialize_seq(Parts(self.limits.max_batch));
        match parts.and_then(|parts| json.end().map(|()| parts)) {
            Ok(parts) if parts.is_empty() => {
                self.refuse(ErrorCode::INVALID_REQUEST, "Empty batch", None)
            }
            Ok(parts) => {
                self.batch = parts;
                None
            }
            Err(error) if error.is_data() => {
                self.refuse(ErrorCode::INVALID_REQUEST, "Batch too long", None)
            }
            Err(_) => self.refuse(ErrorCode::PARSE_ERROR, "Not JSON", None),
        }
    }

    fn object(&mut self, line: &[u8]) -> Option<Message> {
        let Some(weight) = weigh(line, self.limits.max_weight) else {
            return self.refuse(ErrorCode::PARSE_ERROR, "Not JSON", None);
        };
        let light = weight <= self.limits.max_weight_unseen();
        if light && self.queue.is_empty() && self.house.has_room(weight) {
            return self.parse(line, weight);
        }
        let peek = Peek::of(line);
        match peek.request_id() {
            Some(_) if weight > self.limits.max_weight => {
                let id = peek.answerable_id();
                self.refuse(ErrorCode::INVALID_REQUEST, "Message too complex", id)
            }
            Some(id) if !self.queue.is_empty() || !self.house.has_room(weight) => {
                let line = line.to_vec();
                self.queue.push(Waiting { id, line, weight });
                None
            }
            // Answers and notifications pass whatever is in flight: a call may be waiting for just them.
            None if !light => {
                let id = peek.answerable_id();
                self.refuse(ErrorCode::INVALID_REQUEST, "Message too complex", id)
            }
            _ => self.parse(line, weight),
        }
    }

    fn parse(&mut self, line: &[u8], weight: usize) -> Option<Message> {
        let mut message = match serde_json::from_slice::<Message>(line) {
            Ok(message) => message,
            Err(error) => return self.no_message(line, &error),
        };
        match &mut message {
            JsonRpcMessage::Request(request) => {
                refuse_unread(&mut request.request, line);
                let id = match self.in_flight.state(&request.id) {
                    IdState::Free => {
                        let ticket = self.house.enter(weight);
                        // rmcp gives the extensions to the handler, which keeps them until it ends.
                        let handlers = request.request.extensions_mut();
                        handlers.insert(Arc::clone(&ticket));
                        self.in_flight.insert(request.id.clone(), ticket);
                        self.handed += weight;
                        return Some(message);
                    }
                    // With its id, the refusal would be taken for the answer to the first.
                    IdState::InFlight => None,
                    IdState::Cancelled => Peek::of(line).answerable_id(),
                };
                let text = "The id of an earlier request cannot be used again";
                return self.refuse(ErrorCode::INVALID_REQUEST, text, id);
            }
            _ if !self.open => return None,
            JsonRpcMessage::Notification(notification) => {
                self.notice(&notification.notification);
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => {}
        }
        self.handed += weight;
        Some(message)
    }

    fn no_message(&mut self, line: &[u8], error: &serde_json::Error) -> Option<Message> {
        // The object alone decides what error rmcp's types give, so what follows it is checked here.
        if !error.is_data() || serde_json::from_slice::<IgnoredAny>(line).is_err() {
            return self.refuse(ErrorCode::PARSE_ERROR, "Not JSON", None);
        }
        let peek = Peek::of(line);
        if peek.is_notification() {
            return None;
        }
        self.refuse(
            ErrorCode::INVALID_REQUEST,
            "Not a message",
            peek.answerable_id(),
        )
    }

    /// rmcp sends nothing for a cancelled request, so what is kept of it here goes now.
    fn notice(&mut self, notification: &ClientNotification) {
        if let ClientNotification::CancelledNotification(cancelled) = notification
            && let Some(id) = &cancelled.params.request_id
        {
            self.in_flight.cancel(id);
            self.queue.strike(id);
        }
    }

    /// Answers in our own words: serde's text repeats values of the input.
    fn refuse(&mut self, code: ErrorCode, text: &str, id: Option<&str>) -> Option<Message> {
        let line = refusal(code, text, id);
        let out = Arc::clone(&self.out);
        self.refusals.spawn(async move {
            // A failed write closes the output, and `receive` sees that.
            let _ = out.put(line).await;
        });
        None
    }
}

/// rmcp takes the parameters of a list that it cannot read for none and would serve the first page. As a
/// method that it does not know, the request gets to where malformed parameters are refused.
fn refuse_unread(request: &mut ClientRequest, line: &[u8]) {
    let is_unread = matches!(
        request,
        ClientRequest::ListToolsRequest(ListToolsRequest { params: None, .. })
            | ClientRequest::ListPromptsRequest(ListPromptsRequest { params: None, .. })
    );
    if is_unread && Peek::of(line).has_params() {
        let method = request.method().to_owned();
        *request = ClientRequest::CustomRequest(CustomRequest::new(method, None));
    }
}

/// Reads an array without looking into its parts, up to a number of them.
struct Parts(usize);

impl<'de> Visitor<'de> for Parts {
    type Value = VecDeque<Box<RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a batch")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut parts = VecDeque::new();
        while let Some(part) = seq.next_element()? {
            if parts.len() == self.0 {
                return Err(A::Error::custom("too long"));
            }
            parts.push_back(part);
        }
        Ok(parts)
    }
}
