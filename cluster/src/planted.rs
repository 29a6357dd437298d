//! Bugs to be found by simulations: [`Planted`].

/// What the nodes of a simulation are to do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Planted {
    /// A call is run by whoever gets it, whoever owns its key.
    SkippedEpochCheck,
    /// A slot is opened as soon as the table says so, whoever has it still.
    OpenedBeforeRelease,
    /// A slot is given away while its handlers run.
    HandOffWithoutDrain,
    /// A node that cannot renew its lease acts on.
    LeaseNeverFenced,
    /// The lease is counted by a clock that stands while the machine is suspended.
    LeaseClockStands,
    /// Calls do not look at the clock: they are let in until the task that keeps the lease has had its turn.
    LeaseLookedAtSeldom,
    /// What comes again after a lost connection is taken in again.
    DuplicateAfterReconnect,
    /// An ask that may have arrived is sent again.
    MaybeSentAgain,
    /// Of an ask that may have arrived it is said that it did not run.
    NotRunSaidOfMaybe,
    /// The first slot table that a node sees is the last.
    StaleTableKept,
    /// Watches and links of an activation that leaves stay behind.
    BondsLeftBehind,
}

#[cfg(feature = "testing")]
mod switch {
    use std::cell::Cell;

    use super::Planted;

    thread_local! {
        // a simulation runs on one thread, and others beside it on theirs
        static BUG: Cell<Option<Planted>> = const { Cell::new(None) };
    }

    impl Planted {
        /// Lets every node of this thread do this wrong from now on, or nothing.
        pub fn plant(bug: Option<Planted>) {
            BUG.set(bug);
        }

        #[inline]
        pub(crate) fn is_planted(self) -> bool {
            BUG.get() == Some(self)
        }
    }
}

#[cfg(not(feature = "testing"))]
impl Planted {
    #[inline]
    pub(crate) const fn is_planted(self) -> bool {
        false
    }
}
