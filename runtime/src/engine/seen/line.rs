//! What each thread runs right now, for whoever watches from outside.
//!
//! A thread writes its [`Line`] at every start of a handler, four plain stores, and at every end, one. The addresses in
//! it are only ever compared: what they point to may be gone when they are read.

use std::any::TypeId;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering, fence};

use parking_lot::Mutex;

use crate::engine::cell::Cell;
use crate::engine::occupant::Occupant;
use crate::engine::scope::Scope;
use crate::service::{Method, Service};

/// Where in the program a handler or hook stands.
pub(crate) struct Site {
    pub(crate) service: TypeId,
    /// The method; `None` for hooks, which have no deadline.
    pub(crate) method: Option<&'static str>,
    /// The face of a cell of this service.
    pub(in crate::engine) face: fn(*const ()) -> *const dyn Occupant,
}

fn face_of<S: Service>(cell: *const ()) -> *const dyn Occupant {
    cell.cast::<Cell<S>>()
}

impl Site {
    /// Of a handler.
    #[inline(always)]
    pub(crate) const fn of<S: Method<N>, const N: usize>() -> &'static Site {
        const { &Site { service: TypeId::of::<S>(), method: Some(S::NAME), face: face_of::<S> } }
    }

    /// Of the hooks of a service.
    pub(crate) const fn of_hooks<S: Service>() -> &'static Site {
        const { &Site { service: TypeId::of::<S>(), method: None, face: face_of::<S> } }
    }
}

/// What one thread runs. It alone writes it.
pub(crate) struct Line {
    /// The innermost handler or hook; null for nothing.
    scope: AtomicPtr<Scope>,
    cell: AtomicPtr<()>,
    site: AtomicPtr<Site>,
    /// Grows when what runs is another, not when it is nothing.
    step: AtomicU64,
}

/// What a [`Line`] said.
#[derive(Clone, Copy)]
pub(crate) struct Running {
    /// The address of the cell. Nothing may be read there.
    pub(crate) cell: usize,
    pub(crate) site: &'static Site,
}

/// The step of a [`Line`]. As long as it is the same, so is what runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step(u64);

impl Step {
    const RUNS: u64 = 1;

    fn runs(self) -> bool {
        self.0 & Step::RUNS != 0
    }
}

impl Line {
    pub(in crate::engine) const fn new() -> Self {
        Line {
            scope: AtomicPtr::new(ptr::null_mut()),
            cell: AtomicPtr::new(ptr::null_mut()),
            site: AtomicPtr::new(ptr::null_mut()),
            step: AtomicU64::new(0),
        }
    }

    /// The innermost scope of this thread; null outside handlers and hooks.
    #[inline(always)]
    pub(in crate::engine) fn scope(&self) -> *const Scope {
        self.scope.load(Ordering::Relaxed)
    }

    /// Says what runs from now on.
    #[inline(always)]
    pub(in crate::engine) fn begin(&self, scope: *const Scope, cell: *const (), site: &'static Site) {
        self.scope.store(scope.cast_mut(), Ordering::Relaxed);
        self.cell.store(cell.cast_mut(), Ordering::Relaxed);
        self.site.store(ptr::from_ref(site).cast_mut(), Ordering::Relaxed);
        // last, so that who sees this step sees what runs in it
        self.go_on();
    }

