//! Every way that a token can take to an agent, with at most two crashes and two faults, against a
//! model of Make, the store and state.db: afterwards exactly one token works, nothing of ours is
//! left over, and no token of somebody else was touched.

mod ends;

use std::collections::HashSet;

use super::machine::{
    Action, Creation, Holds, Journal, Removal, Replaces, Seen, Step, Trial, next,
};

/// A token at Make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Live {
    /// It was never made.
    Never,
    /// Its creation was sent, and comes late.
    OnItsWay,
    Works,
    Deleted,
}

/// Everything outside the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct World {
    old: Live,
    new: Live,
    foreign: Live,
    store: Holds,
    /// Which token state.db says the agent has: none, the old or the new one.
    registered: Option<bool>,
    journal: Option<Journal>,
    /// The rows that say a token has to go.
    new_pending: bool,
    old_pending: bool,
    revoked: bool,
}

/// A run so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    world: World,
    seen: Seen,
    crashes: u8,
    faults: u8,
}

/// Ways a run can go on, and the ones that ended.
struct Explorer {
    known: HashSet<State>,
    open: Vec<State>,
    ended: HashSet<World>,
}

fn begin(replaces: Replaces, given: bool) -> State {
    let fresh = replaces == Replaces::Nothing;
    let store = if fresh { Holds::Nothing } else { Holds::Old };
    State {
        world: World {
            old: if fresh { Live::Never } else { Live::Works },
            new: if given { Live::Works } else { Live::Never },
            foreign: Live::Works,
            store,
            registered: (!fresh).then_some(false),
            journal: Some(Journal {
                step: Step::Intent,
                replaces,
                given,
            }),
            new_pending: !given,
            old_pending: false,
            revoked: false,
        },
        seen: Seen {
            fresh: !given,
            value: given,
            ..Seen::default()
        },
        crashes: 2,
        faults: 2,
    }
}

/// What a new process sees of a world.
fn taken_up(world: World) -> Seen {
    Seen {
        withdrawn: world.revoked,
        ..Seen::default()
    }
}

impl World {
    /// Between any two actions the store holds a token that works, once the agent had one.
    fn check_always(&self) {
        let works = match self.store {
            Holds::Old | Holds::OldAndNext => self.old == Live::Works,
            Holds::New | Holds::NewAndFormer => {
                self.new == Live::Works || self.registered.is_none()
            }
            Holds::Nothing | Holds::Other | Holds::Unreadable => self.registered.is_none(),
        };
        assert!(works || self.revoked, "no working token: {self:?}");
        assert_eq!(self.foreign, Live::Works, "{self:?}");
        let ours = |live: Live| matches!(live, Live::Works | Live::OnItsWay);
        let given = self.journal.is_some_and(|journal| journal.given);
        if ours(self.new) && self.registered != Some(true) && !given {
            assert!(self.new_pending, "an orphan: {self:?}");
        }
        if ours(self.old) && self.registered == Some(true) {
            let foreign = self.journal.is_none_or(|j| j.replaces != Replaces::Ours);
            assert!(self.old_pending || foreign, "an orphan: {self:?}");
        }
    }
}

impl Explorer {
    fn go(start: State) -> Self {
        let mut explorer = Self {
            known: HashSet::new(),
            open: vec![start],
            ended: HashSet::new(),
        };
        while let Some(state) = explorer.open.pop() {
            if explorer.known.insert(state) {
                explorer.step(state);
            }
        }
        explorer
    }

    /// An outcome: the process goes on, or dies right after it, before it has noticed anything.
    fn reach(&mut self, state: State) {
        state.world.check_always();
        self.open.push(state);
        if state.crashes > 0 {
            self.open.push(State {
                seen: taken_up(state.world),
                crashes: state.crashes - 1,
                ..state
            });
        }
    }

