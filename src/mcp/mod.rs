//! The protocol: our stdio transport, the server object, prompts and instructions. Knows tools
//! only through the table; no tool has code here.

mod asking;
mod own_texts;
mod prompts;
mod redaction;
mod release;
mod server;
pub mod stdio;

use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use tokio::sync::watch;

use crate::tools::Session;
pub use own_texts::is_part_of_the_protocol;
pub use redaction::scrub;
use release::Release;
pub use server::{Server, listed};
use stdio::{Ended, Stdio};

/// How long calls under way may take to end when the client is gone: clients kill after 2 s.
const LAST_WORDS: Duration = Duration::from_millis(1500);

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The protocol could not be opened.
    #[error("the client did not open the protocol")]
    Opening,
}

/// Why the server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    /// The client left; what it wrote before is still answered.
    Client,
    /// The system asked the process to end.
    Stopped,
}

/// Serves one client until it is gone or `stop` resolves.
///
/// # Errors
/// When the client opens with something that is not the protocol.
pub async fn serve(
    session: Session,
    transport: Stdio,
    ended: Ended,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (ending, mut gone) = watch::channel(None);
    let transport = transport.holding(Arc::new(Release(session.gate().clone())));
    let opening = Server::new(session, gone.clone()).serve(transport);
    let watcher = tokio::spawn(async move {
        let why = tokio::select! {
            _ = ended.wait() => Gone::Client,
            () = stop => Gone::Stopped,
        };
        ending.send_replace(Some(why));
        // The end of the channel would read as one more end.
        std::future::pending::<()>().await;
    });
    let running = tokio::select! {
        running = opening => running,
        _ = gone.wait_for(|why| *why == Some(Gone::Stopped)) => return Ok(()),
    };
    let running = match running {
        Ok(running) => running,
        // A client that leaves before its first message has done nothing wrong.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(_) => return Err(Error::Opening),
    };
    let token = running.cancellation_token();
    let mut work = std::pin::pin!(running.waiting());
    let why = tokio::select! {
        _ = &mut work => None,
        why = gone.wait_for(Option::is_some) => why.ok().and_then(|why| *why),
    };
    if why == Some(Gone::Stopped) {
        token.cancel();
    }
    if why.is_some() && tokio::time::timeout(LAST_WORDS, &mut work).await.is_err() {
        tracing::warn!("calls were still under way at the end; their outcome is unknown");
    }
    watcher.abort();
    Ok(())
}
