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

    /// Writes an answer, unless it is held back by the time its turn comes.
    pub(super) async fn put_answer(
        &self,
        line: Vec<u8>,
        id: &RequestId,
        hold: &dyn Hold,
    ) -> io::Result<()> {
        let line = self.ready(line);
        let writer = self.writer.lock().await;
        let Some(_leaving) = hold.enter() else {
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
