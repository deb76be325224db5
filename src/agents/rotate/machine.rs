//! What comes next while a token is made for an agent: a pure function from the journal and what
//! was seen to one action. Issue, adoption and rotation are the same way: a first token replaces
//! nothing. Every path can be taken up again by a process that has seen nothing yet, so that a kill
//! at any point is finished or undone by the next command.

/// How far the journal says it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Step {
    /// A token may come to exist; its label is known.
    Intent,
    /// It is in the store, beside the former one.
    Stored,
    /// It has worked.
    Verified,
    /// The agent has it; the former one has to go.
    Switched,
}

/// What the new token takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Replaces {
    /// Nothing: the agent is new.
    Nothing,
    /// A token that somebody else made, which is not ours to delete.
    Foreign,
    /// A token that we made.
    Ours,
}

/// The journal, as far as it decides anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) struct Journal {
    pub(in crate::agents) step: Step,
    pub(in crate::agents) replaces: Replaces,
    /// The new token was made by somebody else and given to us: it is never deleted.
    pub(in crate::agents) given: bool,
}

/// What became of making the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Creation {
    /// Nothing was made.
    Refused,
    /// Nobody knows.
    Lost,
    /// It is there, and we hold it.
    Made,
}

/// What the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Holds {
    Nothing,
    Old,
    OldAndNext,
    New,
    NewAndFormer,
    /// A token that is neither: somebody else changed it.
    Other,
    /// It could not be read.
    Unreadable,
}

/// What came of trying the new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Trial {
    Works,
    /// Make refuses it, or it can do other things than it was made for.
    Bad,
    /// Make did not say.
    Silent,
}

/// What came of taking a token away at Make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Removal {
    Gone,
    /// It may still be there; trying again makes sense.
    Left,
    /// It cannot be told apart from another one, so it is left alone.
    Never,
}

/// What this process has seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::agents) struct Seen {
    /// This process began it, and nothing has been sent yet.
    pub(in crate::agents) fresh: bool,
    /// This process holds the new token.
    pub(in crate::agents) value: bool,
    pub(in crate::agents) creation: Option<Creation>,
    pub(in crate::agents) holds: Option<Holds>,
    pub(in crate::agents) trial: Option<Trial>,
    /// Whether every process that serves the agent has taken the new token up.
    pub(in crate::agents) served: Option<bool>,
    /// Taking the former token away.
    pub(in crate::agents) former: Option<Removal>,
    /// Taking the new token away again.
    pub(in crate::agents) spare: Option<Removal>,
    /// The agent was revoked or removed meanwhile.
    pub(in crate::agents) withdrawn: bool,
    /// Writing to the store was tried: storing, switching, taking back, tidying up.
    pub(in crate::agents) tried: Tried,
}

/// What was written to the store, or tried to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four different writes, each tried once"
)]
pub(in crate::agents) struct Tried {
    pub(in crate::agents) store: bool,
    pub(in crate::agents) switch: bool,
    pub(in crate::agents) unstore: bool,
    pub(in crate::agents) tidy: bool,
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Action {
    /// Read what the store holds.
    Look,
    /// Ask Make for a token, once.
    Create,
    /// Put the new token into the store, beside the former one.
    Store,
    /// Try whether the new token works and can do what it was made for, and nothing more.
    Try,
    /// Write the step into the journal.
    Note(Step),
    /// Put the new token in the place of the former one, which stays beside it.
    Switch,
    /// Give the agent its new token; from here on the former one has to go.
    Record,
    /// Wait until no process works with the former token any more.
    AwaitServers,
    /// Take the former token away at Make.
    RetireFormer,
    /// Take the former token out of the store.
    Tidy,
    /// Take the new token out of the store.
    Unstore,
    /// Take the new token away at Make.
    RetireNew,
    /// It is undone: end the journal, and an agent that never had a token.
    Close,
    /// It is done: end the journal.
    Finish,
    /// No further now; the journal stays for the next command.
    Stop(Why),
}

/// Why it goes no further now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::agents) enum Why {
    /// The store does not answer, or does not take it.
    Store,
    /// The store holds the new token alone, and it does not work.
    NewAlone,
    /// The store holds the former token again, or none.
    PutBack,
    /// A process still works with the former token.
    Servers,
    /// The new token does not answer for now, so the former one is kept.
    NewSilent,
    /// The former token could not be taken away.
    FormerLeft,
}

