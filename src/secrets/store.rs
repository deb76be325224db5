//! What every store can do.

use std::time::Duration;

use super::Error;
use crate::secret::Secret;

/// The largest value that is kept.
pub(super) const LARGEST_VALUE: usize = 16 << 10;

/// One kind of place for secrets. A store that only gives leaves `put` and `delete` as they are.
pub(super) trait Store: Sync {
    /// The place of one secret in it.
    type At: Sync;

    /// The scheme of its references.
    const SCHEME: &'static str;

    /// The secret at this place.
    fn get(&self, at: &Self::At) -> impl Future<Output = Result<Secret, Error>> + Send;

    /// Keeps the value there, in place of the one before.
    fn put(&self, _: &Self::At, _: &Secret) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Err(Error::ReadOnly {
            store: Self::SCHEME,
        }))
    }

    /// Forgets it. It is no error when there is nothing.
    fn delete(&self, _: &Self::At) -> impl Future<Output = Result<(), Error>> + Send {
        std::future::ready(Err(Error::ReadOnly {
            store: Self::SCHEME,
        }))
    }

    /// The names next to this one.
    fn names(&self, _: &Self::At) -> impl Future<Output = Result<Vec<String>, Error>> + Send {
        std::future::ready(Err(Error::NotListable {
            store: Self::SCHEME,
        }))
    }
}

/// Work that may block, in a thread of its own. When the time is over the thread is left to
/// itself: nothing can stop it, and nobody waits for it.
pub(super) async fn blocking<T: Send + 'static>(
    store: &'static str,
    limit: Duration,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let task = tokio::task::spawn_blocking(work);
    match tokio::time::timeout(limit, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Error::Unavailable {
            store,
            why: "its work was given up",
        }),
        Err(_) => Err(Error::TimedOut {
            store,
            limit_s: limit.as_secs(),
        }),
    }
}

/// Text out of what a store gave: UTF-8, without a mark in front and one end of line behind.
pub(super) fn text_of(bytes: Vec<u8>) -> Option<Secret> {
    let mut bytes = zeroize::Zeroizing::new(bytes);
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    let text = text.trim_start_matches('\u{FEFF}');
    (!text.is_empty()).then(|| Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_end_of_line_and_a_mark_are_no_part_of_a_secret() {
        let read = |bytes: &[u8]| text_of(bytes.to_vec()).map(|secret| secret.expose().to_owned());
        assert_eq!(read(b"\xEF\xBB\xBFa b \r\n").as_deref(), Some("a b "));
        assert_eq!(read(b"a\n\n").as_deref(), Some("a\n"));
        assert_eq!(read(b"\n"), None);
        assert_eq!(read(b"\xFF\xFE"), None);
    }
}
