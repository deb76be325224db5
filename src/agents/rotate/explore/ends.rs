//! How every way ends: what the next commands come to when everything works again.

use super::super::machine::{Holds, Replaces};
use super::{Explorer, Live, State, World, begin, taken_up};

/// The next commands, when everything works again.
fn recover(mut world: World) -> World {
    for _ in 0..4 {
        if world.new == Live::OnItsWay {
            world.new = Live::Works;
        }
        if world.journal.is_some() {
            let calm = Explorer::go(State {
                world,
                seen: taken_up(world),
                crashes: 0,
                faults: 0,
            });
            assert_eq!(calm.ended.len(), 1, "{world:?}");
            world = calm.ended.into_iter().next().unwrap();
            continue;
        }
        if world.new_pending {
            world.new_pending = false;
            world.new = Live::Deleted;
        }
        if world.old_pending {
            world.old_pending = false;
            world.old = Live::Deleted;
        }
    }
    world
}

fn check_in_the_end(start: State, end: World, came: World) {
    let given = start.world.new == Live::Works;
    let journal = start.world.journal.unwrap();
    assert!(end.journal.is_none(), "{came:?} -> {end:?}");
    assert!(!end.new_pending && !end.old_pending, "{came:?} -> {end:?}");
    assert_eq!(end.foreign, Live::Works);
    if came.revoked {
        // Whoever revoked it has taken away what state.db says it had; nothing else works.
        let spare = end.registered != Some(true) && end.new == Live::Works && !given;
        assert!(!spare, "{came:?} -> {end:?}");
        return;
    }
    match end.registered {
        None => {
            assert_eq!(end.store, Holds::Nothing, "{came:?} -> {end:?}");
            assert!(given || end.new != Live::Works, "{came:?} -> {end:?}");
        }
        Some(false) => {
            assert_eq!((end.store, end.old), (Holds::Old, Live::Works), "{came:?}");
            assert!(given || end.new != Live::Works, "{came:?} -> {end:?}");
        }
        Some(true) => {
            assert_eq!((end.store, end.new), (Holds::New, Live::Works), "{came:?}");
            let ours = journal.replaces == Replaces::Ours;
            assert_eq!(end.old == Live::Deleted, ours, "{came:?} -> {end:?}");
        }
    }
}

#[test]
fn whatever_happens_exactly_one_token_works_and_nothing_is_left_over() {
    let mut states = 0;
    let mut ends = 0;
    for replaces in [Replaces::Nothing, Replaces::Foreign, Replaces::Ours] {
        for given in [false, true] {
            if given && replaces == Replaces::Ours {
                continue;
            }
            let start = begin(replaces, given);
            let explorer = Explorer::go(start);
            states += explorer.known.len();
            for came in explorer.ended {
                ends += 1;
                check_in_the_end(start, recover(came), came);
            }
        }
    }
    // A way that is not taken any more would make this test say less.
    assert!(states > 3000 && ends > 50, "{states} states, {ends} ends");
}

#[test]
fn without_a_fault_it_is_done_in_one_go() {
    for replaces in [Replaces::Nothing, Replaces::Foreign, Replaces::Ours] {
        let start = State {
            crashes: 0,
            faults: 0,
            ..begin(replaces, false)
        };
        let ended = Explorer::go(start).ended;
        let [world] = ended.into_iter().collect::<Vec<_>>()[..] else {
            panic!("more than one end");
        };
        assert_eq!(world.registered, Some(true));
        check_in_the_end(start, world, world);
    }
}
