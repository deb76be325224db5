//! The calls that `doctor` makes at Make: each is sent once and counted, and the time that Make
//! puts on its answers is kept.

use std::cell::Cell;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::finding::Findings;
use crate::agents::now;
use crate::make::{self, Client, Departure, Request};
use crate::policy;

/// The most calls beside one an agent.
pub(super) const MOST_BEYOND_AGENTS: u32 = 5;
/// How long one call may take: nobody wants to wait for a patient one.
const LIMIT: Duration = Duration::from_secs(15);
/// How far the machine's clock may be off, in seconds.
const OFF: i64 = 60;

/// The calls that were made.
#[derive(Debug, Default)]
pub(super) struct Calls {
    made: Cell<u32>,
    /// How far Make's clock is ahead of ours, in seconds.
    ahead: Cell<Option<i64>>,
}

impl Calls {
    /// Sends a request once.
    ///
    /// # Errors
    /// As the client, and [`make::Error::NoAnswer`] after a while.
    pub(super) async fn ask<T: DeserializeOwned + Send>(
        &self,
        client: &Client,
        request: &Request<T>,
    ) -> Result<T, make::Error> {
        self.made.set(self.made.get() + 1);
        let (permit, departure) = (policy::operator(), Departure::default());
        let client = client.clone().trying_once();
        let answer = client.send(&permit, &departure, request);
        let answer = tokio::time::timeout(LIMIT, answer).await;
        let answer = answer.unwrap_or(Err(make::Error::NoAnswer))?;
        if let Some(date) = answer.date() {
            self.ahead.set(Some(date - now()));
        }
        Ok(answer.body)
    }

    /// How many there were.
    pub(super) fn made(&self) -> u32 {
        self.made.get()
    }

    /// Compares the clocks.
    pub(super) fn check_clock(&self, found: &mut Findings) {
        let Some(ahead) = self.ahead.get() else {
            return;
        };
        if ahead.abs() <= OFF {
            found.ok("clock", "clock", "the machine's clock agrees with Make's");
            return;
        }
        let way = if ahead > 0 { "behind" } else { "ahead of" };
        found.yellow(
            "clock",
            "clock",
            format!(
                "the machine's clock is {} s {way} Make's, so the ages of tokens and the ends of agents are off",
                ahead.abs()
            ),
            "Set the clock: switch on time synchronization, on Linux `timedatectl set-ntp true`.",
        );
    }
}
