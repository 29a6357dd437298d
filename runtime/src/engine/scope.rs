//! Who runs on this thread, on whose behalf, until when: the chain that finds cycles and hands deadlines on.
//!
//! A [`Scope`] stands on the stack while a handler is polled. Inline calls nest, so scopes form a stack of their own.
//! When a call leaves the stack (it is queued, or its handler suspends), what must survive is captured into an
//! [`Envelope`]: who asked, on whose behalf, the deadline. Calls that stay on the stack never allocate one.

use std::cell::OnceCell;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::local::{self, Local};
use super::occupant::Occupant;
use crate::service::ActivationId;

/// Nested inline calls on one stack; deeper ones are queued. 24 frames of a debug build stay below 100 KiB.
pub(crate) const DEPTH_MAX: u32 = 24;

/// What one call carries beside its arguments once it needs anything at all.
pub(crate) struct Envelope {
    /// The handler that asks; `None` when the call came from outside any handler.
    pub(crate) asker: Option<Arc<dyn Occupant>>,
    /// The call the asker was running.
    pub(crate) behind: Option<Arc<Envelope>>,
    /// Not run after this moment; the asker waits no longer either.
    pub(crate) deadline: Option<Instant>,
    /// Runs on this activation or not at all.
    pub(crate) only: Option<ActivationId>,
    /// The caller's id for this call, the same over retries.
    pub(crate) idempotency: Option<u128>,
    /// The asker no longer waits: its own completion does not depend on this call.
    abandoned: AtomicBool,
}

impl Envelope {
    pub(crate) fn new(
        asker: Option<Arc<dyn Occupant>>,
        behind: Option<Arc<Envelope>>,
        deadline: Option<Instant>,
    ) -> Self {
        Envelope { asker, behind, deadline, only: None, idempotency: None, abandoned: AtomicBool::new(false) }
    }

    /// Notes that nobody waits for this call any more.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
    }
}

/// The handler that is being polled.
pub(crate) struct Scope {
    cell: *const dyn Occupant,
    parent: *const Scope,
    depth: u32,
    timed: bool,
    envelope: OnceCell<Arc<Envelope>>,
}

impl Scope {
    /// The scope of a handler of `cell`, under whatever scope the thread is in. It is not entered yet.
    #[inline(always)]
    pub(crate) fn new(cell: *const dyn Occupant, parent: *const Scope, envelope: Option<Arc<Envelope>>) -> Self {
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
        Scope { cell, parent, depth, timed, envelope: slot }
    }

    /// Runs `f` inside this scope.
    #[inline(always)]
    pub(crate) fn enter<R>(&self, local: &Local, f: impl FnOnce() -> R) -> R {
        let leave = Leave { local, before: local.set_scope(self) };
        let out = f();
        drop(leave);
        out
    }

    /// Whether calls made in here inherit a deadline.
    #[inline(always)]
    pub(crate) fn is_timed(&self) -> bool {
        self.timed
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

    /// The envelope for an ask that the handler of this scope makes.
    pub(crate) fn envelope_for_ask(&self, deadline: Option<Instant>) -> Envelope {
        let behind = self.envelope().cloned();
        let inherited = behind.as_ref().and_then(|envelope| envelope.deadline);
        let deadline = match (deadline, inherited) {
            (Some(own), Some(inherited)) => Some(own.min(inherited)),
            (own, inherited) => own.or(inherited),
        };
        Envelope::new(Some(self.occupant()), behind, deadline)
    }

    /// A strong reference to the cell whose handler runs in this scope.
    pub(crate) fn occupant(&self) -> Arc<dyn Occupant> {
        // SAFETY: `cell` came from `Arc::as_ptr` of a cell that its owner keeps alive while the handler is polled.
        unsafe {
            Arc::increment_strong_count(self.cell);
            Arc::from_raw(self.cell)
        }
    }

    /// The names of the actors on the way from `target` to here, if `target` waits for this scope: a cycle.
    pub(crate) fn cycle_to(&self, target: *const ()) -> Option<Box<[Box<str>]>> {
        let mut path: Vec<Box<str>> = Vec::new();
        let mut scope = self;
        loop {
            // SAFETY: as in `occupant`.
            path.push(unsafe { &*scope.cell }.label().into());
            if ptr::addr_eq(scope.cell, target) {
                return Some(closed(path));
            }
            // SAFETY: a parent scope stands further down this very stack.
            match unsafe { scope.parent.as_ref() } {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        let mut envelope = scope.envelope.get();
        while let Some(call) = envelope {
            let waits = !call.abandoned.load(Ordering::Acquire);
            let asker = call.asker.as_ref().filter(|_| waits)?;
            path.push(asker.label().into());
            if ptr::addr_eq(Arc::as_ptr(asker), target) {
                return Some(closed(path));
            }
            envelope = call.behind.as_ref();
        }
        None
    }
}

/// Puts the path in the order of the calls and repeats the first name at its end.
fn closed(mut path: Vec<Box<str>>) -> Box<[Box<str>]> {
    path.reverse();
    path.push(path[0].clone());
    path.into()
}

/// Restores the scope before, also when the handler panics.
struct Leave<'a> {
    local: &'a Local,
    before: *const Scope,
}

impl Drop for Leave<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.local.set_scope(self.before);
    }
}

/// Runs `f` with the scope of the handler this thread polls, if any.
pub(crate) fn current<R>(f: impl FnOnce(Option<&Scope>) -> R) -> R {
    let scope = local::with(Local::scope);
    // SAFETY: the pointer was set by `enter` further down this stack and is restored before that returns.
    f(unsafe { scope.as_ref() })
}
