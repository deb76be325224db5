//! The way out: one writer, whole lines, and the signal that the client is gone.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rmcp::model::RequestId;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{Mutex, MutexGuard, Notify, watch};

/// Last pass over every byte that leaves. Called once for each outgoing message, with the line without its newline.
pub type Scrub = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// What may keep an answer back at the last moment. Nothing is kept back by default.
pub trait Hold: Send + Sync {
    /// Lets an answer begin to leave; `None` when it must not. It counts as leaving until what is given back is
    /// dropped.
    fn enter(&self) -> Option<Box<dyn Send>>;

    /// Resolves when no answer may leave any more, also none that has begun to.
    fn closed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// What is written in place of the answer to this request, as one line.
    fn instead(&self, id: &RequestId) -> Vec<u8>;
}

/// Why there is nobody to work for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Stdin ended: no more requests come, answers can still be read.
    Stdin,
    /// Stdout is closed or cannot be written: no answer arrives.
    Stdout,
    /// The transport is gone.
    Transport,
}

/// Resolves when stdin ended or stdout is closed. Everything that may wait long selects on it, so that the
/// process can end at once.
#[derive(Debug, Clone)]
pub struct Ended(Option<watch::Receiver<Option<End>>>);

impl Ended {
    /// For calls that no client started.
    pub fn never() -> Self {
        Self(None)
    }

    /// What ended first, if anything has.
    pub fn now(&self) -> Option<End> {
        let receiver = self.0.as_ref()?;
        let end = *receiver.borrow();
        end.or_else(|| receiver.has_changed().is_err().then_some(End::Transport))
    }

    /// Waits for the end. Cancel-safe.
    pub async fn wait(&self) -> End {
        let Some(receiver) = &self.0 else {
            return std::future::pending().await;
        };
        let mut receiver = receiver.clone();
        let end = receiver.wait_for(Option::is_some).await;
        end.ok().and_then(|end| *end).unwrap_or(End::Transport)
    }
}

type Sink = Box<dyn AsyncWrite + Send + Unpin>;

pub(super) struct Out {
    writer: Mutex<Sink>,
    scrub: Scrub,
    linger: Duration,
    ended: watch::Sender<Option<End>>,
    closed: AtomicBool,
    /// Rung when `closed` is set. `receive` alone waits for it.
    pub(super) closing: Notify,
}

impl Out {
    pub(super) fn new(writer: Sink, scrub: Scrub, linger: Duration) -> Arc<Self> {
        Arc::new(Self {
            writer: Mutex::new(writer),
            scrub,
            linger,
            ended: watch::Sender::new(None),
            closed: AtomicBool::new(false),
            closing: Notify::new(),
        })
    }

    pub(super) fn ended(&self) -> Ended {
        Ended(Some(self.ended.subscribe()))
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// No more input. The first reason stays.
    pub(super) fn end(&self, why: End) {
        self.ended.send_if_modified(|end| {
            let first = end.is_none();
            end.get_or_insert(why);
            first
        });
    }

    /// No more output.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.end(End::Stdout);
        self.closing.notify_one();
    }