    fn fault(&mut self, state: State) {
        if state.faults > 0 {
            self.reach(State {
                faults: state.faults - 1,
                ..state
            });
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm an action")]
    fn step(&mut self, state: State) {
        let Some(journal) = state.world.journal else {
            self.ended.insert(state.world);
            return;
        };
        // The agent may be revoked at any time; that is a fault like another.
        if state.faults > 0 && !state.world.revoked && state.world.registered.is_some() {
            let world = World {
                revoked: true,
                ..state.world
            };
            self.fault(State { world, ..state });
        }
        let with = |world: World, seen: Seen| State {
            world,
            seen,
            ..state
        };
        let (w, s) = (state.world, state.seen);
        match next(journal, &s) {
            Action::Look => {
                let held = matches!(
                    w.store,
                    Holds::OldAndNext | Holds::New | Holds::NewAndFormer
                );
                let looked = Seen {
                    holds: Some(w.store),
                    value: s.value || held,
                    ..s
                };
                self.reach(with(w, looked));
                let holds = Some(Holds::Unreadable);
                self.fault(with(w, Seen { holds, ..s }));
            }
            Action::Create => {
                assert_eq!(w.new, Live::Never, "a second creation: {state:?}");
                let came = |new: Live, creation: Creation| {
                    let seen = Seen {
                        fresh: false,
                        creation: Some(creation),
                        value: creation == Creation::Made,
                        ..s
                    };
                    with(World { new, ..w }, seen)
                };
                self.reach(came(Live::Works, Creation::Made));
                self.fault(came(Live::Works, Creation::Lost));
                self.fault(came(Live::OnItsWay, Creation::Lost));
                self.fault(came(Live::Never, Creation::Lost));
                self.fault(came(Live::Never, Creation::Refused));
                // It does not work from the start.
                self.fault(came(Live::Deleted, Creation::Made));
            }
            Action::Store => {
                let stored = if w.store == Holds::Nothing {
                    Holds::New
                } else {
                    Holds::OldAndNext
                };
                let tried = super::machine::Tried {
                    store: true,
                    ..s.tried
                };
                self.put(&state, Seen { tried, ..s }, stored);
            }
            Action::Try => {
                assert!(s.value, "a token is tried that is not known: {state:?}");
                let trial = if w.new == Live::Works {
                    Trial::Works
                } else {
                    Trial::Bad
                };
                let tried = |trial| Seen {
                    trial: Some(trial),
                    ..s
                };
                self.reach(with(w, tried(trial)));
                self.fault(with(w, tried(Trial::Silent)));
                self.fault(with(w, tried(Trial::Bad)));
            }
            Action::Note(step) => {
                let journal = Some(Journal { step, ..journal });
                self.reach(with(World { journal, ..w }, s));
            }
            Action::Switch => {
                let tried = super::machine::Tried {
                    switch: true,
                    ..s.tried
                };
                self.put(&state, Seen { tried, ..s }, Holds::NewAndFormer);
            }
            Action::Record if w.revoked => {
                let withdrawn = true;
                self.reach(with(w, Seen { withdrawn, ..s }));
            }
            Action::Record => {
                let recorded = World {
                    registered: Some(true),
                    new_pending: false,
                    old_pending: journal.replaces == Replaces::Ours,
                    journal: Some(Journal {
                        step: Step::Switched,
                        ..journal
                    }),
                    ..w
                };
                self.reach(with(recorded, s));
            }
            Action::AwaitServers => {
                let waited = |served| Seen {
                    served: Some(served),
                    ..s
                };
                self.reach(with(w, waited(true)));
                self.fault(with(w, waited(false)));
            }
            Action::RetireFormer => {
                let sure = s.served == Some(true) && s.trial == Some(Trial::Works);
                assert!(
                    sure || s.withdrawn,
                    "the former token goes too early: {state:?}"
                );
                let came = |removal| Seen {
                    former: Some(removal),
                    ..s
                };
                let gone = World {
                    old: Live::Deleted,
                    old_pending: false,
                    ..w
                };
                self.reach(with(gone, came(Removal::Gone)));
                self.fault(with(w, came(Removal::Left)));
                self.fault(with(w, came(Removal::Never)));
                // Deleted, and the answer or the proof of it lost.
                let lost = World {
                    old_pending: true,
                    ..gone
                };
                self.fault(with(lost, came(Removal::Left)));
            }
            Action::RetireNew => {
                let came = |removal| Seen {
                    spare: Some(removal),
                    ..s
                };
                let gone = World {
                    new: if w.new == Live::Works {
                        Live::Deleted
                    } else {
                        w.new
                    },
                    ..w
                };
                let sure = World {
                    new_pending: gone.new == Live::OnItsWay,
                    ..gone
                };
                let removal = if sure.new_pending {
                    Removal::Left
                } else {
                    Removal::Gone
                };
                self.reach(with(sure, came(removal)));
                self.fault(with(gone, came(Removal::Left)));
                self.fault(with(w, came(Removal::Left)));
                self.fault(with(w, came(Removal::Never)));
            }
            Action::Unstore => {
                let back = if journal.replaces == Replaces::Nothing {
                    Holds::Nothing
                } else {
                    Holds::Old
                };
                let tried = super::machine::Tried {
                    unstore: true,
                    ..s.tried
                };
                self.put(&state, Seen { tried, ..s }, back);
            }
            Action::Tidy => {
                let tried = super::machine::Tried {
                    tidy: true,
                    ..s.tried
                };
                self.put(&state, Seen { tried, ..s }, Holds::New);
            }
            Action::Close => {
                let refused = s.creation == Some(Creation::Refused);
                let ended = World {
                    journal: None,
                    new_pending: w.new_pending && !refused,
                    ..w
                };
                self.ended.insert(ended);
            }
            Action::Finish => {
                self.ended.insert(World { journal: None, ..w });
            }
            Action::Stop(_) => {
                self.ended.insert(w);
            }
        }
    }

    /// A write to the store: done, refused, or done without anybody hearing of it.
    fn put(&mut self, state: &State, seen: Seen, store: Holds) {
        let (before, done) = (
            state.world,
            World {
                store,
                ..state.world
            },
        );
        let known = Seen {
            holds: Some(store),
            ..seen
        };
        let unknown = Seen {
            holds: None,
            ..seen
        };
        let with = |world: World, seen: Seen| State {
            world,
            seen,
            ..*state
        };
        self.reach(with(done, known));
        self.fault(with(before, unknown));
        self.fault(with(done, unknown));
    }
}
