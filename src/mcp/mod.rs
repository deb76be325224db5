//! The protocol: our stdio transport, the server object, prompts and instructions. Knows tools
//! only through the table; no tool has code here.

mod prompts;
mod server;
pub mod stdio;

use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::service::ServerInitializeError;
use tokio::sync::watch;

use crate::tools::Session;
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
    let (ending, seen) = watch::channel(false);
    let watcher = tokio::spawn(async move {
        tokio::select! {
            _ = ended.wait() => {}
            () = stop => {}
        }
        ending.send_replace(true);
    });
    let mut gone = seen.clone();
    let running = tokio::select! {
        running = Server::new(session, seen).serve(transport) => running,
        _ = gone.wait_for(|gone| *gone) => return Ok(()),
    };
    let running = match running {
        Ok(running) => running,
        // A client that leaves before its first message has done nothing wrong.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(_) => return Err(Error::Opening),
    };
    let token = running.cancellation_token();
    let mut work = std::pin::pin!(running.waiting());
    let finished = tokio::select! {
        _ = &mut work => true,
        _ = gone.wait_for(|gone| *gone) => false,
    };
    if !finished && tokio::time::timeout(LAST_WORDS, &mut work).await.is_err() {
        tracing::warn!("calls were still under way at the end; their outcome is unknown");
        token.cancel();
    }
    watcher.abort();
    Ok(())
}