    /// Writes a message, unless it is held back by the time its turn comes. `id` is that of the request that it
    /// answers; what answers none is dropped then.
    pub(super) async fn put_held(
        &self,
        line: Vec<u8>,
        id: Option<&RequestId>,
        hold: &dyn Hold,
    ) -> io::Result<()> {
        let line = self.ready(line);
        let writer = self.writer.lock().await;
        let Some(_leaving) = hold.enter() else {
            let Some(id) = id else { return Ok(()) };
            let line = self.ready(hold.instead(id));
            return self.write(writer, &line).await;
        };
        tokio::select! {
            biased;
            () = hold.closed() => {
                // Half of it may be out, and the rest must not follow.
                self.close();
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            written = self.write(writer, &line) => written,
        }
    }

    /// Writes one message. Nothing that is slow happens under the lock but the write.
    pub(super) async fn put(&self, line: Vec<u8>) -> io::Result<()> {
        let line = self.ready(line);
        let writer = self.writer.lock().await;
        self.write(writer, &line).await
    }

    fn ready(&self, line: Vec<u8>) -> Vec<u8> {
        let mut line = (self.scrub)(line);
        line.push(b'\n');
        line
    }

    async fn write(&self, mut writer: MutexGuard<'_, Sink>, line: &[u8]) -> io::Result<()> {
        if self.is_closed() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let written = tokio::select! {
            biased;
            written = async {
                writer.write_all(line).await?;
                writer.flush().await
            } => written,
            // A client that closed stdin and does not read is leaving: it must not hold the process.
            () = self.overdue() => Err(io::ErrorKind::TimedOut.into()),
        };
        if written.is_err() {
            // Half a line may be out, so nothing may follow.
            self.close();
        }
        written
    }

    /// Lets the other side see the end, as far as the stream can say so.
    pub(super) async fn finish(&self) -> io::Result<()> {
        let mut writer = self.writer.lock().await;
        let done = tokio::time::timeout(self.linger, writer.shutdown()).await;
        self.closed.store(true, Ordering::Release);
        done.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn overdue(&self) {
        self.ended().wait().await;
        tokio::time::sleep(self.linger).await;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, DuplexStream};

    use super::*;
    use crate::secret::{Scrubber, Secret, Strength};
    use crate::tools::Gate;

    const TOKEN: &str = "2544847b-1111-4222-8333-c0ffeec0ffee";
    const PATIENCE: Duration = Duration::from_secs(10);
    /// What the pipe takes before a reader has to.
    const PIPE: usize = 16;

    /// Holds back while the gate is closed, and writes a token in place of an answer.
    struct Door(Gate);

    impl Hold for Door {
        fn enter(&self) -> Option<Box<dyn Send>> {
            let pass = self.0.enter()?;
            Some(Box::new(pass))
        }

        fn closed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(self.0.closed())
        }

        fn instead(&self, id: &RequestId) -> Vec<u8> {
            format!(r#"{{"id":{id},"instead":"{TOKEN}"}}"#).into_bytes()
        }
    }

    /// A way out whose scrubber knows the token, and its other end.
    fn out(pipe: usize) -> (Arc<Out>, DuplexStream) {
        let scrubber = Scrubber::default();
        scrubber.add(&Secret::new(TOKEN.to_owned()), Strength::Token);
        let (writer, reader) = tokio::io::duplex(pipe);
        let scrub: Scrub = crate::mcp::scrub(scrubber);
        (Out::new(Box::new(writer), scrub, PATIENCE), reader)
    }

    fn id() -> RequestId {
        RequestId::Number(7)
    }

    /// What comes out until the way out is gone.
    async fn rest(mut reader: DuplexStream) -> String {
        let mut text = String::new();
        let read = reader.read_to_string(&mut text);
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        text
    }

    #[tokio::test]
    async fn the_wire_pass_alone_takes_out_a_token() {
        let (out, reader) = out(4096);
        let door = Door(Gate::default());
        let line = |text: &str| format!(r#"{{"{TOKEN}":"a {text} b"}}"#).into_bytes();
        out.put(line(TOKEN)).await.unwrap();
        out.put(line(&TOKEN.to_uppercase())).await.unwrap();
        // What is no JSON passes the same way.
        out.put(TOKEN.as_bytes().to_vec()).await.unwrap();
        out.put_held(line(TOKEN), Some(&id()), &door).await.unwrap();
        door.0.close();
        out.put_held(line("x"), Some(&id()), &door).await.unwrap();
        drop(out);
        assert_eq!(
            rest(reader).await,
            "{\"[redacted]\":\"a [redacted] b\"}\n{\"[redacted]\":\"a [redacted] b\"}\n[redacted]\n\
             {\"[redacted]\":\"a [redacted] b\"}\n{\"id\":7,\"instead\":\"[redacted]\"}\n"
        );
    }

    #[tokio::test]
    async fn a_message_whose_turn_comes_after_the_closing_does_not_leave() {
        let (out, reader) = out(PIPE);
        let door = Arc::new(Door(Gate::default()));
        let first = format!("\"{}\"", "1".repeat(4 * PIPE));
        let writing = tokio::spawn({
            let (out, first) = (Arc::clone(&out), first.clone());
            async move { out.put(first.into_bytes()).await }
        });
        tokio::task::yield_now().await;
        let held = |id: Option<RequestId>| {
            let (out, door) = (Arc::clone(&out), Arc::clone(&door));
            tokio::spawn(async move {
                let line = b"\"late\"".to_vec();
                out.put_held(line, id.as_ref(), door.as_ref()).await
            })
        };
        let (answer, question) = (held(Some(id())), held(None));
        tokio::task::yield_now().await;
        assert!(!writing.is_finished() && !answer.is_finished() && !question.is_finished());
        door.0.close();
        let reading = tokio::spawn(rest(reader));
        for sent in [writing, answer, question] {
            sent.await.unwrap().unwrap();
        }
        assert!(door.0.empty().now_or_never().is_some());
        drop(out);
        let instead = r#"{"id":7,"instead":"[redacted]"}"#;
        assert_eq!(reading.await.unwrap(), format!("{first}\n{instead}\n"));
    }

    #[tokio::test]
    async fn a_message_under_way_is_cut_off_by_the_closing_and_nothing_follows() {
        let (out, mut reader) = out(PIPE);
        let door = Arc::new(Door(Gate::default()));
        let sending = tokio::spawn({
            let (out, door) = (Arc::clone(&out), Arc::clone(&door));
            async move {
                let line = format!("\"{}\"", "a".repeat(100 * PIPE)).into_bytes();
                out.put_held(line, Some(&id()), door.as_ref()).await
            }
        });
        let mut start = [0; PIPE];
        reader.read_exact(&mut start).await.unwrap();
        assert!(
            door.0.empty().now_or_never().is_none(),
            "it counts as leaving"
        );
        door.0.close();
        let sent = tokio::time::timeout(PATIENCE, sending).await.unwrap();
        let kind = sent.unwrap().unwrap_err().kind();
        assert_eq!(kind, io::ErrorKind::ConnectionAborted);
        assert!(door.0.empty().now_or_never().is_some());
        assert!(out.is_closed());
        assert_eq!(out.ended().now(), Some(End::Stdout));
        let more = out.put(b"\"more\"".to_vec()).await;
        assert_eq!(more.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        drop(out);
        let rest = rest(reader).await;
        assert!(rest.len() <= PIPE && !rest.contains('m'), "{rest}");
    }
}
