//! What a call carries beside its arguments: who asks, on whose behalf, until when, and whether it is still waited for.

use std::iter::successors;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tracing::Span;

use crate::client::{Ended, Pass};
use crate::engine::observe::Timed;
use crate::engine::occupant::Occupant;
use crate::engine::waits::Wait;
use crate::remote::Caller;
use crate::service::ActivationId;

/// Who makes a call on another node, and who waits for it there.
#[derive(Debug)]
pub(crate) struct Afar {
    /// The actor whose handler makes the call; `None` from outside any handler.
    pub(crate) caller: Option<Caller>,
    /// As in the [message](crate::remote::Message::waiting).
    pub(crate) waiting: Vec<Box<str>>,
    /// The span it is made in, as the W3C's `traceparent` says it.
    pub(crate) trace: Option<Box<str>>,
}

/// What one call carries beside its arguments once it needs anything at all.
pub(crate) struct Envelope {
    /// The handler that makes the call; `None` when it came from outside any handler.
    pub(crate) asker: Option<Arc<dyn Occupant>>,
    /// Of a call that came from another node.
    pub(crate) afar: Option<Arc<Afar>>,
    /// The call the asker was running.
    pub(crate) behind: Option<Arc<Envelope>>,
    /// Not run after this moment; the asker waits no longer either.
    pub(crate) deadline: Option<Instant>,
    /// Runs on this activation or not at all.
    pub(crate) only: Option<ActivationId>,
    /// The caller's id for this call, the same over retries.
    pub(crate) idempotency: Option<u128>,
    /// Of a service with a limit or a circuit breaker.
    pub(in crate::engine) pass: Option<Box<Pass>>,
    /// What the handler, and the hooks that run for it, are in.
    pub(in crate::engine) span: OnceLock<Box<Span>>,
    /// Of a call that is counted by whoever ends it.
    pub(in crate::engine) timed: OnceLock<Timed>,
    pub(in crate::engine) wait: Wait,
}

impl Envelope {
    /// Of a call whose asker waits until [`end_wait`](Envelope::end_wait).
    pub(crate) fn of_ask(
        asker: Option<Arc<dyn Occupant>>,
        behind: Option<Arc<Envelope>>,
        deadline: Option<Instant>,
    ) -> Self {
        Envelope::new(asker, behind, deadline, Wait::begun())
    }

    /// Of a tell: nobody waits for it.
    pub(crate) fn of_tell(sender: Option<Arc<dyn Occupant>>, deadline: Option<Instant>) -> Self {
        Envelope::new(sender, None, deadline, Wait::over())
    }

    fn new(
        asker: Option<Arc<dyn Occupant>>,
        behind: Option<Arc<Envelope>>,
        deadline: Option<Instant>,
        wait: Wait,
    ) -> Self {
        let (span, timed) = (OnceLock::new(), OnceLock::new());
        Envelope { asker, afar: None, behind, deadline, only: None, idempotency: None, pass: None, span, timed, wait }
    }

    /// The trace of the call from another node on whose behalf this one is made, or that it is.
    pub(in crate::engine) fn trace(&self) -> Option<&str> {
        successors(Some(self), |call| call.behind.as_deref()).find_map(|call| call.afar.as_deref()?.trace.as_deref())
    }

    /// The call is over, and so is what it held of the service's limit. How it ended counts unless that was told before.
    pub(crate) fn end(&self, how: Ended) {
        self.end_wait();
        self.report(how);
        self.leave();
    }

    /// Tells the circuit breaker of the target how the call ended for its caller, though its message may be there yet.
    pub(crate) fn report(&self, how: Ended) {
        if let Some(pass) = &self.pass {
            pass.report(how);
        }
    }

    /// The call does not count against the service's limit any more.
    pub(crate) fn leave(&self) {
        if let Some(pass) = &self.pass {
            pass.leave();
        }
    }

    /// Nobody waits for this call any more: it is over, or its asker has left. The asker's own completion does not
    /// depend on it from here on.
    pub(crate) fn end_wait(&self) {
        if let Some(asker) = &self.asker {
            self.wait.end(&**asker);
        }
    }
}

impl Drop for Envelope {
    fn drop(&mut self) {
        self.end_wait();
    }
}
