//! How long what was said holds, and for how many calls there is room.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::*;
use crate::clock::BootTime;
use crate::secret::Secret;
use crate::tools::Thing;

/// Approvals in a folder of their own, by a clock that the test moves.
struct Place {
    approvals: Approvals,
    now: Arc<Mutex<Moment>>,
    home: PathBuf,
}

impl Place {
    fn new(name: &str) -> Self {
        let home =
            std::env::temp_dir().join(format!("mcm-approvals-{name}-{}", std::process::id()));
        let _left_over = std::fs::remove_dir_all(&home);
        let now = Arc::new(Mutex::new(at(1_000_000, "a", 50_000_000)));
        let approvals = approvals(&home, &now);
        Self {
            approvals,
            now,
            home,
        }
    }

    /// Asks for a call, and has a person decide.
    async fn decided(&self, yes: bool) -> Approval {
        let asked = self.ask("h", "b", 1).await.unwrap();
        assert!(self.approvals.decide(&asked, yes, "me").await.unwrap());
        self.approvals.get(&asked.id).await.unwrap().unwrap()
    }

    async fn ask(&self, holder: &str, binding: &str, object: u32) -> Result<Approval, Error> {
        let approvals = &self.approvals;
        approvals
            .ask((holder, "bot"), "keys_delete", binding, &plan(object))
            .await
    }

    fn set(&self, now: Moment) {
        *self.now.lock().unwrap() = now;
    }

    async fn kept(&self) -> usize {
        self.approvals.all().await.unwrap().len()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _never_made = std::fs::remove_dir_all(&self.home);
    }
}

fn approvals(home: &std::path::Path, now: &Arc<Mutex<Moment>>) -> Approvals {
    let now = Arc::clone(now);
    let key: KeySource = Arc::new(|| Box::pin(async { Ok(Secret::new("A".repeat(43))) }));
    Approvals::at(State::at(Some(home.to_owned())), key)
        .by(Arc::new(move || now.lock().unwrap().clone()))
}

fn plan(object: u32) -> Plan {
    Plan::new("Delete {}.", Thing::new("key", Some(&object), None))
}

fn at(wall: i64, boot: &str, boot_s: i64) -> Moment {
    Moment {
        wall,
        boot: Some(BootTime {
            id: boot.to_owned(),
            ms: boot_s * 1000,
        }),
    }
}

const START: (i64, i64) = (1_000_000, 50_000_000);

/// So much later by the wall clock and by the clock of the same boot.
fn later(wall_s: i64, boot_s: i64) -> Moment {
    at(START.0 + wall_s, "a", START.1 + boot_s)
}

#[tokio::test]
async fn a_yes_from_the_future_or_older_than_its_lifetime_by_either_clock_does_not_count() {
    let place = Place::new("yes");
    let yes = place.decided(true).await;
    let other_boot = |wall_s| at(START.0 + wall_s, "b", 3);
    for (now, standing) in [
        (later(0, 0), Standing::Approved),
        (later(HOLDS_S - 1, HOLDS_S - 1), Standing::Approved),
        (later(HOLDS_S, HOLDS_S), Standing::Over),
        // The wall clock was set back: before the yes, or to just after it.
        (later(-1, 5), Standing::Over),
        (later(5, HOLDS_S), Standing::Over),
        (later(5, -1), Standing::Over),
        // After a restart the wall clock alone can tell.
        (other_boot(HOLDS_S - 1), Standing::Approved),
        (other_boot(HOLDS_S), Standing::Over),
        (other_boot(-1), Standing::Over),
    ] {
        assert_eq!(yes.standing(&now), standing, "{now:?}");
    }
}

#[tokio::test]
async fn a_no_holds_for_an_hour_whatever_the_wall_clock_is_set_to() {
    let place = Place::new("no");
    let no = place.decided(false).await;
    for (now, standing) in [
        (later(0, 0), Standing::Rejected),
        (later(HOLDS_S - 1, HOLDS_S - 1), Standing::Rejected),
        (later(9 * HOLDS_S, 5), Standing::Rejected),
        (later(-9, 5), Standing::Rejected),
        (later(HOLDS_S, HOLDS_S), Standing::Over),
        (at(START.0 - 1, "b", 3), Standing::Rejected),
        (at(START.0 + HOLDS_S, "b", 3), Standing::Over),
    ] {
        assert_eq!(no.standing(&now), standing, "{now:?}");
    }
    // Nor is it forgotten for a clock that was set far ahead and back.
    place.set(later(90 * WAITS_S, 60));
    place.ask("h", "c", 2).await.unwrap();
    place.set(later(120, 120));
    let known = place.approvals.of_call("b").await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(
        known[0].standing(&place.approvals.now()),
        Standing::Rejected
    );
}

