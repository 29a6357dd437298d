//! [`Exit`]: what is remembered of an activation that ended.

use consort_protocol::supervision::Watched;
use consort_protocol::time::Moment;
use parking_lot::Mutex;

use crate::supervision::ExitReason;

/// The last end of an actor, and when a failed start may be tried again.
#[derive(Default)]
pub(crate) struct Exit(Mutex<Last>);

#[derive(Default)]
struct Last {
    reason: Option<ExitReason>,
    /// The epoch under which its node had it.
    epoch: u64,
    /// Another activation has followed.
    is_followed: bool,
    /// It left or was cut off since: who watched it before has been told of this end, or was not to be.
    is_past: bool,
    retry_at: Option<Moment>,
}

impl Exit {
    pub(in crate::engine) fn note(&self, reason: &ExitReason, epoch: u64) {
        *self.0.lock() = Last { reason: Some(reason.clone()), epoch, ..Last::default() };
    }

    /// An activation has started.
    pub(in crate::engine) fn note_start(&self) {
        self.0.lock().is_followed = true;
    }

    /// The actor leaves, or is cut off.
    pub(in crate::engine) fn note_departure(&self) {
        self.0.lock().is_past = true;
    }

    pub(in crate::engine) fn retry_at(&self, moment: Moment) {
        self.0.lock().retry_at = Some(moment);
    }

    pub(in crate::engine) fn may_retry(&self, now: Moment) -> bool {
        self.0.lock().retry_at.is_some_and(|moment| now >= moment)
    }

    /// What a watcher finds of an actor that has no activation, under this epoch: one that has come again has not ended.
    pub(crate) fn found(&self, epoch: u64) -> Watched {
        let last = self.0.lock();
        let is_last = !last.is_followed && last.epoch == epoch;
        last.reason.clone().filter(|_| is_last).map_or(Watched::Alive, Watched::Gone)
    }

    /// How the actor ended last since it left the node that had it under this epoch, or was cut off there. It may have been
    /// started since.
    pub(crate) fn last_since(&self, epoch: u64) -> Option<ExitReason> {
        let last = self.0.lock();
        let is_since = last.epoch > epoch || (last.epoch == epoch && !last.is_past);
        last.reason.clone().filter(|_| is_since)
    }
}