/// What to do next.
pub(in crate::agents) fn next(journal: Journal, seen: &Seen) -> Action {
    if seen.withdrawn {
        return withdraw(journal, seen);
    }
    if journal.step == Step::Intent && !journal.given {
        match seen.creation {
            None if seen.fresh => return Action::Create,
            Some(Creation::Refused) => return Action::Close,
            None | Some(Creation::Lost | Creation::Made) => {}
        }
    }
    if journal.step == Step::Switched {
        return leave_former(journal, seen);
    }
    let Some(holds) = seen.holds else {
        let storing = journal.step == Step::Intent && seen.value && !seen.tried.store;
        return if storing { Action::Store } else { Action::Look };
    };
    match holds {
        Holds::Unreadable => Action::Stop(Why::Store),
        Holds::Nothing | Holds::Old | Holds::Other => {
            let storing = journal.step == Step::Intent && seen.value && !seen.tried.store;
            if storing && holds != Holds::Other {
                Action::Store
            } else {
                undo(journal, seen, holds)
            }
        }
        Holds::OldAndNext | Holds::New | Holds::NewAndFormer => forward(journal, seen, holds),
    }
}

/// The new token is in the store.
fn forward(journal: Journal, seen: &Seen, holds: Holds) -> Action {
    match (journal.step, seen.trial) {
        (Step::Intent, _) => Action::Note(Step::Stored),
        // It has worked, and the former one is not in its place any more.
        (Step::Verified, _) if holds != Holds::OldAndNext => Action::Record,
        (Step::Verified, Some(Trial::Works)) if seen.tried.switch => undo(journal, seen, holds),
        (Step::Verified, Some(Trial::Works)) => Action::Switch,
        (Step::Stored, Some(Trial::Works)) => Action::Note(Step::Verified),
        (_, Some(Trial::Bad | Trial::Silent)) => undo(journal, seen, holds),
        (_, None | Some(Trial::Works)) => Action::Try,
    }
}

/// The agent has its new token.
fn leave_former(journal: Journal, seen: &Seen) -> Action {
    match seen.served {
        None => return Action::AwaitServers,
        Some(false) => return Action::Stop(Why::Servers),
        Some(true) => {}
    }
    let Some(holds) = seen.holds else {
        return Action::Look;
    };
    match holds {
        Holds::Unreadable => return Action::Stop(Why::Store),
        // A copy of former days was put back: the former token is the one that is used.
        Holds::Nothing | Holds::Old | Holds::OldAndNext => return Action::Stop(Why::PutBack),
        Holds::New | Holds::NewAndFormer | Holds::Other => {}
    }
    if journal.replaces == Replaces::Ours {
        match (seen.former, seen.trial) {
            (None, None) if holds != Holds::Other => return Action::Try,
            (None, None | Some(Trial::Works)) => return Action::RetireFormer,
            (None, Some(Trial::Bad | Trial::Silent)) => return Action::Stop(Why::NewSilent),
            (Some(Removal::Left), _) => return Action::Stop(Why::FormerLeft),
            (Some(Removal::Gone | Removal::Never), _) => {}
        }
    }
    match holds {
        Holds::NewAndFormer if seen.tried.tidy => Action::Stop(Why::Store),
        Holds::NewAndFormer => Action::Tidy,
        Holds::Nothing
        | Holds::Old
        | Holds::OldAndNext
        | Holds::New
        | Holds::Other
        | Holds::Unreadable => Action::Finish,
    }
}

/// Back to what was before.
fn undo(journal: Journal, seen: &Seen, holds: Holds) -> Action {
    let alone = journal.replaces == Replaces::Nothing;
    match holds {
        Holds::OldAndNext if seen.tried.unstore => Action::Stop(Why::Store),
        Holds::New if alone && seen.tried.unstore => Action::Stop(Why::Store),
        Holds::OldAndNext => Action::Unstore,
        Holds::New if alone => Action::Unstore,
        Holds::New | Holds::NewAndFormer => Action::Stop(Why::NewAlone),
        Holds::Unreadable => Action::Stop(Why::Store),
        Holds::Nothing | Holds::Old | Holds::Other => retire_new(journal, seen),
    }
}

fn retire_new(journal: Journal, seen: &Seen) -> Action {
    // What may still be there is written down, and later commands see to it.
    if journal.given || seen.spare.is_some() {
        Action::Close
    } else {
        Action::RetireNew
    }
}

/// The agent is to have no token at all. Its entry in the store belongs to whoever revoked it.
fn withdraw(journal: Journal, seen: &Seen) -> Action {
    match journal.step {
        Step::Intent | Step::Stored | Step::Verified => retire_new(journal, seen),
        Step::Switched if journal.replaces == Replaces::Ours && seen.former.is_none() => {
            Action::RetireFormer
        }
        Step::Switched => Action::Close,
    }
}
