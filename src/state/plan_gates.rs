//! What Make refused for reasons of the plan, so that the same call is not made again and again.

use rusqlite::params;

use super::{Error, State};

impl State {
    /// Remembers until when a place (a tool in a team) needs not be tried with this token.
    pub async fn close_gate(&self, token: &str, place: &str, until: i64) -> Result<(), Error> {
        let (token, place) = (token.to_owned(), place.to_owned());
        self.with(move |database| {
            database.execute(
                "INSERT OR REPLACE INTO plan_gates (token, place, until) VALUES (?1, ?2, ?3)",
                params![token, place, until],
            )
        })
        .await
        .map(|_| ())
    }

    /// Whether the place is closed at this time.
    pub async fn gate_is_closed(&self, token: &str, place: &str, now: i64) -> Result<bool, Error> {
        let (token, place) = (token.to_owned(), place.to_owned());
        self.with(move |database| {
            database.query_row(
                "SELECT EXISTS (SELECT 1 FROM plan_gates WHERE token = ?1 AND place = ?2 AND until > ?3)",
                params![token, place, now],
                |row| row.get(0),
            )
        })
        .await
    }
}