    /// What runs is another handler, of the same method of the same actor.
    #[inline(always)]
    pub(in crate::engine) fn go_on(&self) {
        self.step.store(self.step.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// Nothing runs any more.
    #[inline(always)]
    pub(in crate::engine) fn end(&self) {
        self.scope.store(ptr::null_mut(), Ordering::Relaxed);
    }

    fn step(&self) -> Step {
        // A thread that begins may be seen in the step before: until the next look, no longer.
        let step = self.step.load(Ordering::Acquire) << 1;
        Step(if self.scope().is_null() { step } else { step | Step::RUNS })
    }

    /// What runs in this step; `None` if nothing does, or the step is over.
    ///
    /// What runs next may be read in the moment before its step is: ask [`is_at`] after what is done with the answer.
    fn running(&self, step: Step) -> Option<Running> {
        let cell = self.cell.load(Ordering::Relaxed);
        let site = self.site.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        if !step.runs() || self.step() != step {
            return None;
        }
        // SAFETY: null or one of the promoted constants of `Site`.
        let site = unsafe { site.as_ref() }?;
        Some(Running { cell: cell.addr(), site })
    }
}

/// The name of a line, which no other ever has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LineId(u64);

/// The lines of all threads that may run handlers and have not ended: as many as there are threads.
static LINES: Mutex<Lines> = Mutex::new(Lines { last: 0, listed: Vec::new() });

struct Lines {
    last: u64,
    listed: Vec<(LineId, Place)>,
}

/// Where a line is: in the part of the engine that its thread has.
struct Place(*const Line);

// SAFETY: a line is made for being read by other threads. It is there as long as it is listed: its thread takes it off
// the list when it ends.
unsafe impl Send for Place {}

impl Place {
    /// The line. Only while the list is locked.
    fn line(&self) -> &Line {
        // SAFETY: it is listed, and its thread waits for the list's lock before it ends.
        unsafe { &*self.0 }
    }
}

/// Lists the line of this thread, which all see from now on.
///
/// # Safety
/// It stays where it is until it is [unlisted](unlist).
pub(in crate::engine) unsafe fn list(line: *const Line) {
    let mut lines = LINES.lock();
    lines.last += 1;
    let id = LineId(lines.last);
    lines.listed.push((id, Place(line)));
}

/// Takes the line of this thread off the list: it ends.
pub(in crate::engine) fn unlist(line: *const Line) {
    LINES.lock().listed.retain(|(_, place)| !ptr::eq(place.0, line));
}

/// What a look at one thread found.
pub(crate) struct Look {
    pub(crate) line: LineId,
    pub(crate) step: Step,
    pub(crate) running: Option<Running>,
}

/// Looks at all threads.
pub(crate) fn look() -> Vec<Look> {
    let looked = |(id, place): &(LineId, Place)| {
        let step = place.line().step();
        Look { line: *id, step, running: place.line().running(step) }
    };
    LINES.lock().listed.iter().map(looked).collect()
}

/// Whether a line is at this step still.
pub(crate) fn is_at(line: LineId, step: Step) -> bool {
    LINES.lock().listed.iter().any(|(id, place)| *id == line && place.line().step() == step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::local;
    use std::thread;

    static SITE: Site = Site { service: TypeId::of::<u8>(), method: Some("work"), face: |_| unreachable!() };

    #[test]
    fn a_line_says_what_runs_and_that_it_is_over() {
        let (line, scope, cell) = (Line::new(), 5_u64, 7_u64);
        let running = |line: &Line| line.running(line.step());
        assert!(running(&line).is_none());
        line.begin((&raw const scope).cast(), (&raw const cell).cast(), &SITE);
        let step = line.step();
        let found = line.running(step).unwrap();
        assert_eq!((found.cell, found.site.method), ((&raw const cell).addr(), Some("work")));
        line.end();
        assert!(line.step() != step && line.running(step).is_none() && running(&line).is_none());
    }

    #[test]
    fn the_same_actor_once_more_is_another_step() {
        let (line, scope) = (Line::new(), 5_u64);
        let steps = [0, 1].map(|_| {
            line.begin((&raw const scope).cast(), ptr::null(), &SITE);
            let step = line.step();
            line.end();
            step
        });
        assert_ne!(steps[0], steps[1]);
    }

    #[test]
    fn a_thread_that_ends_takes_its_line_along() {
        let listed = |line: usize| LINES.lock().listed.iter().any(|(_, place)| place.0.addr() == line);
        let of_this_thread = || local::with(|local| ptr::from_ref(local.line()).addr());
        let (line, was_listed) = thread::spawn(move || {
            assert!(!listed(of_this_thread()), "it has run nothing");
            local::with(local::Local::attend);
            (of_this_thread(), listed(of_this_thread()))
        })
        .join()
        .unwrap();
        assert!(was_listed && !listed(line));
    }
}
