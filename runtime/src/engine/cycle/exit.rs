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
    retry_at: Option<Moment>,
}

impl Exit {
    pub(in crate::engine) fn note(&self, reason: &ExitReason) {
        *self.0.lock() = Last { reason: Some(reason.clone()), retry_at: None };
    }

    pub(in crate::engine) fn retry_at(&self, moment: Moment) {
        self.0.lock().retry_at = Some(moment);
    }

    pub(in crate::engine) fn may_retry(&self, now: Moment) -> bool {
        self.0.lock().retry_at.is_some_and(|moment| now >= moment)
    }

    /// What a watcher finds of an actor that has no activation.
    pub(crate) fn found(&self) -> Watched {
        self.0.lock().reason.clone().map_or(Watched::Alive, Watched::Gone)
    }
}
