//! The question between two calls, and the yes at the terminal, by clocks that are set.

use std::sync::{Arc, Mutex};

use make_credentials_mcp::clock::{Clock, Moment};
use make_credentials_mcp::state::State;
use make_credentials_mcp::tools::{Approvals, Outcome, Session};
use serde_json::{Value, json};

use super::client::{Client, state, yes_to};
use crate::world::{With, World, approval_key, call};

const TOOL: &str = "keys_update";

/// What stays as it is when it is done.
fn replace() -> Value {
    json!({"keyId": 401, "parameters": {"authUser": "jane"}})
}

/// A clock that the test sets, as far from now as it says.
#[derive(Clone)]
struct Shifted {
    start: Moment,
    by: Arc<Mutex<(i64, i64, bool)>>,
}

impl Shifted {
    fn new() -> Self {
        Self {
            start: Moment::now(),
            by: Arc::default(),
        }
    }

    /// So many seconds later by the wall clock, and by the clock of the boot.
    fn set(&self, wall_s: i64, boot_s: i64) {
        *self.by.lock().unwrap() = (wall_s, boot_s, false);
    }

    /// So many seconds later by the wall clock, after a restart.
    fn restarted(&self, wall_s: i64) {
        *self.by.lock().unwrap() = (wall_s, 0, true);
    }

    fn clock(&self) -> Clock {
        let shifted = self.clone();
        Arc::new(move || {
            let (wall_s, boot_s, restarted) = *shifted.by.lock().unwrap();
            let mut now = shifted.start.plus(boot_s);
            now.wall = shifted.start.wall + wall_s;
            if let (Some(boot), true) = (&mut now.boot, restarted) {
                "another".clone_into(&mut boot.id);
                boot.ms = 7;
            }
            now
        })
    }

    fn session(&self, world: &World) -> Session {
        world.with_clock(With::default(), self.clock())
    }
}

/// What is expected at a time: seconds by the wall clock and, without a restart, by that of the
/// boot.
type Case = (i64, Option<i64>, bool);

const MINUTE: i64 = 60;

#[tokio::test]
async fn an_answer_counts_for_ten_minutes_by_both_clocks() {
    let cases: [Case; 9] = [
        (0, Some(0), true),
        (10 * MINUTE - 1, Some(10 * MINUTE - 1), true),
        (10 * MINUTE, Some(5), false),
        (-1, Some(5), false),
        (5, Some(10 * MINUTE), false),
        (5, Some(-1), false),
        (10 * MINUTE - 1, None, true),
        (10 * MINUTE, None, false),
        (-1, None, false),
    ];
    for (wall_s, boot_s, counts) in cases {
        // Without a clock of the boot the wall clock alone can tell.
        if boot_s.is_some_and(|boot_s| boot_s != wall_s) && Moment::now().boot.is_none() {
            continue;
        }
        let world = World::new().await;
        let clock = Shifted::new();
        let session = clock.session(&world);
        let asked = state(&session, (TOOL, &replace())).await;
        match boot_s {
            Some(boot_s) => clock.set(wall_s, boot_s),
            None => clock.restarted(wall_s),
        }
        let brought = Some(yes_to(&asked));
        let client = Client::between();
        let outcome = client.call(&session, (TOOL, &replace()), brought).await;
        match (&outcome, counts) {
            (Outcome::Answer(_), true) | (Outcome::Asks(_), false) => {}
            other => panic!("{wall_s} {boot_s:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_yes_at_the_terminal_counts_for_an_hour_by_both_clocks() {
    let cases: [Case; 7] = [
        (59 * MINUTE, Some(59 * MINUTE), true),
        (60 * MINUTE, Some(5), false),
        (-1, Some(5), false),
        (5, Some(60 * MINUTE), false),
        (59 * MINUTE, None, true),
        (60 * MINUTE, None, false),
        (-1, None, false),
    ];
    for (wall_s, boot_s, counts) in cases {
        if boot_s.is_some_and(|boot_s| boot_s != wall_s) && Moment::now().boot.is_none() {
            continue;
        }
        let world = World::new().await;
        let clock = Shifted::new();
        let session = clock.session(&world);
        let refused = call(&session, TOOL, replace()).await.unwrap_err();
        let id = refused.details.unwrap()["approval"].clone();
        let state = State::at(Some(world.home.clone()));
        let approvals = Approvals::at(state, approval_key()).by(clock.clock());
        let waiting = approvals.get(id.as_str().unwrap()).await.unwrap().unwrap();
        assert!(approvals.decide(&waiting, true, "me").await.unwrap());
        match boot_s {
            Some(boot_s) => clock.set(wall_s, boot_s),
            None => clock.restarted(wall_s),
        }
        let outcome = call(&session, TOOL, replace()).await;
        assert_eq!(outcome.is_ok(), counts, "{wall_s} {boot_s:?}: {outcome:?}");
        if let Err(failure) = outcome {
            assert_eq!(json!(failure.code), "confirmation_required");
        }
    }
}
