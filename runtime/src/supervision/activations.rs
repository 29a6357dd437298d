//! [`Supervision`]: the supervisor of one kind's activations.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use consort_protocol::supervision::{ActivationConfig, ActivationDirective, Activations, ExitReason, Ignored};
use consort_protocol::time::{Chance, Moment};
use parking_lot::Mutex;

/// What becomes of an activation that ended by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its next message starts it again, after this delay.
    Restart(Duration),
    /// It stays down as failed, for this reason.
    Fail(Box<str>),
    /// All activations of the kind end, for this reason; the supervisor above decides.
    Escalate(Box<str>),
    /// Somebody else sees to it.
    Leave,
}

/// The supervisor of one kind's activations. Costs nothing while nothing crashes.
pub(crate) struct Supervision {
    activations: Mutex<Activations<Arc<str>>>,
    /// Whether anything is remembered of any activation.
    troubled: AtomicBool,
}

impl Supervision {
    pub(crate) fn new(config: ActivationConfig) -> Self {
        Supervision { activations: Mutex::new(Activations::new(config)), troubled: AtomicBool::new(false) }
    }

    /// An activation has ended by itself, or did not start.
    pub(crate) fn on_exit(&self, path: &Arc<str>, exit: &ExitReason, now: Moment, chance: Chance) -> Verdict {
        let mut activations = self.activations.lock();
        let directive = activations.handle_exit(path, exit, now, chance);
        self.troubled.store(activations.troubled() > 0, Ordering::Release);
        match directive {
            ActivationDirective::Restart { delay } => Verdict::Restart(delay),
            ActivationDirective::Fail(exhausted) => Verdict::Fail(exhausted.to_string().into()),
            ActivationDirective::Escalate(cause) => Verdict::Escalate(cause.to_string().into()),
            ActivationDirective::Ignore(Ignored::Policy) => Verdict::Fail(exit.to_string().into()),
            ActivationDirective::Wait | ActivationDirective::Ignore(_) => Verdict::Leave,
        }
    }

    /// An activation is up. True if it had been in trouble.
    pub(crate) fn on_started(&self, who: impl FnOnce() -> (Arc<str>, Moment)) -> bool {
        if !self.troubled.load(Ordering::Acquire) {
            return false;
        }
        let (path, now) = who();
        let mut activations = self.activations.lock();
        let troubled = activations.is_troubled(&path);
        activations.handle_started(&path, now);
        troubled
    }

    /// Nothing is remembered of this activation any more.
    pub(crate) fn reset(&self, path: &Arc<str>) {
        let mut activations = self.activations.lock();
        activations.handle_reset(path);
        self.troubled.store(activations.troubled() > 0, Ordering::Release);
    }

    /// The kind was started again after it escalated, or was reset.
    pub(crate) fn reset_all(&self) {
        self.activations.lock().handle_restarted_kind();
        self.troubled.store(false, Ordering::Release);
    }

    /// Forgets those that have been calm for long enough.
    pub(crate) fn forget_calm(&self, now: Moment) {
        if self.troubled.load(Ordering::Acquire) {
            let mut activations = self.activations.lock();
            activations.handle_timeout(now);
            self.troubled.store(activations.troubled() > 0, Ordering::Release);
        }
    }
}
