//! Stdin and stdout of the process as non-blocking streams, where the system has such a thing for what they are.
//!
//! Hosts written for Node hand over socket pairs, others FIFOs. tokio's own handles cost a thread hop for each
//! read and write (231 against 149 µs a call over sockets, 100 against 25 over FIFOs), so they are the last choice.

use std::future::Future;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

type Reader = Box<dyn AsyncRead + Send + Unpin>;
type Writer = Box<dyn AsyncWrite + Send + Unpin>;

#[cfg_attr(
    not(unix),
    expect(
        clippy::unnecessary_wraps,
        reason = "only descriptors of Unix can fail here"
    )
)]
pub(super) fn reader() -> io::Result<Reader> {
    #[cfg(unix)]
    if let Some(socket) = unix::socket(&io::stdin())? {
        return Ok(Box::new(socket));
    }
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_receiver(linux::STDIN) {
        return Ok(Box::new(pipe));
    }
    Ok(Box::new(tokio::io::stdin()))
}

#[cfg_attr(
    not(unix),
    expect(
        clippy::unnecessary_wraps,
        reason = "only descriptors of Unix can fail here"
    )
)]
pub(super) fn writer() -> io::Result<Writer> {
    #[cfg(unix)]
    if let Some(socket) = unix::socket(&io::stdout())? {
        return Ok(Box::new(socket));
    }
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_sender(linux::STDOUT) {
        return Ok(Box::new(pipe));
    }
    Ok(Box::new(tokio::io::stdout()))
}

/// Resolves when nobody can read stdout any more, where that can be known without writing.
pub(super) fn stdout_closed() -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_sender(linux::STDOUT) {
        return Some(Box::pin(async move {
            let _ = pipe.ready(tokio::io::Interest::ERROR).await;
        }));
    }
    None
}

#[cfg(target_os = "linux")]
mod linux {
    /// Opened anew, so that `O_NONBLOCK` does not reach whoever else holds the descriptor.
    pub(super) const STDIN: &str = "/proc/self/fd/0";
    pub(super) const STDOUT: &str = "/proc/self/fd/1";
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::FileTypeExt;
    use std::os::unix::net::UnixStream;

    /// The stream as a Unix socket, if it is one.
    pub(super) fn socket(stream: &impl AsFd) -> io::Result<Option<tokio::net::UnixStream>> {
        let file = File::from(stream.as_fd().try_clone_to_owned()?);
        if !file.metadata()?.file_type().is_socket() {
            return Ok(None);
        }
        let socket = UnixStream::from(OwnedFd::from(file));
        // Fails for a socket of another family.
        if socket.local_addr().is_err() {
            return Ok(None);
        }
        socket.set_nonblocking(true)?;
        tokio::net::UnixStream::from_std(socket).map(Some)
    }
}
