//! [`Pass`]: one call that was let in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use consort_protocol::breaker::Permit;
use parking_lot::Mutex;

use super::Ended;
use super::entrance::Entrance;

/// The right to one call, which stands in its envelope. Its first end counts; one that is dropped says nothing of its
/// target.
pub(crate) struct Pass {
    entrance: Arc<Entrance>,
    /// Until the outcome is reported.
    permit: Mutex<Option<(Permit, Arc<str>)>>,
    /// It counts against the limit.
    inside: AtomicBool,
}

impl Pass {
    pub(super) fn new(entrance: Arc<Entrance>, permit: Option<(Permit, Arc<str>)>) -> Box<Self> {
        Box::new(Pass { entrance, permit: Mutex::new(permit), inside: AtomicBool::new(false) })
    }

    pub(super) fn note_entered(&self) {
        self.inside.store(true, Ordering::Relaxed);
    }

    /// Tells the circuit breaker how the call ended for its caller; the handler may still run.
    pub(crate) fn report(&self, how: Ended) {
        let permit = self.permit.lock().take();
        if let (Some((permit, path)), Some(circuits)) = (permit, &self.entrance.circuits) {
            circuits.handle_outcome(&path, permit, how);
        }
    }

    /// The call is not inside any more.
    pub(crate) fn leave(&self) {
        if self.inside.swap(false, Ordering::AcqRel)
            && let Some(limit) = &self.entrance.limit
        {
            limit.leave();
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.report(Ended::Abandoned);
        self.leave();
    }
}