#[tokio::test]
async fn a_no_in_the_client_holds_for_an_hour_whatever_the_plan_says_by_now() {
    let place = Place::new("declined");
    let asked = place.ask("h", "b", 1).await.unwrap();
    assert!(!asked.is_declined(&place.approvals.now()));
    assert!(place.approvals.decline(&asked).await.unwrap());
    let same = place.ask("h", "b", 1).await.unwrap();
    assert_eq!(same.id, asked.id);
    // The object was changed, so another plan waits; the no was to the effect.
    let other = place.ask("h", "b", 2).await.unwrap();
    assert_ne!(other.id, asked.id);
    assert_eq!(place.kept().await, 1);
    for (now, is_declined) in [
        (later(0, 0), true),
        (later(HOLDS_S - 1, HOLDS_S - 1), true),
        (later(9 * HOLDS_S, 5), true),
        (later(HOLDS_S, HOLDS_S), false),
    ] {
        assert_eq!(other.is_declined(&now), is_declined, "{now:?}");
    }
    assert_eq!(other.standing(&later(5, 5)), Standing::Waiting);
    // It takes the room of one that waits, and another effect is not declined by it.
    for number in 0..19 {
        let more = place.ask("h", &format!("b{number}"), 1).await.unwrap();
        assert!(!more.is_declined(&place.approvals.now()));
    }
    let full = place.ask("h", "more", 1).await;
    assert!(matches!(full, Err(Error::TooManyOfOne)), "{full:?}");
}

#[tokio::test]
async fn a_call_waits_for_a_day_by_both_clocks() {
    let place = Place::new("waits");
    let waiting = place.ask("h", "b", 1).await.unwrap();
    for (now, standing) in [
        (later(WAITS_S - 1, WAITS_S - 1), Standing::Waiting),
        (later(WAITS_S, 5), Standing::Over),
        (later(5, WAITS_S), Standing::Over),
        (later(-1, 5), Standing::Over),
    ] {
        assert_eq!(waiting.standing(&now), standing, "{now:?}");
    }
}

#[tokio::test]
async fn a_number_is_redeemed_once_also_when_the_wall_clock_is_set_ahead_and_back() {
    let place = Place::new("redeem");
    let until = || later(600, 600);
    assert!(place.approvals.redeem("n", until()).await.unwrap());
    assert!(!place.approvals.redeem("n", until()).await.unwrap());
    place.set(later(9_000, 60));
    assert!(
        place
            .approvals
            .redeem("m", later(9_600, 660))
            .await
            .unwrap()
    );
    place.set(later(120, 120));
    assert!(!place.approvals.redeem("n", until()).await.unwrap());
    // Over by both clocks, it is forgotten.
    place.set(later(9_601, 661));
    assert!(
        place
            .approvals
            .redeem("o", later(9_900, 900))
            .await
            .unwrap()
    );
    assert!(
        place
            .approvals
            .redeem("n", later(9_900, 900))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn at_most_twenty_calls_of_one_agent_wait() {
    let place = Place::new("twenty");
    let limit = usize::try_from(ROOM.of_one).unwrap();
    assert_eq!(limit, 20);
    let mut first = None;
    for number in 0..20 {
        let asked = place.ask("h", &format!("b{number}"), number).await.unwrap();
        first.get_or_insert(asked.id);
    }
    for number in 20..40 {
        let refused = place.ask("h", &format!("b{number}"), number).await;
        assert!(matches!(refused, Err(Error::TooManyOfOne)), "{refused:?}");
    }
    assert_eq!(place.kept().await, limit);
    // The same again is the one that waits; about what changed it is asked in its place.
    let same = place.ask("h", "b0", 0).await.unwrap();
    assert_eq!(Some(&same.id), first.as_ref());
    let changed = place.ask("h", "b0", 77).await.unwrap();
    assert_ne!(Some(&changed.id), first.as_ref());
    assert_eq!(place.kept().await, limit);
    // Another agent has its own; and what a person decided makes room.
    place.ask("other", "x", 1).await.unwrap();
    assert!(place.approvals.decide(&changed, false, "me").await.unwrap());
    place.ask("h", "b20", 20).await.unwrap();
    // What waited too long does as well.
    place.set(later(WAITS_S, WAITS_S));
    place.ask("h", "b21", 21).await.unwrap();
}

#[tokio::test]
async fn the_rows_in_all_are_bounded_and_what_was_said_stays() {
    let place = Place::new("bounded");
    let most = usize::try_from(ROOM.in_all).unwrap();
    let no = place.decided(false).await;
    let used = place.ask("h", "used", 2).await.unwrap();
    assert!(place.approvals.use_up(&used).await.unwrap());
    for number in 2..most {
        let holder = format!("h{}", number / 20);
        place.ask(&holder, &number.to_string(), 1).await.unwrap();
    }
    assert_eq!(place.kept().await, most);
    place.ask("last", "l", 1).await.unwrap();
    assert_eq!(place.kept().await, most, "what was used made room");
    let refused = place.ask("none", "n", 1).await;
    assert!(matches!(refused, Err(Error::TooMany)), "{refused:?}");
    assert!(place.approvals.get(&no.id).await.unwrap().is_some());
}

#[tokio::test]
async fn of_1500_calls_at_once_from_several_processes_twenty_wait() {
    let place = Place::new("at-once");
    // Each with a file of its own, as processes have.
    let processes: Vec<Approvals> = (0..4).map(|_| approvals(&place.home, &place.now)).collect();
    let calls = (0..1500_u32).map(|number| {
        let approvals = &processes[usize::try_from(number % 4).unwrap()];
        async move {
            let (binding, plan) = (format!("b{number}"), plan(number));
            let asked = approvals.ask(("h", "bot"), "keys_delete", &binding, &plan);
            match asked.await {
                Ok(_) => 1,
                Err(Error::TooManyOfOne) => 0,
                Err(other) => panic!("{other}"),
            }
        }
    });
    let waiting = futures_util::future::join_all(calls).await;
    assert_eq!(waiting.into_iter().sum::<usize>(), 20);
    assert_eq!(place.kept().await, 20);
}
