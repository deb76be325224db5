//! Lists that Make gives in pages, read to their end.

use std::future::Future;

use serde::Deserialize;

use super::{Error, Request, lenient};

/// Rows asked for at once. Make documents no largest number.
pub(super) const ROWS: u64 = 1000;
/// The most pages that are read; Make allows as few as 60 calls a minute.
const PAGES: usize = 20;

/// What Make says of a page.
#[derive(Debug, Default, Deserialize)]
pub struct Paging {
    /// How many rows it would have held; absent where Make does not say.
    #[serde(default, deserialize_with = "lenient::count")]
    limit: Option<u64>,
}

/// One page of a list.
pub trait Page {
    /// What stands in a row.
    type Row;
    /// The rows, and what Make says of the page.
    fn open(self) -> (Vec<Self::Row>, Option<Paging>);
}

/// All rows. Make tells no total: the last page is the first that is not full.
///
/// # Errors
/// What `ask` fails with; [`Error::TooMany`] for a list that does not end within 20 pages.
pub async fn all<P, E, F>(
    page: impl Fn(u64) -> Request<P>,
    mut ask: impl FnMut(Request<P>) -> F,
) -> Result<Vec<P::Row>, E>
where
    P: Page,
    E: From<Error>,
    F: Future<Output = Result<P, E>>,
{
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let offset = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let (rows, paging) = ask(page(offset)).await?.open();
        let full = paging.and_then(|paging| paging.limit);
        let full = full
            .filter(|limit| *limit > 0)
            .map_or(ROWS, |it| it.min(ROWS));
        let is_last = u64::try_from(rows.len()).unwrap_or(u64::MAX) < full;
        all.extend(rows);
        if is_last {
            return Ok(all);
        }
    }
    Err(Error::TooMany { cap: all.len() }.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::make::organizations;

    /// A Make with so many organizations, which gives at most `most` at once.
    async fn read(count: u64, most: u64) -> (Result<usize, Error>, Vec<u64>) {
        let mut asked = Vec::new();
        let mut next = 0;
        let read = all(organizations::organizations, |_| {
            let (first, rows) = (next, most.min(count - next));
            asked.push(first);
            next += rows;
            let rows: Vec<_> = (first..next).map(|id| json!({"id": id + 1})).collect();
            let page = json!({"organizations": rows, "pg": {"limit": most.min(ROWS)}});
            std::future::ready(Ok::<_, Error>(serde_json::from_value(page).unwrap()))
        });
        (read.await.map(|rows| rows.len()), asked)
    }

    #[tokio::test]
    async fn every_row_is_read_however_many_make_gives_at_once() {
        for (count, most, calls) in [
            (0, 1000, 1),
            (999, 1000, 1),
            (1000, 1000, 2),
            (1001, 500, 3),
        ] {
            let (rows, asked) = read(count, most).await;
            assert_eq!(rows.ok(), usize::try_from(count).ok(), "{count}");
            assert_eq!(asked.len(), calls, "{count}");
        }
    }

    #[tokio::test]
    async fn a_list_without_an_end_is_an_error() {
        let (rows, asked) = read(1_000_000, 1000).await;
        assert!(
            matches!(rows, Err(Error::TooMany { cap: 20_000 })),
            "{rows:?}"
        );
        assert_eq!(asked.len(), PAGES);
    }
}
