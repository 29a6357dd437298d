//! Who runs on this thread, on whose behalf, until when: the chain that hands deadlines on and tells who waits.
//!
//! A [`Scope`] stands on the stack while a handler is polled. Inline calls nest, so scopes form a stack of their own.
//! When a call leaves the stack (it is queued, or its handler suspends), what must survive is captured into an
//! [`Envelope`]: who asked, on whose behalf, the deadline. Calls that stay on the stack never allocate one.

use std::cell::OnceCell;
use std::ptr;
use std::sync::Arc;
use std::time::Instant;

use tracing::level_filters::LevelFilter;

use super::envelope::Envelope;
use super::line::{Line, Site};
use super::local::{self, Local};
use super::occupant::Occupant;
use crate::client::Ended;

/// Nested inline calls on one stack; deeper ones are queued. 24 frames of a debug build stay below 100 KiB.
pub(crate) const DEPTH_MAX: u32 = 24;

/// The handler or hook that is being polled.
pub(crate) struct Scope {
    /// The cell, whose type the site knows.
    cell: *const (),
    site: &'static Site,
    parent: *const Scope,
    depth: u32,
    timed: bool,
    hook: bool,
    envelope: OnceCell<Arc<Envelope>>,
}

impl Scope {
    /// The scope of a handler of `cell`, under whatever scope the thread is in. It is not entered yet.
    #[inline(always)]
    pub(crate) fn new(
        cell: *const (),
        site: &'static Site,
        parent: *const Scope,
        envelope: Option<Arc<Envelope>>,
    ) -> Self {
        let timed = envelope.as_ref().is_some_and(|envelope| envelope.deadline.is_some());
        let depth = if parent.is_null() {
            1
        } else {
            // SAFETY: a parent scope stands further down this very stack.
            unsafe { (*parent).depth + 1 }
        };
        let slot = OnceCell::new();
        if let Some(envelope) = envelope {
            let _ = slot.set(envelope);
        }
        Scope { cell, site, parent, depth, timed, hook: false, envelope: slot }
    }

    /// The scope of a life-cycle operation of `cell`, on behalf of whoever waits for it. Their deadlines are theirs: a
    /// caller in a hurry must not fail a start that others wait for too.
    pub(crate) fn of_operation(cell: *const (), site: &'static Site, envelope: Option<Arc<Envelope>>) -> Self {
        Scope { timed: false, hook: true, ..Scope::new(cell, site, ptr::null(), envelope) }
    }

    /// This scope is the thread's until the answer is dropped.
    #[inline(always)]
    pub(crate) fn enter<'a>(&'a self, local: &'a Local) -> Entered<'a> {
        let line = local.line();
        let before = line.scope();
        line.begin(self, self.cell, self.site);
        Entered { line, before }
    }

    /// The thread is in the span of the call, if it has one, until the answer is dropped. To be asked before the scope is
    /// entered and others see it: that most calls have no envelope is known here without a look.
    #[inline(always)]
    pub(crate) fn enter_span(&self) -> Option<tracing::span::Entered<'_>> {
        let span = self.envelope.get().and_then(|envelope| envelope.span.get());
        span.map(|span| span.enter())
    }

    /// Whether calls made in here inherit a deadline.
    #[inline(always)]
    pub(crate) fn is_timed(&self) -> bool {
        self.timed
    }

    /// Whether hooks run in here, not a handler.
    pub(crate) fn is_hook(&self) -> bool {
        self.hook
    }

    /// Until when what runs in here has time; calls made in here inherit it.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.envelope().filter(|_| self.timed).and_then(|envelope| envelope.deadline)
    }

    /// The call that ran in here is over.
    #[inline(always)]
    pub(crate) fn close(self, how: Ended) {
        if let Some(envelope) = self.envelope.into_inner() {
            end(&envelope, how);
        }
    }

    /// Whether another inline call may nest below this scope.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        self.depth < DEPTH_MAX
    }

    /// The envelope of the call this scope runs; made now if the call came from the stack. `None` for a call from
    /// outside that carries nothing.
    pub(crate) fn envelope(&self) -> Option<&Arc<Envelope>> {
        if self.envelope.get().is_none() {
            // SAFETY: a parent scope stands further down this very stack.
            let parent = unsafe { self.parent.as_ref() }?;
            let _ = self.envelope.set(Arc::new(parent.envelope_for_ask(None)));
        }
        self.envelope.get()
    }

    /// The envelope the call came with.
    pub(crate) fn given(&self) -> Option<&Arc<Envelope>> {
        self.envelope.get()
    }

    /// The envelope for an ask that is made in this scope.
    pub(crate) fn envelope_for_ask(&self, deadline: Option<Instant>) -> Envelope {
        let deadline = match (deadline, self.deadline()) {
            (Some(own), Some(inherited)) => Some(own.min(inherited)),
            (own, inherited) => own.or(inherited),
        };
        Envelope::of_ask(Some(self.occupant()), self.envelope().cloned(), deadline)
    }

    /// The envelope for a signal whose end is waited for in this scope. It has no deadline: the operation goes on.
    pub(crate) fn envelope_for_signal(&self) -> Envelope {
        Envelope::of_ask(Some(self.occupant()), self.envelope().cloned(), None)
    }

    /// A strong reference to the cell whose handler runs in this scope.
    pub(crate) fn occupant(&self) -> Arc<dyn Occupant> {
        let cell = (self.site.face)(self.cell);
        // SAFETY: as of `face`; it came from `Arc::as_ptr`.
        unsafe {
            Arc::increment_strong_count(cell);
            Arc::from_raw(cell)
        }
    }

    /// The cell whose handler runs in this scope.
    fn face(&self) -> &dyn Occupant {
        // SAFETY: the cell's owner keeps it alive while the handler is polled, and the site is one of its service.
        unsafe { &*(self.site.face)(self.cell) }
    }
}

#[cold]
#[inline(never)]
fn end(envelope: &Envelope, how: Ended) {
    envelope.end(how);
}

/// A scope that is entered. Dropping it restores the one before, also when what runs in it panics.
pub(crate) struct Entered<'a> {
    line: &'a Line,
    before: *const Scope,
}

impl Entered<'_> {
    /// Another handler of the same method runs in this scope.
    #[inline(always)]
    pub(crate) fn again(&self) {
        self.line.go_on();
    }
}

impl Drop for Entered<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: a scope further down this very stack.
        match unsafe { self.before.as_ref() } {
            Some(before) => self.line.begin(before, before.cell, before.site),
            None => self.line.end(),
        }
    }
}

/// Runs `f` as if this thread polled no handler, and tells it whether it does.
pub(crate) fn outside<R>(f: impl FnOnce(bool) -> R) -> R {
    local::with(|local| {
        let line = local.line();
        let entered = Entered { line, before: line.scope() };
        line.end();
        f(!entered.before.is_null())
    })
}

/// Until when the handler has time that this thread polls, if it has a deadline; calls made in it inherit that.
pub(crate) fn inherited_deadline() -> Option<Instant> {
    current(|scope| scope.and_then(Scope::deadline))
}

/// How much is logged of the service whose handler or hook this thread polls, if it polls one.
pub(crate) fn log_level() -> Option<LevelFilter> {
    current(|scope| scope.map(|scope| scope.face().log_level()))
}

/// Runs `f` with the scope of the handler this thread polls, if any.
pub(crate) fn current<R>(f: impl FnOnce(Option<&Scope>) -> R) -> R {
    let scope = local::with(Local::scope);
    // SAFETY: the pointer was set by `enter` further down this stack and is restored before that returns.
    f(unsafe { scope.as_ref() })
}
